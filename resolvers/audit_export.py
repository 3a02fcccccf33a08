"""The audit trail as a table: every event that is sealed, in the order of the chain."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, and_, bindparam, func, select

from models import Account, Event, EventSeal
from models.tables import LICENCE, AnyRow
from resolvers import audit
from resolvers.change import Change
from resolvers.entering import acting, steward
from resolvers.ports import Ports

PAGE: Final = 1_000
COLUMNS: Final = (
    "number",
    "occurred_at",
    "kind",
    "username",
    "account",
    "document",
    "relation",
    "details",
    "sealed_at",
    "digest",
)
COUNT: Final = select(func.count().label("rows"), func.max(EventSeal.number).label("last")).where(
    EventSeal.licence_id == LICENCE
)
SOME: Final = (
    select(
        EventSeal.number,
        EventSeal.sealed_at,
        EventSeal.digest,
        Event.kind,
        Event.occurred_at,
        Event.account_id,
        Event.document_id,
        Event.relation_id,
        Event.details,
        Account.username,
    )
    .join(Event, and_(Event.licence_id == LICENCE, Event.id == EventSeal.event_id))
    .outerjoin(Account, and_(Account.licence_id == LICENCE, Account.id == Event.account_id))
    .where(
        EventSeal.licence_id == LICENCE,
        EventSeal.number > bindparam("after", type_=BigInteger()),
        EventSeal.number <= bindparam("last", type_=BigInteger()),
    )
    .order_by(EventSeal.number)
    .limit(PAGE)
)


async def sealed(ports: Ports, licence_id: UUID) -> tuple[int, int]:
    """Return how many events are sealed, and the number of the last."""
    async with acting(ports, steward(licence_id, ports.clock.now())) as change:
        (row,) = await change.rows(COUNT)
    return row.rows, row.last or 0


async def pages(ports: Ports, licence_id: UUID, last: int) -> AsyncGenerator[list[dict[str, Any]]]:
    """Yield the events up to a number, by the names of their columns, so many at a time."""
    after = 0
    while True:
        async with acting(ports, steward(licence_id, ports.clock.now())) as change:
            rows = await change.rows(SOME, after=after, last=last)
            told = await tabled(change, rows)
        if not told:
            return
        yield told
        after = rows[-1].number


async def tabled(change: Change, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """Return events as rows of the table, with the ids that others know."""

    def id_of(type_name: str, key: UUID | None) -> str | None:
        return change.ports.ids.write(type_name, [key])[0] if key else None

    return [
        {
            "number": row.number,
            "occurred_at": row.occurred_at,
            "kind": row.kind,
            "username": row.username,
            "account": id_of("Account", row.account_id),
            "document": id_of("Document", row.document_id),
            "relation": id_of("Relation", row.relation_id),
            "details": details,
            "sealed_at": row.sealed_at,
            "digest": row.digest.hex(),
        }
        for row, details in zip(rows, await audit.details(change, rows), strict=True)
    ]
