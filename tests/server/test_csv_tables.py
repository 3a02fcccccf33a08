"""Tables in CSV: whatever spreadsheets write is read as it was meant, and each row knows its line."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from server.csv_tables import Table, day, number, references, spelled, text, tick, word_of, written
from server.running import CannotRun

TABLE: Final = Table(
    {"name": text, "born": day, "age": number, "is_in": tick, "kind": word_of("ONE", "TWO"), "of": references}
)


def saved(folder: Path, content: bytes) -> Path:
    """Return a file with these bytes."""
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


def read(folder: Path, content: bytes) -> list[tuple[int, str, dict[str, Any]]]:
    """Return the rows of a table in which nothing is wrong."""
    rows, problems = TABLE.rows(saved(folder, content))
    assert problems == []
    return [(it.place, it.reference, dict(it.said)) for it in rows]


def told(folder: Path, content: bytes) -> list[tuple[int, tuple[str, ...], str]]:
    """Return what is wrong with a table: line, column and words."""
    rows, problems = TABLE.rows(saved(folder, content))
    assert [it.place for it in rows if it.place in {wrong.place for wrong in problems}] == []
    return [(it.place, it.error.path, str(it.error)) for it in problems]


@pytest.mark.parametrize("separator", [b",", b";", b"\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_table_is_read_whoever_wrote_it(tmp_path: Path, separator: bytes, mark: bytes, end: bytes) -> None:
    lines = [
        separator.join(it)
        for it in ([b"external_reference", b"name"], [b"x-1", "Zoë".encode()], [b"x-2", b""])
    ]
    assert read(tmp_path, mark + end.join(lines)) == [(2, "x-1", {"name": "Zoë"}), (3, "x-2", {"name": None})]


def test_cells_are_parted_by_what_the_first_line_has_most_of(tmp_path: Path) -> None:
    content = b"external_reference;name;of\nx-1;Maes, Jan;a\tb\n"
    assert read(tmp_path, content) == [(2, "x-1", {"name": "Maes, Jan", "of": ["a\tb"]})]


def test_columns_stand_in_any_order_and_spelling(tmp_path: Path) -> None:
    assert read(tmp_path, b" Name , External_Reference\nJan, x-1 \n") == [(2, "x-1", {"name": "Jan"})]


def test_a_row_is_on_the_line_that_it_begins_on(tmp_path: Path) -> None:
    content = b'external_reference,name\nx-1,"a\nb\r\nc"\n\n,\nx-2,"d ""e"", f"\n  ,\nx-3,g\n'
    rows, problems = TABLE.rows(saved(tmp_path, content))
    assert problems == []
    assert [(it.place, it.reference, it.said["name"]) for it in rows] == [
        (2, "x-1", "a\nb\r\nc"),
        # Lines without a single character in a cell are no rows.
        (7, "x-2", 'd "e", f'),
        (8, "", None),
        (9, "x-3", "g"),
    ]


def test_a_problem_has_the_line_that_its_row_begins_on(tmp_path: Path) -> None:
    content = (
        b'external_reference,name,born\nx-1,"a\nb",2020-01-01\nx-2,"c\nd",x\nx-3,e\nx-4,f,2020-01-02,g\n'
    )
    assert told(tmp_path, content) == [
        (4, ("born",), "This is not a date, such as 1985-07-30."),
        (6, (), "There are 2 cells, and 3 columns."),
        (7, (), "There are 4 cells, and 3 columns."),
    ]


def test_every_problem_of_a_row_is_told(tmp_path: Path) -> None:
    content = b"external_reference,name,born,age,is_in,kind\nx\0,a\0b,1,-1,maybe,three\n"
    assert told(tmp_path, content) == [
        (2, ("external_reference",), "This is not a valid value."),
        (2, ("name",), "This is not a valid value."),
        (2, ("born",), "This is not a date, such as 1985-07-30."),
        (2, ("age",), "This is not a whole number."),
        (2, ("is_in",), "This is neither yes nor no."),
        (2, ("kind",), "This is none of ONE, TWO."),
    ]


@pytest.mark.parametrize(
    "cell", ["x", "-1", "1.5", "1e3", "²", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 19, "9" * 5_000]
)
def test_what_is_no_whole_number_is_told(tmp_path: Path, cell: str) -> None:
    content = f"external_reference,age\nx-1,{cell}\n".encode()
    assert told(tmp_path, content) == [(2, ("age",), "This is not a whole number.")]


def test_a_cell_is_read_as_its_column_says(tmp_path: Path) -> None:
    content = (
        b"external_reference,name,born,age,is_in,kind,of\n"
        b"x-1, Jan ,1985-07-30, 067 ,YES,one,a; b ;;c\n"
        b"x-2,,,,False,Two,;\n"
    )
    assert [it for _, _, it in read(tmp_path, content)] == [
        {
            "name": "Jan",
            "born": date(1985, 7, 30),
            "age": 67,
            "is_in": True,
            "kind": "ONE",
            "of": ["a", "b", "c"],
        },
        {"name": None, "born": None, "age": None, "is_in": False, "kind": "TWO", "of": []},
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"external_reference,na\0me\nx,y\n", "nobody knows a column"),
        (b'external_reference,name\nx,"y"z\n', "',' expected after '\"'"),
        (b"external_reference,name\nx," + b"y" * 200_000, "field larger than field limit"),
        (b"external_reference,External_Reference\nx,y\n", "the first line names each column once"),
        (b"\n", "the first line names each column once"),
        ("external_reference,name\nx,é\n".encode("utf-16"), "can't decode byte"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(CannotRun, match=r"table\.csv: ") as refused:
        TABLE.rows(saved(tmp_path, content))
    assert said in str(refused.value)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="No such file"):
        TABLE.rows(tmp_path / "none.csv")


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    row = {
        "external_reference": "x-1",
        "name": 'a, "b"; c\nd',
        "born": date(1985, 7, 30),
        "age": 67,
        "is_in": False,
        "kind": None,
        "of": ["a", "b"],
    }
    path = tmp_path / "written.csv"
    with written(path, list(row)) as write:
        write(row)
        write(row | {"is_in": True, "of": []})
    rows, problems = TABLE.rows(path)
    assert problems == []
    said = {name: it for name, it in row.items() if name != "external_reference"}
    assert [it.said for it in rows] == [said, said | {"is_in": True, "of": None}]


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (True, "yes"), (False, "no"), (0, "0"), (["a", "b"], "a;b"), ("x", "x")]
)
def test_a_value_is_spelled_as_it_is_read(value: object, cell: str) -> None:
    assert spelled(value) == cell
