"""Tables in CSV files: what each cell of a row means, and how it is written to be read again."""

import csv
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from core.errors import Invalid
from resolvers.importing import Problem, Row
from server.running import CannotRun

REFERENCE: Final = "external_reference"
# Spreadsheets of Belgium part cells by semicolons.
SEPARATORS: Final = ";,\t"
TICKS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
MOST_DIGITS: Final = 18
Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one kind of file, and what their cells mean."""

    columns: Mapping[str, Read]

    def rows(self, path: Path) -> tuple[list[Row], list[Problem]]:
        """Return the rows of a file by their lines, and what is wrong with cells. Raise CannotRun."""
        rows: list[Row] = []
        problems: list[Problem] = []
        for line, names, cells in records(path, self.columns):
            if len(cells) != len(names):
                message = "There are {cells} cells, and {columns} columns."
                problems.append(Problem(line, Invalid(message, cells=len(cells), columns=len(names))))
                continue
            record = dict(zip(names, cells, strict=True))
            said, wrong = self.read(record)
            problems += [Problem(line, it) for it in wrong]
            rows += [] if wrong else [Row(line, said.pop(REFERENCE) or "", said)]
        return rows, problems

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Invalid]]:
        """Return what the cells of a row mean, None for an empty one, and what is wrong with others."""
        said: dict[str, Any] = {}
        wrong: list[Invalid] = []
        for name, cell in cells.items():
            read = text if name == REFERENCE else self.columns[name]
            try:
                said[name] = read(storable(cell.strip())) if cell.strip() else None
            except Invalid as error:
                wrong.append(error.at(name))
        return said, wrong


def records(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield the cells of each record, with the line that it begins on and the names of the columns.

    Raise CannotRun for what is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(SEPARATORS, key=first.count), strict=True)
            names = header(path, next(reader, list[str]()), columns)
            line = reader.line_num + 1
            for cells in reader:
                if any(cells):
                    yield line, names, cells
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotRun(f"{path}: {error}") from None


def header(path: Path, names: Sequence[str], columns: Iterable[str]) -> list[str]:
    """Return the names of a file's columns. Raise CannotRun for others than are known."""
    found = [it.strip().lower() for it in names]
    unknown = [it for it in found if it not in {REFERENCE, *columns}]
    if unknown:
        raise CannotRun(f"{path}: nobody knows a column {unknown[0]!r}; there are {', '.join(columns)}.")
    if REFERENCE not in found or len(set(found)) < len(found):
        raise CannotRun(f"{path}: the first line names each column once, and {REFERENCE} among them.")
    return found


def storable(cell: str) -> str:
    """Return a cell that a database can keep. Raise Invalid."""
    if "\0" in cell:
        raise Invalid
    return cell


def text(cell: str) -> str:
    """Return the text of a cell."""
    return cell


def day(cell: str) -> date:
    """Return a date, such as 1985-07-30. Raise Invalid."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise Invalid("This is not a date, such as 1985-07-30.") from None


def number(cell: str) -> int:
    """Return a whole number. Raise Invalid."""
    # Python itself reads no more than 4,300 digits.
    if not cell.isascii() or not cell.isdigit() or len(cell) > MOST_DIGITS:
        raise Invalid("This is not a whole number.")
    return int(cell)


def tick(cell: str) -> bool:
    """Return yes or no. Raise Invalid."""
    if cell.lower() not in TICKS:
        raise Invalid("This is neither yes nor no.")
    return TICKS[cell.lower()]


def word_of(*words: str) -> Read:
    """Return what reads one of these words. It raises Invalid."""

    def read(cell: str) -> str:
        if cell.upper() not in words:
            raise Invalid("This is none of {words}.", words=", ".join(words))
        return cell.upper()

    return read


def references(cell: str) -> list[str]:
    """Return the names in a cell, which semicolons part."""
    return [it.strip() for it in cell.split(";") if it.strip()]


def spelled(value: Any) -> str:
    """Return the cell that is read as this value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(cast("list[str]", value))
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def written(path: Path, names: Sequence[str]) -> Generator[Callable[[Mapping[str, Any]], None]]:
    """Yield what writes a row into a table. Raise CannotRun where the file can not be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            yield lambda row: writer.writerow([spelled(row[name]) for name in names])
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from None
