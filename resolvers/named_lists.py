"""Lists that are sorted by name and searched in it: relations, dossiers, accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select

from core.errors import TooLong
from models.tables import AnyRow, AnySelect
from resolvers.document_filters import LONGEST_SEARCH, pattern
from resolvers.levels import grouped
from resolvers.paging import COUNTED_UP_TO, Cursors, Cut, Edges, PageAsked, Sorting, Window, comparable
from resolvers.parents import page_for_each_parent, total_for_each_parent
from resolvers.reading import Reading

BY_NAME: Final = Sorting("NAME", comparable)


@dataclass(frozen=True, eq=False, slots=True)
class NamedListing:
    """What was asked of a list; the pages of one level share it."""

    whole: AnySelect
    window: Window
    cursors: Cursors
    values: dict[str, Any]
    parents: Sequence[UUID] = ()

    def page(self, rows: Sequence[AnyRow], parent: UUID | None = None) -> "NamedPage":
        """Return the page that these rows make."""
        return NamedPage(self.window.page(rows), self.cursors, self, parent)


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of a list by name, and how to count the whole list."""

    edges: Edges
    cursors: Cursors
    listing: NamedListing
    parent: UUID | None = None


@dataclass(frozen=True, eq=False)
class NamedList:
    """What the viewer may see of one kind, by name."""

    statement: AnySelect
    name: ColumnElement[Any]
    id: ColumnElement[Any]
    sorting: Sorting = BY_NAME

    async def page(self, request: Reading, asked: PageAsked, text: str | None, **told: UUID) -> NamedPage:
        """Return one page; `text` is looked for anywhere in the name. Raise Invalid, TooLong.

        `told` are the values that the list's own statement has.
        """
        cursors = Cursors(request.ports.ids, self.sorting)
        window = asked.window(cursors)
        values: dict[str, Any] = told if text is None else {**told, "name_contains": searched(text)}
        found = await request.rows(cut_by_name(self, window.cut, text is not None), **values, **window.values)
        return NamedListing(whole(self, text is not None), window, cursors, values).page(found)

    def cursor_of(self, request: Reading, key: Any, id_: UUID) -> str:
        """Return where what is sorted by this key and has this id stands."""
        return Cursors(request.ports.ids, self.sorting).spell(key, id_)

    async def pages(self, request: Reading, parents: Sequence[UUID], asked: PageAsked) -> list[NamedPage]:
        """Return one page for each parent, of a list whose statement names OF_PARENT. Raise Invalid."""
        cursors = Cursors(request.ports.ids, self.sorting)
        window = asked.window(cursors)
        listing = NamedListing(self.statement, window, cursors, {}, parents)
        found = await request.rows(cut_for_parents(self, window.cut), parents=list(parents), **window.values)
        groups = grouped(found, by="parent_id", over=parents)
        return [listing.page(rows, parent) for parent, rows in zip(parents, groups, strict=True)]


@lru_cache(maxsize=64)
def cut_by_name(listed: NamedList, cut: Cut, searching: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of one page."""
    statement = whole(listed, searching).add_columns(listed.name.label("sort_key"))
    return cut.apply(statement, listed.name, listed.id)


@lru_cache(maxsize=8)
def cut_for_parents(listed: NamedList, cut: Cut) -> AnySelect:
    """Return the statement of one page for each parent."""
    return page_for_each_parent(cut_by_name(listed, cut, searching=False), cut)


@lru_cache(maxsize=8)
def whole(listed: NamedList, searching: bool) -> AnySelect:  # noqa: FBT001  a key of the cache
    """Return the statement of the whole list."""
    if not searching:
        return listed.statement
    return listed.statement.where(listed.name.like(bindparam("name_contains")))


async def totals(request: Reading, pages: Sequence[NamedPage]) -> list[int | None]:
    """Return how many there are in each page's list; None where there are more than 10,000.

    One statement for each listing, as for documents.
    """
    listings = {id(page.listing): page.listing for page in pages}
    counts = {key: await counted(request, listing) for key, listing in listings.items()}
    found = [counts[id(page.listing)][page.parent] for page in pages]
    return [total if total <= COUNTED_UP_TO else None for total in found]


async def counted(request: Reading, listing: NamedListing) -> dict[UUID | None, int]:
    """Return how many there are in the list, for each of its parents, counted no further than needed."""
    if not listing.parents:
        (row,) = await request.rows(count_of(listing.whole), **listing.values)
        return {None: row.total}
    found = await request.rows(count_for_parents(listing.whole), parents=list(listing.parents))
    return {row.parent_id: row.total for row in found}


@lru_cache(maxsize=16)
def count_of(whole: AnySelect) -> AnySelect:
    """Return the statement that counts a list, no further than needed."""
    return select(func.count().label("total")).select_from(whole.limit(COUNTED_UP_TO + 1).subquery())


@lru_cache(maxsize=8)
def count_for_parents(whole: AnySelect) -> AnySelect:
    """Return the statement that counts a list for each of its parents, no further than needed."""
    return total_for_each_parent(whole.limit(COUNTED_UP_TO + 1))


def searched(text: str) -> str:
    """Return what LIKE compares with. Raise TooLong."""
    if len(text) > LONGEST_SEARCH:
        raise TooLong(path=("search",), limit=LONGEST_SEARCH)
    return pattern(text)
