"""Old events are taken away by the operator, from the beginning of the chain, which goes on behind them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Uuid, and_, any_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Event, EventChain, EventSeal
from models.tables import LICENCE, AnyRow
from resolvers.change import Change
from resolvers.entering import steward
from resolvers.ports import Ports

AT_ONCE: Final = 2_000
UP_TO: Final = bindparam("up_to", type_=BigInteger())
HOLD: Final = (
    select(EventChain.purged_up_to, EventChain.purged_digest)
    .where(EventChain.licence_id == LICENCE)
    .with_for_update()
)
OLDEST: Final = (
    select(EventSeal.number, EventSeal.event_id, EventSeal.digest, Event.occurred_at)
    .join(Event, and_(Event.licence_id == LICENCE, Event.id == EventSeal.event_id))
    .where(EventSeal.licence_id == LICENCE, EventSeal.number > bindparam("after", type_=BigInteger()))
    .order_by(EventSeal.number)
    .limit(AT_ONCE)
)
REMOVE: Final = delete(Event).where(
    Event.licence_id == LICENCE, Event.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)
REMOVE_SEALS: Final = delete(EventSeal).where(EventSeal.licence_id == LICENCE, EventSeal.number <= UP_TO)
GO_ON_FROM: Final = (
    update(EventChain)
    .where(EventChain.licence_id == LICENCE)
    .values(purged_up_to=UP_TO, purged_digest=bindparam("last", type_=LargeBinary()))
)


async def purge(ports: Ports, licence_id: UUID, before: datetime) -> int:
    """Take the events of a licence away that happened before a moment; return how many.

    They go in the order of the chain: one that was sealed late stays as long as those before it. An event
    says how far they went, and with which digest the rest begins.
    """
    async with ports.database.change_as_owner(licence_id) as session:
        values: dict[str, Any] = {"licence": licence_id}
        chain = (await session.execute(HOLD, values)).first()
        if chain is None:
            return 0
        reached, digest = chain.purged_up_to, chain.purged_digest
        purged = 0
        while old := await some_before(session, values | {"after": reached}, before):
            reached, digest = old[-1].number, old[-1].digest
            await session.execute(REMOVE, values | {"ids": [it.event_id for it in old]})
            await session.execute(REMOVE_SEALS, values | {"up_to": reached})
            purged += len(old)
        if purged:
            await session.execute(GO_ON_FROM, values | {"up_to": reached, "last": digest})
            change = Change(ports, steward(licence_id, ports.clock.now()), session)
            change.record("audit.purged", up_to=reached, digest=digest.hex(), events=purged)
        return purged


async def some_before(session: AsyncSession, values: dict[str, Any], before: datetime) -> Sequence[AnyRow]:
    """Return the next events of the chain, as far as they happened before a moment."""
    oldest = (await session.execute(OLDEST, values)).all()
    return list(takewhile(lambda it: it.occurred_at < before, oldest))
