"""The history of a document: what was done with it by whom, as far as the viewer is told."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from execution import batched, derived
from models.tables import AnyRow
from resolvers import accounts, audit
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema.connections import After, Before, Connection, First, Last
from schema.people import Account


async def doers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "account_id")


def version_in(event: AnyRow) -> int | None:
    """Return the number of the version that an event is about, None for none."""
    version: int | None = event.details.get("version")
    return version


@strawberry.type(description="Something that was done with a document.")
class DocumentAct:
    kind: str = strawberry.field(
        description="What was done: `document.uploaded`, `updated`, `version_added`, `viewed` (its picture), "
        "`opened`, `downloaded`, `deleted`, `restored`; for the firm all others too."
    )
    occurred_at: datetime = strawberry.field(description="When.")
    account: Account | None = batched(doers_of, description="Who did it; null: the server itself.")
    version: int | None = derived(version_in, description="With which version, where it was with one.")


DocumentActConnection = Connection[DocumentAct]


async def history_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[NamedPage]:
    return await audit.of_documents(request, parents, PageAsked(first, after, last, before))
