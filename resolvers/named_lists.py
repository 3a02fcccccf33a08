"""Lists that are sorted by name and searched in it: relations, dossiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, func, select

from core.errors import TooLong
from models.tables import AnySelect
from resolvers.document_filters import LONGEST_SEARCH, pattern
from resolvers.paging import COUNTED_UP_TO, Cursors, Cut, Edges, PageAsked, Sorting, comparable
from resolvers.reading import Reading

BY_NAME: Final = Sorting("NAME", comparable)


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of a list by name, and how to count the whole list."""

    edges: Edges
    cursors: Cursors
    whole: AnySelect
    values: dict[str, Any]


@dataclass(frozen=True, eq=False)
class NamedList:
    """What the viewer may see of one kind, by name."""

    statement: AnySelect
    name: ColumnElement[Any]
    id: ColumnElement[Any]

    async def page(self, request: Reading, asked: PageAsked, text: str | None) -> NamedPage:
        """Return one page; `text` is looked for anywhere in the name. Raise Invalid, TooLong."""
        cursors = Cursors(request.ports.ids, BY_NAME)
        window = asked.window(cursors)
        values: dict[str, Any] = {} if text is None else {"name_contains": searched(text)}
        found = await request.rows(cut_by_name(self, window.cut, text is not None), **values, **window.values)
        return NamedPage(window.page(found), cursors, whole(self, text is not None), values)


@lru_cache(maxsize=64)
def cut_by_name(listed: NamedList, cut: Cut, searching: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of one page."""
    statement = whole(listed, searching).add_columns(listed.name.label("sort_key"))
    return cut.apply(statement, listed.name, listed.id)


@lru_cache(maxsize=8)
def whole(listed: NamedList, searching: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of the whole list."""
    if not searching:
        return listed.statement
    return listed.statement.where(listed.name.like(bindparam("name_contains")))


async def totals(request: Reading, pages: Sequence[NamedPage]) -> list[int | None]:
    """Return how many there are in each page's list; None where there are more than 10,000."""
    return [await total(request, page) for page in pages]


async def total(request: Reading, page: NamedPage) -> int | None:
    """Return how many there are in the page's list, None for more than 10,000."""
    (row,) = await request.rows(count_of(page.whole), **page.values)
    return row[0] if row[0] <= COUNTED_UP_TO else None


@lru_cache(maxsize=16)
def count_of(whole: AnySelect) -> AnySelect:
    """Return the statement that counts a list, no further than needed."""
    return select(func.count()).select_from(whole.limit(COUNTED_UP_TO + 1).subquery())


def searched(text: str) -> str:
    """Return what LIKE compares with. Raise TooLong."""
    if len(text) > LONGEST_SEARCH:
        raise TooLong(path=("search",), limit=LONGEST_SEARCH)
    return pattern(text)
