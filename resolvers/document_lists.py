"""Lists of documents: one statement for every filter, order and page, and for all parents of a level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.moments import in_utc
from models.tables import AnyRow
from permissions.access import FEW, MANY, REACH, Plan
from resolvers import document_narrowing
from resolvers.document_filters import DocumentFilter, bound
from resolvers.document_pages import count_statement, page_statement
from resolvers.document_sets import (
    FILTER_OF,
    Scope,
    more_than_few,
)
from resolvers.document_shapes import OrderField, Shape
from resolvers.levels import grouped
from resolvers.paging import COUNTED_UP_TO, Cursors, Cut, Edges, PageAsked, Sorting, Window, comparable
from resolvers.reading import Reading


def moment(text: str) -> datetime:
    """Return the moment that a cursor spells. Raise ValueError."""
    return in_utc(datetime.fromisoformat(text))


READ_KEY: Final = {
    OrderField.UPDATED_AT: moment,
    OrderField.CREATED_AT: moment,
    OrderField.DOCUMENT_DATE: date.fromisoformat,
    OrderField.DESCRIPTION: comparable,
}


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """The arguments of a list of documents."""

    page: PageAsked = field(default_factory=PageAsked)
    by: DocumentFilter = field(default_factory=DocumentFilter)
    order: OrderField = OrderField.UPDATED_AT
    descending: bool = True


@dataclass(slots=True)
class DocumentPage:
    """A page of documents, and how to count the whole list that it was cut from."""

    edges: Edges
    cursors: Cursors
    listing: "Listing"
    parent: UUID | None = None


@dataclass(slots=True)
class Listing:
    """What was asked of a list; the pages of one level share it."""

    shape: Shape
    window: Window
    cursors: Cursors
    values: dict[str, Any]
    parents: list[UUID] = field(default_factory=list)

    def page(self, rows: Sequence[AnyRow], parent: UUID | None = None) -> DocumentPage:
        """Return the page that these rows make."""
        return DocumentPage(self.window.page(rows), self.cursors, self, parent)


async def documents(request: Reading, asked: DocumentsAsked) -> DocumentPage:
    """Return one page of all that the viewer may read. Raise Invalid, TooLong."""
    return await listed(request, asked, {})


async def listed(request: Reading, asked: DocumentsAsked, of: Mapping[str, UUID]) -> DocumentPage:
    """Return one page, of all or of what belongs to something. Raise Invalid, TooLong."""
    listing = prepared(request, None, asked, of)
    shape, values = listing.shape, listing.values
    if shape.filters:
        shape = await document_narrowing.begun(request, shape, values)
    else:
        shape = replace(shape, plan=await plan_of(request))
    rows = await request.rows(page_statement(shape), **values)
    if shape.is_walked and len(rows) < values["page_size"]:
        shape = await far(request, shape, values)
        rows = await request.rows(page_statement(shape), **values)
    if shape.then and len(rows) < values["page_size"]:
        more = await document_narrowing.more_thorough(request, shape, values)
        if more:
            shape, rows = more, await request.rows(page_statement(more), **values)
    listing.shape = shape
    return listing.page(rows)


async def far(request: Reading, shape: Shape, values: Mapping[str, Any]) -> Shape:
    """Return the shape of a page whose documents stand far from where it begins, or are the last ones."""
    if shape.filters:
        return await document_narrowing.far(request, shape, values)
    plan = Plan.WALKING if await reaches(request, MANY) else Plan.FROM_GRANTS
    return replace(shape, plan=plan, is_far=True)


async def documents_of(
    request: Reading, scope: Scope, parents: Sequence[UUID], asked: DocumentsAsked
) -> list[DocumentPage]:
    """Return a page for each dossier, relation or category; one statement for all that have few documents."""
    listing = prepared(request, scope, asked, {})
    found = await request.rows(more_than_few(scope), parents=list(parents))
    large = {row.id: await listed(request, asked, {FILTER_OF[scope]: row.id}) for row in found}
    listing.parents = [it for it in parents if it not in large]
    rows = await request.rows(page_statement(listing.shape), parents=listing.parents, **listing.values)
    groups = grouped(rows, by="parent_id", over=listing.parents)
    small = {it: listing.page(of_it, it) for it, of_it in zip(listing.parents, groups, strict=True)}
    return [(large | small)[it] for it in parents]


def prepared(request: Reading, scope: Scope | None, asked: DocumentsAsked, of: Mapping[str, UUID]) -> Listing:
    """Return what is asked, checked; `of` says to what the documents belong. Raise Invalid, TooLong."""
    order = asked.order
    cursors = Cursors(request.ports.ids, Sorting(order.value, READ_KEY[order], asked.descending))
    window = asked.page.window(cursors)
    filters: dict[str, Any] = {**asked.by.given(), **of}
    for_staff = not request.viewer.is_client
    shape = Shape(Plan.WALKING, for_staff, scope, frozenset(filters), order, window.cut)
    return Listing(shape, window, cursors, bound(filters) | window.values)


def cursor_of(request: Reading, document: AnyRow) -> str:
    """Return where a document stands in the list that begins with the newest change."""
    order = OrderField.UPDATED_AT
    cursors = Cursors(request.ports.ids, Sorting(order.value, READ_KEY[order], descending=True))
    return cursors.spell(document.updated_at, document.id)


async def plan_of(request: Reading) -> Plan:
    """Return the plan for this viewer: what he can reach decides, not his role."""
    if request.viewer.is_client:
        # What a client sees is dated by the sharing with him, so that there is no index to walk along; and
        # how much he was given is counted on the way.
        return Plan.FROM_GRANTS
    return Plan.WALKING if await reaches(request, FEW) else Plan.FROM_GRANTS


async def reaches(request: Reading, more_than: int) -> bool:
    """Return whether the viewer was given more grants than that."""
    (row,) = await request.rows(REACH, at_most=more_than)
    return row[0] > more_than


async def totals(request: Reading, pages: Sequence[DocumentPage]) -> list[int | None]:
    """Return how many documents each page's whole list has; None where there are more than 10,000.

    One statement for each listing: the pages of a level may come from lists of more than one kind of parent.
    """
    listings = {id(page.listing): page.listing for page in pages}
    counts = {key: await counted(request, listing) for key, listing in listings.items()}
    found = [counts[id(page.listing)][page.parent] for page in pages]
    return [total if total <= COUNTED_UP_TO else None for total in found]


async def counted(request: Reading, listing: Listing) -> dict[UUID | None, int]:
    """Return how many documents the list has, for each of its parents, counted no further than needed."""
    statement = count_statement(replace(listing.shape, cut=Cut()))
    found = await request.rows(statement, parents=listing.parents, **listing.values)
    return {row.parent_id: row.total for row in found}
