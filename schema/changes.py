"""The feed of changes: what partners' programs keep a copy of the firm's files up to date by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import strawberry
from strawberry.scalars import ID

from execution import Typed, batched, derived, typed
from models.feed import ChangeKind
from resolvers import changes
from resolvers.changes import ChangePage, Told
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema.connections import After, Edge, First
from schema.nodes import Node, PageInfo
from schema.words import named

named(
    ChangeKind,
    "ChangeKind",
    "What a change is to the viewer.",
    CREATED="It is there, or he can see it, from now on. Keep it, whether it is known already or not.",
    CHANGED="Something is said of it that was not before. Keep it, whether it is known already or not.",
    DELETED="It is gone, or he cannot see it any more.",
)


def node_ids(parents: Sequence[Told], request: Reading) -> list[str]:
    return [request.ports.ids.write(it.subject, [it.subject_id])[0] for it in parents]


def node_of(it: Told) -> Typed | None:
    """Return what was changed, as a node."""
    return typed(it.subject, it.row)


@strawberry.type(description="A document, a dossier, a relation, ... that was made, changed or deleted.")
class Change:
    kind: ChangeKind = strawberry.field(description="What it is to the viewer.")
    node_id: ID = batched(node_ids, description="The id of what was changed, also when that is gone.")
    node_type: str = derived(
        lambda it: it.subject, description="The type of what was changed, such as `Document`."
    )
    node: Node | None = derived(
        node_of, description="What was changed, as it is now; null when it is gone for the viewer."
    )
    occurred_at: datetime = strawberry.field(
        description="When; what comes later in the feed may have happened a moment before."
    )


@dataclass(frozen=True, slots=True)
class PlacedChange:
    """A change and its cursor."""

    node: Told
    cursor: str


def edges(page: ChangePage) -> list[PlacedChange]:
    """Return the changes of a page, each with its cursor."""
    return [PlacedChange(it, page.places.write(it.number)) for it in page.changes]


def page_info(page: ChangePage) -> PageInfo:
    """Return where a page stands in the feed; its end is how far it has looked."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.places.write(page.changes[0].number) if page.changes else None,
        end_cursor=page.places.write(page.reached),
    )


@strawberry.type(
    description="One page of the feed. It may be short or empty though there is more: go on with `endCursor` "
    "as long as `hasNextPage` says so, and come back with it later."
)
class ChangeConnection:
    edges: list[Edge[Change]] = derived(edges, description="The changes, each with its cursor.")
    nodes: list[Change] = derived(lambda it: it.changes, description="The changes alone.")
    page_info: PageInfo = derived(page_info, description="Where the page stands; it always has an end.")
    head_cursor: str = derived(
        lambda it: it.places.write(it.head),
        description="The place of the newest change. Ask for it before you read the lists, or with them in "
        "one operation; then go on from it.",
    )


async def changes_after(
    roots: Sequence[None], request: Reading, *, after: After = None, first: First = None
) -> list[ChangePage]:
    return [await changes.page(request, PageAsked(first, after))]
