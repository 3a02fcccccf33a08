"""The audit trail: what happened in the licence, for auditors and administrators."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import ID

from execution import batched
from models.tables import AnyRow
from resolvers import accounts, audit
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema import ids
from schema.connections import After, Before, Connection, First, Last, aware
from schema.people import Account
from schema.prices import about
from schema.scalars import BigInt


@strawberry.type(description="One more thing that an event says.")
class AuditDetail:
    name: str = strawberry.field(description="Such as `rights`.")
    value: str = strawberry.field(description="A text, an id, or JSON.")


async def doers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "account_id")


async def details_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AuditDetail]]:
    found = await audit.details(request, parents)
    return [[AuditDetail(name=name, value=it) for name, it in said.items()] for said in found]


def id_in(type_name: str, attribute: str) -> Callable[[Sequence[Any], Reading], list[str | None]]:
    """Return what writes the id of what each parent names, None where it names nothing."""

    def write(parents: Sequence[Any], request: Reading) -> list[str | None]:
        keys: list[UUID | None] = [getattr(it, attribute) for it in parents]
        written = iter(request.ports.ids.write(type_name, [it for it in keys if it]))
        return [next(written) if it else None for it in keys]

    return write


@strawberry.type(description="Something that happened; what was written of it is never changed.")
class AuditEvent:
    number: BigInt | None = strawberry.field(
        description="Its place in the chain by which changes are found; null for some seconds, until it is "
        "sealed."
    )
    kind: str = strawberry.field(description="What happened, such as `document.rights_set`.")
    occurred_at: datetime = strawberry.field(description="When.")
    account: Account | None = batched(
        doers_of, description="Whose doing it was; null: the operator's by command, or the server's own."
    )
    document_id: ID | None = batched(
        id_in("Document", "document_id"), description="What document it is about, be it gone or not."
    )
    relation_id: ID | None = batched(
        id_in("Relation", "relation_id"), description="What relation it is about, be it gone or not."
    )
    details: list[AuditDetail] = batched(
        details_of, description="What else is said of it; no secret, and no content.", directives=[about(2)]
    )


AuditEventConnection = Connection[AuditEvent]


@strawberry.input(description="What the audit trail is narrowed to; all of it holds at once.")
class AuditFilter:
    kind: str | None = strawberry.field(default=None, description="Events of this kind.")
    account_id: ID | None = strawberry.field(default=None, description="What this account did.")
    document_id: ID | None = strawberry.field(default=None, description="What is about this document.")
    relation_id: ID | None = strawberry.field(default=None, description="What is about this relation.")
    occurred_from: datetime | None = strawberry.field(
        default=None, description="What happened at this moment or later."
    )
    occurred_before: datetime | None = strawberry.field(
        default=None, description="What happened before this moment."
    )


Narrowed = Annotated[AuditFilter | None, strawberry.argument(description="Which events.")]


async def newest_first(  # noqa: PLR0913  the contract's arguments
    roots: Sequence[None],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: Narrowed = None,
) -> list[NamedPage]:
    narrowed = narrowed_to(request, filter or AuditFilter())
    return [await audit.newest_first(request, PageAsked(first, after, last, before), narrowed)]


def narrowed_to(request: Reading, given: AuditFilter) -> dict[str, UUID | str | datetime]:
    """Return a filter as the resolvers take it. Raise Invalid."""

    def key(type_name: str, id_: ID | None, name: str) -> UUID | None:
        return None if id_ is None else ids.read(request, type_name, id_, "filter", name)

    said = {
        "kind": given.kind,
        "account": key("Account", given.account_id, "accountId"),
        "document": key("Document", given.document_id, "documentId"),
        "relation": key("Relation", given.relation_id, "relationId"),
        "since": aware(given.occurred_from, "filter", "occurredFrom"),
        "until": aware(given.occurred_before, "filter", "occurredBefore"),
    }
    return {name: it for name, it in said.items() if it is not None}
