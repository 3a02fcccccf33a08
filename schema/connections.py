"""Lists, all of one pattern: edges, nodes, where the page stands, and how many there are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import strawberry
from strawberry.scalars import ID

from core.errors import Invalid
from core.moments import in_utc
from execution import batched, derived
from models.tables import AnyRow
from resolvers import document_lists, named_lists
from resolvers.document_filters import DocumentFilter as FilterAsked
from resolvers.document_lists import DocumentPage, DocumentsAsked, OrderField
from resolvers.document_sets import Scope
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema import ids
from schema.nodes import PageInfo
from schema.prices import COUNTED
from schema.words import OrderDirection

if TYPE_CHECKING:  # they import this module
    from schema.document import Document
    from schema.dossier import Dossier
    from schema.people import Account
    from schema.relation import Relation

DocumentWord = Annotated["Document", strawberry.lazy("schema.document")]
RelationWord = Annotated["Relation", strawberry.lazy("schema.relation")]
AccountWord = Annotated["Account", strawberry.lazy("schema.people")]
DossierWord = Annotated["Dossier", strawberry.lazy("schema.dossier")]
Page = DocumentPage | NamedPage

First = Annotated[
    int | None, strawberry.argument(description="How many from the start: 1 to 100; 25 without it.")
]
Last = Annotated[int | None, strawberry.argument(description="How many from the end: 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]
Search = Annotated[
    str | None,
    strawberry.argument(
        description="At least 3 characters: words, each of which one of its words begins with; case and "
        "accents do not matter. What is found is sorted by the word that the longest of them begins, then by "
        "name."
    ),
]


@strawberry.input(description="How documents are sorted; without it by the last change, the newest first.")
class DocumentOrder:
    field: OrderField = strawberry.field(default=OrderField.UPDATED_AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.input(description="What a list of documents is narrowed to; all of it holds at once.")
class DocumentFilter:
    category_ids: list[ID] | None = strawberry.field(
        default=None, description="Documents in any of these categories."
    )
    uncategorised: bool | None = strawberry.field(
        default=None, description="True: only documents without a category (zonder categorie)."
    )
    description_contains: str | None = strawberry.field(
        default=None, description="Waar de omschrijving bevat: case and accents do not matter."
    )
    dossier_id: ID | None = strawberry.field(
        default=None, description="Documents of this dossier and of its members."
    )
    relation_id: ID | None = strawberry.field(
        default=None, description="Documents that hang on this relation."
    )
    business_unit_id: ID | None = strawberry.field(
        default=None, description="Documents of this business unit."
    )
    created_by_id: ID | None = strawberry.field(default=None, description="Documents that this account made.")
    updated_after: datetime | None = strawberry.field(default=None, description="Changed after this moment.")
    updated_before: datetime | None = strawberry.field(
        default=None, description="Changed before this moment."
    )


Filter = Annotated[DocumentFilter | None, strawberry.argument(description="Which documents.")]
Order = Annotated[DocumentOrder | None, strawberry.argument(description="In which order.")]


def asked(
    request: Reading, page: PageAsked, narrowed: DocumentFilter | None, order: DocumentOrder | None
) -> DocumentsAsked:
    """Return the arguments of a list of documents as the resolvers take them. Raise Invalid."""
    order = order or DocumentOrder()
    by = FilterAsked() if narrowed is None else filter_asked(request, narrowed)
    return DocumentsAsked(page, by, order.field, descending=order.direction is OrderDirection.DESC)


def filter_asked(request: Reading, given: DocumentFilter) -> FilterAsked:
    """Return a filter with its ids read. Raise Invalid."""

    def key(type_name: str, id_: ID | None, name: str) -> Any:
        return None if id_ is None else ids.read(request, type_name, id_, "filter", name)

    def keys(type_name: str, chosen: list[ID] | None, name: str) -> Any:
        return None if chosen is None else ids.read_all(request, type_name, chosen, "filter", name)

    return FilterAsked(
        category_ids=keys("Category", given.category_ids, "categoryIds"),
        uncategorised=given.uncategorised,
        description_contains=given.description_contains,
        dossier_id=key("Dossier", given.dossier_id, "dossierId"),
        relation_id=key("Relation", given.relation_id, "relationId"),
        business_unit_id=key("BusinessUnit", given.business_unit_id, "businessUnitId"),
        created_by_id=key("Account", given.created_by_id, "createdById"),
        updated_after=aware(given.updated_after, "filter"),
        updated_before=aware(given.updated_before, "filter"),
    )


def aware(moment: datetime | None, *path: str) -> datetime | None:
    """Return a moment in UTC, if its offset is told (RFC 3339). Raise Invalid."""
    try:
        return None if moment is None else in_utc(moment)
    except ValueError:
        message = "Give the moment with its offset, such as 2026-01-31T12:00:00Z."
        raise Invalid(message, path=path) from None


def documents_in(scope: Scope) -> Callable[..., Awaitable[list[DocumentPage]]]:
    """Return what loads one page of documents for each parent of a level."""

    async def documents_of(  # noqa: PLR0913  the contract's arguments
        parents: Sequence[AnyRow],
        request: Reading,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Filter = None,
        order_by: Order = None,
    ) -> list[DocumentPage]:
        wanted = asked(request, PageAsked(first, after, last, before), filter, order_by)
        return await document_lists.documents_of(request, scope, [it.id for it in parents], wanted)

    return documents_of


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row and its cursor."""

    node: AnyRow
    cursor: str


def edges(page: Page) -> list[PlacedRow]:
    """Return the rows of a page, each with its cursor."""
    return [PlacedRow(row, page.cursors.write(row)) for row in page.edges.rows]


def page_info(page: Page) -> PageInfo:
    """Return where a page stands in its list."""
    rows = page.edges.rows
    return PageInfo(
        has_next_page=page.edges.has_next,
        has_previous_page=page.edges.has_previous,
        start_cursor=page.cursors.write(rows[0]) if rows else None,
        end_cursor=page.cursors.write(rows[-1]) if rows else None,
    )


async def totals(pages: Sequence[Page], request: Reading) -> list[int | None]:
    if isinstance(pages[0], DocumentPage):
        return await document_lists.totals(request, [it for it in pages if isinstance(it, DocumentPage)])
    return await named_lists.totals(request, [it for it in pages if isinstance(it, NamedPage)])


Kind = TypeVar("Kind")


@strawberry.type(description="One item of a page, and where it stands.")
class Edge(Generic[Kind]):
    cursor: str = strawberry.field(description="Its place in the list, for `after` and `before`.")
    node: Kind = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[Kind]):
    edges: list[Edge[Kind]] = derived(edges, description="The items, each with its cursor.")
    nodes: list[Kind] = derived(lambda it: it.edges.rows, description="The items alone.")
    page_info: PageInfo = derived(page_info, description="Where the page stands.")
    total_count: int | None = batched(
        totals,
        description="How many there are in the whole list; null where there are more than 10,000.",
        directives=[COUNTED],
    )


AccountConnection = Connection[AccountWord]
DocumentConnection = Connection[DocumentWord]
DossierConnection = Connection[DossierWord]
RelationConnection = Connection[RelationWord]
