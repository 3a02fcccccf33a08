"""Pages of a sorted list, cut by what stands at their edges and never by a count of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, bindparam, tuple_

from auth.opaque_ids import BLOCK, OpaqueIds
from core.errors import Invalid
from core.tokens import pack, unpack
from models.tables import AnyRow, AnySelect

DEFAULT_SIZE: Final = 25
LARGEST_SIZE: Final = 100
# Up to where a total is counted exactly; beyond, it is null.
COUNTED_UP_TO: Final = 10_000
PAGE_SIZE = bindparam("page_size", type_=Integer())


def comparable(text: str) -> str:
    """Return a text that the database can compare. Raise ValueError for one with a U+0000."""
    if "\0" in text:
        raise ValueError("no text that is kept has a U+0000")
    return text


def sized(size: int | None, argument: str) -> int:
    """Return how many items a page has. Raise Invalid for a size that cannot be."""
    size = DEFAULT_SIZE if size is None else size
    if not 1 <= size <= LARGEST_SIZE:
        raise Invalid("A page has 1 to {largest} items.", path=(argument,), largest=LARGEST_SIZE)
    return size


def stale(argument: str) -> Invalid:
    """Return what is raised for a cursor that is none of this list's."""
    return Invalid("This cursor does not belong to this list in this order.", path=(argument,))


@dataclass(frozen=True, slots=True)
class Sorting:
    """One way to sort a list: its name, how its values are read from a cursor, and which way it runs."""

    name: str
    read: Callable[[str], Any] = str
    descending: bool = False

    @property
    def tag(self) -> str:
        """Return what a cursor says of its order."""
        return f"{self.name}{'-' if self.descending else '+'}"


@dataclass(frozen=True, slots=True)
class Cut:
    """The form of a page, as far as its statement depends on it."""

    descending: bool = False
    has_after: bool = False
    has_before: bool = False
    backwards: bool = False

    def apply(self, statement: AnySelect, key: ColumnElement[Any], id_: ColumnElement[Any]) -> AnySelect:
        """Return the statement sorted by key and id, bounded by the cursors, one row longer than the page."""
        place = tuple_(key, id_)
        if self.has_after:
            edge = tuple_(bindparam("after_key", type_=key.type), bindparam("after_id", type_=id_.type))
            statement = statement.where(place < edge if self.descending else place > edge)
        if self.has_before:
            edge = tuple_(bindparam("before_key", type_=key.type), bindparam("before_id", type_=id_.type))
            statement = statement.where(place > edge if self.descending else place < edge)
        return statement.order_by(*self.order(key, id_)).limit(PAGE_SIZE)

    @property
    def begins_at(self) -> str | None:
        """Return the key of the cursor that the statement begins at; None: it begins where the list does."""
        if self.backwards:
            return "before_key" if self.has_before else None
        return "after_key" if self.has_after else None

    def order(self, key: ColumnElement[Any], id_: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
        """Return what the statement is sorted by; a page that is cut from the end is read from the end."""
        down = self.descending != self.backwards
        return (key.desc(), id_.desc()) if down else (key.asc(), id_.asc())


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for."""

    cut: Cut
    size: int
    values: dict[str, Any]

    def page(self, rows: Sequence[AnyRow]) -> "Edges":
        """Return the rows of this page, in the order of the list, and whether there are more beyond."""
        more = len(rows) > self.size
        kept = list(rows[: self.size])
        if self.cut.backwards:
            return Edges(kept[::-1], has_next=self.cut.has_before, has_previous=more)
        return Edges(kept, has_next=more, has_previous=self.cut.has_after)


@dataclass(frozen=True, slots=True)
class Edges:
    """The rows of a page and what lies beyond it."""

    rows: list[AnyRow]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads the cursors of one order; the id in them is as opaque as everywhere."""

    ids: OpaqueIds
    sorting: Sorting

    def write(self, row: AnyRow) -> str:
        """Return the cursor of a row that has `sort_key` and `id`."""
        return self.spell(row.sort_key, row.id)

    def spell(self, key: Any, id_: UUID) -> str:
        """Return the cursor of what is sorted by this key and has this id."""
        (hidden,) = self.ids.hide([id_])
        spelled = key.isoformat() if isinstance(key, (datetime, date)) else str(key)
        return pack(hidden + f"{self.sorting.tag}{spelled}".encode())

    def read(self, text: str, argument: str) -> tuple[Any, Any]:
        """Return the key and the id that a cursor holds. Raise Invalid for another order's, or for none."""
        raw = unpack(text) or b""
        spelled = raw[BLOCK:].decode(errors="replace")
        if not spelled.startswith(self.sorting.tag):
            raise stale(argument)
        try:
            return self.sorting.read(spelled.removeprefix(self.sorting.tag)), self.ids.reveal(raw[:BLOCK])
        except ValueError:
            raise stale(argument) from None


@dataclass(frozen=True, slots=True)
class PageAsked:
    """The arguments of a list, as they came."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def window(self, cursors: Cursors) -> Window:
        """Return the page that is meant. Raise Invalid for a size or a cursor that cannot be."""
        if self.first is not None and self.last is not None:
            raise Invalid("Give either `first` or `last`.", path=("last",))
        name, size = ("first", self.first) if self.last is None else ("last", self.last)
        size = sized(size, name)
        values: dict[str, Any] = {"page_size": size + 1}
        for argument, text in (("after", self.after), ("before", self.before)):
            if text is not None:
                key, id_ = cursors.read(text, argument)
                values |= {f"{argument}_key": key, f"{argument}_id": id_}
        cut = Cut(
            descending=cursors.sorting.descending,
            has_after=self.after is not None,
            has_before=self.before is not None,
            backwards=self.last is not None,
        )
        return Window(cut, size, values)
