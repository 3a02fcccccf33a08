"""Lists of documents: one statement for every filter, order and page, and for all parents of a level."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.moments import in_utc
from models.tables import AnyRow
from permissions.access import FEW, MANY, REACH, Plan
from resolvers.document_filters import DocumentFilter, Scope
from resolvers.document_pages import OrderField, Shape, count_statement, page_statement
from resolvers.levels import grouped
from resolvers.paging import COUNTED_UP_TO, Cursors, Edges, PageAsked, Sorting, Window, comparable
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
    listing = await prepare(request, None, asked)
    rows = await request.rows(page_statement(listing.shape), **listing.values)
    if listing.shape.is_walked and len(rows) < listing.values["page_size"]:
        rows = await found_far(request, listing)
    return listing.page(rows)


async def found_far(request: Reading, listing: Listing) -> Sequence[AnyRow]:
    """Return a page whose documents stand far from where it begins, or are the last ones."""
    plan = Plan.WALKING if await reaches(request, MANY) else Plan.FROM_GRANTS
    shape = replace(listing.shape, plan=plan, is_far=True)
    return await request.rows(page_statement(shape), **listing.values)


async def documents_of(
    request: Reading, scope: Scope, parents: Sequence[UUID], asked: DocumentsAsked
) -> list[DocumentPage]:
    """Return a page for each dossier, relation or category; one statement for all of them."""
    listing = await prepare(request, scope, asked)
    listing.parents = list(parents)
    found = await request.rows(page_statement(listing.shape), parents=listing.parents, **listing.values)
    groups = grouped(found, by="parent_id", over=parents)
    return [listing.page(rows, parent) for parent, rows in zip(parents, groups, strict=True)]


async def prepare(request: Reading, scope: Scope | None, asked: DocumentsAsked) -> Listing:
    """Return what is asked, checked, and with the plan that suits this viewer. Raise Invalid, TooLong."""
    order = asked.order
    cursors = Cursors(request.ports.ids, Sorting(order.value, READ_KEY[order], asked.descending))
    window = asked.page.window(cursors)
    values = asked.by.values()
    for_staff = not request.viewer.is_client
    plan = await plan_of(request)
    shape = Shape(plan, for_staff, scope, frozenset(values), order, window.cut)
    return Listing(shape, window, cursors, values | window.values)


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
    statement = count_statement(listing.shape)
    found = await request.rows(statement, parents=listing.parents, **listing.values)
    return {row.parent_id: row.total for row in found}
