"""Lists of documents: one statement for every filter, order and page, and for all parents of a level."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, func, literal_column, null, select

from core.moments import in_utc
from models import Document
from models.tables import AnyRow, AnySelect
from permissions.access import REACH, Plan, plan_for
from resolvers.document_filters import CONDITIONS, SCOPES, DocumentFilter, Scope
from resolvers.document_rows import select_documents
from resolvers.levels import grouped
from resolvers.paging import COUNTED_UP_TO, Cursors, Cut, Edges, PageAsked, Sorting, Window, comparable
from resolvers.parents import OF_PARENT, page_for_each_parent, total_for_each_parent
from resolvers.reading import Reading


class OrderField(Enum):
    """By what a list of documents can be sorted."""

    UPDATED_AT = "UPDATED_AT"
    CREATED_AT = "CREATED_AT"
    DOCUMENT_DATE = "DOCUMENT_DATE"
    DESCRIPTION = "DESCRIPTION"


def moment(text: str) -> datetime:
    """Return the moment that a cursor spells. Raise ValueError."""
    return in_utc(datetime.fromisoformat(text))


READ_KEY: Final = {
    OrderField.UPDATED_AT: moment,
    OrderField.CREATED_AT: moment,
    OrderField.DOCUMENT_DATE: date.fromisoformat,
    OrderField.DESCRIPTION: comparable,
}
# The expression of the index: a document without a date stands before all that have one. The driver reads
# and writes `-infinity` as the first of January of year 1, which is no day of its own to it.
NO_DATE = literal_column("'-infinity'::date", Date())
DOCUMENT_DATE = func.coalesce(Document.document_date, NO_DATE, type_=Date())


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """The arguments of a list of documents."""

    page: PageAsked = field(default_factory=PageAsked)
    by: DocumentFilter = field(default_factory=DocumentFilter)
    order: OrderField = OrderField.UPDATED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a statement's text depends on; its values are bound."""

    plan: Plan
    for_staff: bool
    scope: Scope | None
    filters: frozenset[str]
    order: OrderField
    cut: Cut


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
    return listing.page(await request.rows(page_statement(listing.shape), **listing.values))


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


async def plan_of(request: Reading) -> Plan:
    """Return the plan for this viewer: what he can reach decides, not his role."""
    if request.viewer.is_client:
        # What a client sees is dated by the sharing with him, so that there is no index to walk along.
        return Plan.FROM_GRANTS
    (row,) = await request.rows(REACH)
    return plan_for(row[0])


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


@lru_cache(maxsize=1024)
def page_statement(shape: Shape) -> AnySelect:
    """Return the statement of one page, or of one page for each parent."""
    statement, keys = restricted(shape)
    key = keys[shape.order]
    page = shape.cut.apply(statement.add_columns(key.label("sort_key")), key, Document.id.expression)
    if shape.scope is None:
        return page
    return page_for_each_parent(page, shape.cut)


@lru_cache(maxsize=256)
def count_statement(shape: Shape) -> AnySelect:
    """Return the statement of the total, or of one total for each parent, counted no further than needed."""
    statement, _ = restricted(shape)
    some = statement.with_only_columns(Document.id, maintain_column_froms=True).limit(COUNTED_UP_TO + 1)
    if shape.scope is None:
        total = func.count().label("total")
        return select(null().label("parent_id"), total).select_from(some.subquery())
    return total_for_each_parent(some)


def restricted(shape: Shape) -> tuple[AnySelect, dict[OrderField, ColumnElement[Any]]]:
    """Return the documents of the list, neither sorted nor cut, and what they can be sorted by."""
    statement, updated_at = select_documents(shape.plan, for_staff=shape.for_staff)
    for name in sorted(shape.filters):
        statement = statement.where(CONDITIONS[name](updated_at))
    if shape.scope is not None:
        statement = statement.where(SCOPES[shape.scope](OF_PARENT))
    return statement, {
        OrderField.UPDATED_AT: updated_at,
        OrderField.CREATED_AT: Document.created_at.expression,
        OrderField.DOCUMENT_DATE: DOCUMENT_DATE,
        OrderField.DESCRIPTION: Document.description_folded.expression,
    }
