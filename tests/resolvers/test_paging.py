"""Pages: their size, the cursors at their edges, and what lies beyond them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.opaque_ids import OpaqueIds
from core.errors import Invalid
from core.tokens import pack
from resolvers.paging import DEFAULT_SIZE, LARGEST_SIZE, Cursors, Cut, PageAsked, Sorting, Window

IDS = OpaqueIds(b"a key of 16 byte")
KEY = UUID("01890000-0000-7000-8000-000000000001")
BY_NAME = Cursors(IDS, Sorting("NAME"))
BY_NAME_DOWN = Cursors(IDS, Sorting("NAME", descending=True))
BY_MOMENT = Cursors(IDS, Sorting("UPDATED_AT", datetime.fromisoformat, descending=True))
BY_DATE = Cursors(IDS, Sorting("DOCUMENT_DATE", date.fromisoformat))


def row(key: object, id_: UUID = KEY) -> Any:
    return SimpleNamespace(sort_key=key, id=id_)


@given(st.text(), st.uuids())
def test_a_cursor_of_names_is_read_as_it_was_written(key: str, id_: UUID) -> None:
    assert BY_NAME.read(BY_NAME.write(row(key, id_)), "after") == (key, id_)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_cursor_of_moments_is_read_as_it_was_written(key: datetime) -> None:
    assert BY_MOMENT.read(BY_MOMENT.write(row(key)), "after") == (key, KEY)


@given(st.dates())
def test_a_cursor_of_dates_is_read_as_it_was_written(key: date) -> None:
    assert BY_DATE.read(BY_DATE.write(row(key)), "after") == (key, KEY)


def test_a_cursor_does_not_show_the_id_in_it() -> None:
    assert pack(KEY.bytes)[:16] not in BY_NAME.write(row("a"))


@pytest.mark.parametrize("other", [BY_NAME_DOWN, BY_MOMENT, BY_DATE, Cursors(IDS, Sorting("NAME_AND_MORE"))])
def test_a_cursor_belongs_to_its_order(other: Cursors) -> None:
    with pytest.raises(Invalid) as caught:
        other.read(BY_NAME.write(row("2026-01-30")), "before")
    assert caught.value.path == ("before",)


@pytest.mark.parametrize(
    "text",
    ["", "x", "é", "NAME+a", pack(b"NAME+a"), pack(bytes(16)), pack(bytes(16) + b"NAME-a"), pack(b"short")],
)
def test_garbage_is_no_cursor(text: str) -> None:
    with pytest.raises(Invalid, match="does not belong to this list"):
        BY_NAME.read(text, "after")


@pytest.mark.parametrize("spelled", ["", "yesterday", "2026-13-01"])
def test_a_cursor_whose_key_cannot_be_is_refused(spelled: str) -> None:
    with pytest.raises(Invalid):
        BY_DATE.read(pack(bytes(16) + f"{BY_DATE.sorting.tag}{spelled}".encode()), "after")


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        (PageAsked(), DEFAULT_SIZE),
        (PageAsked(first=1), 1),
        (PageAsked(first=LARGEST_SIZE), 100),
        (PageAsked(last=1), 1),
        (PageAsked(last=LARGEST_SIZE), 100),
    ],
)
def test_a_page_has_as_many_as_are_asked_for(asked: PageAsked, size: int) -> None:
    window = asked.window(BY_NAME)
    assert window.size == size
    assert window.values == {"page_size": size + 1}


@pytest.mark.parametrize("size", [0, -1, LARGEST_SIZE + 1])
@pytest.mark.parametrize("argument", ["first", "last"])
def test_a_page_has_1_to_100(argument: str, size: int) -> None:
    with pytest.raises(Invalid, match="A page has 1 to 100 items") as caught:
        PageAsked(**{argument: size}).window(BY_NAME)  # pyright: ignore[reportArgumentType]  one of two names
    assert caught.value.path == (argument,)


def test_a_page_is_cut_from_one_end() -> None:
    with pytest.raises(Invalid, match="either `first` or `last`") as caught:
        PageAsked(first=1, last=1).window(BY_NAME)
    assert caught.value.path == ("last",)


def test_cursors_bound_a_page_on_both_sides() -> None:
    one, other = BY_NAME.write(row("a")), BY_NAME.write(row("z"))
    window = PageAsked(last=2, after=one, before=other).window(BY_NAME)
    assert window.cut == Cut(descending=False, has_after=True, has_before=True, backwards=True)
    assert window.values == {
        "page_size": 3,
        "after_key": "a",
        "after_id": KEY,
        "before_key": "z",
        "before_id": KEY,
    }


@pytest.mark.parametrize("argument", ["after", "before"])
def test_a_cursor_that_is_none_is_told_by_its_argument(argument: str) -> None:
    with pytest.raises(Invalid) as caught:
        PageAsked(**{argument: "x"}).window(BY_NAME)  # pyright: ignore[reportArgumentType]  one of two names
    assert caught.value.path == (argument,)


def test_a_page_runs_the_way_of_its_order() -> None:
    assert PageAsked().window(BY_NAME_DOWN).cut == Cut(descending=True)
    assert PageAsked(last=1).window(BY_NAME_DOWN).cut == Cut(descending=True, backwards=True)


@pytest.mark.parametrize(
    ("cut", "found", "rows", "has_next", "has_previous"),
    [
        (Cut(), "ab", "ab", False, False),
        (Cut(), "abc", "ab", True, False),
        (Cut(has_after=True), "abc", "ab", True, True),
        (Cut(has_after=True), "", "", False, True),
        (Cut(backwards=True), "cb", "bc", False, False),
        (Cut(backwards=True), "cba", "bc", False, True),
        (Cut(backwards=True, has_before=True), "cba", "bc", True, True),
        (Cut(backwards=True, has_before=True), "", "", True, False),
    ],
)
def test_a_page_knows_what_lies_beyond_it(
    cut: Cut,
    found: str,
    rows: str,
    has_next: bool,  # noqa: FBT001
    has_previous: bool,  # noqa: FBT001
) -> None:
    page = Window(cut, 2, {}).page([row(it) for it in found])
    assert "".join(it.sort_key for it in page.rows) == rows
    assert (page.has_next, page.has_previous) == (has_next, has_previous)
