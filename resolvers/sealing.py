"""The chain as it grows: events are sealed once they are committed, by one at a time.

An event gets its place after the commit, as an entry of the feed gets its number: to find the end of the
chain before it would let one transaction of a licence wait for the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    LargeBinary,
    Table,
    Uuid,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Event, EventChain, EventSeal
from models.tables import LICENCE, AnyRow
from resolvers.database import Database
from resolvers.event_chain import WHAT_IT_SAYS, digest_of
from resolvers.fetching import fetched

AT_ONCE: Final = 5_000
FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)
# The id of an event is made of the moment at which it was written, and no transaction lasts longer than that
# (resolvers/database.py): what is not committed now will have a later id. By the database's clock, twice: one
# that was put back is no harm.
LOOKED_BACK: Final[ColumnElement[Any]] = literal_column("interval '-15 minutes'")
# A range of two ends is a small part of the table to whoever plans for all values.
AFTER: Final = bindparam("after", type_=Uuid())
BEFORE: Final = bindparam("before", LAST, Uuid())
# One look at an index for each event, whatever is known of the tables: as a join, two ranges that are taken
# to be small were compared row by row, which took more than 5 s for 50,000 events.
NUMBER: Final = (
    select(EventSeal.number)
    .where(EventSeal.licence_id == LICENCE, EventSeal.event_id == Event.id)
    .scalar_subquery()
)
UNSEALED: Final = (
    select(Event.id.label("event_id"), *WHAT_IT_SAYS)
    .where(Event.licence_id == LICENCE, Event.id > AFTER, Event.id < BEFORE, NUMBER.is_(None))
    .order_by(Event.id)
    .limit(AT_ONCE)
)
WAITS: Final = (
    select(literal(1))
    .where(Event.licence_id == LICENCE, Event.id > AFTER, Event.id < BEFORE, NUMBER.is_(None))
    .limit(1)
)
BEGAN: Final = select(EventChain.look_from).where(EventChain.licence_id == LICENCE).scalar_subquery()
LOOK: Final = select(
    func.least(func.coalesce(BEGAN, bindparam("first", FIRST, Uuid())), func.uuidv7(LOOKED_BACK)).label(
        "after"
    ),
    func.uuidv7(LOOKED_BACK).label("next_after"),
)
# The first one makes the row. Whoever comes second waits here, and sees in his next statement all that was
# sealed meanwhile.
HOLD: Final = (
    insert(EventChain)
    .values(licence_id=LICENCE)
    .on_conflict_do_update(
        index_elements=[EventChain.licence_id], set_={"sealed_up_to": EventChain.sealed_up_to}
    )
    .returning(EventChain.sealed_up_to, EventChain.digest)
)


def listed(name: str, type_: Any) -> ColumnElement[Any]:
    """Return values that are bound together, one for each row."""
    return bindparam(name, type_=ARRAY(type_))


PLACED: Final = (
    func.unnest(
        listed("numbers", BigInteger()), listed("event_ids", Uuid()), listed("digests", LargeBinary())
    )
    .table_valued(
        column("number", BigInteger()), column("event_id", Uuid()), column("digest", LargeBinary()), name="it"
    )
    .render_derived()
)
# Core's own insert: that of the ORM takes no columns from a SELECT.
SEAL: Final = insert(cast("Table", EventSeal.__table__)).from_select(
    ["licence_id", "number", "event_id", "sealed_at", "digest"],
    select(
        LICENCE,
        PLACED.c.number,
        PLACED.c.event_id,
        bindparam("now", type_=DateTime(timezone=True)),
        PLACED.c.digest,
    ),
)
COUNT_UP: Final = (
    update(EventChain)
    .where(EventChain.licence_id == LICENCE)
    .values(
        sealed_up_to=bindparam("up_to", type_=BigInteger()),
        digest=bindparam("head", type_=LargeBinary()),
        look_from=func.coalesce(bindparam("from_now_on", type_=Uuid()), EventChain.look_from),
    )
)


@dataclass(slots=True)
class Look:
    """One look through the events that may not be sealed yet, in the order of their ids."""

    after: UUID
    next_after: UUID
    """From where the next look begins, once this one has come to the end."""


async def seal(database: Database, licence_id: UUID, now: datetime) -> int:
    """Seal the events of a licence that are committed; return how many there were."""
    look: Look | None = None
    sealed = 0
    while True:
        async with database.change(licence_id) as session:
            look = look or await begun(session, licence_id)
            some = await seal_some(session, licence_id, look, now)
        sealed += some
        if some < AT_ONCE:
            return sealed


async def begun(session: AsyncSession, licence_id: UUID) -> Look:
    """Return where to begin."""
    row = (await session.execute(LOOK, {"licence": licence_id})).one()
    return Look(row.after, row.next_after)


async def seal_some(session: AsyncSession, licence_id: UUID, look: Look, now: datetime) -> int:
    """Seal some events; return how many. Nobody else seals any until this is committed."""
    values: dict[str, Any] = {"licence": licence_id}
    if not (await session.execute(WAITS, values | {"after": look.after})).first():
        return 0
    chain = (await session.execute(HOLD, values)).one()
    events = await fetched(await session.connection(), UNSEALED, values | {"after": look.after})
    if not events:
        return 0
    digests = digests_after(chain, licence_id, events, now)
    numbers = list(range(chain.sealed_up_to + 1, chain.sealed_up_to + 1 + len(events)))
    ids = [it.event_id for it in events]
    placed = {"numbers": numbers, "event_ids": ids, "digests": digests, "now": now}
    await session.execute(SEAL, values | placed)
    is_last = len(events) < AT_ONCE
    reached: dict[str, Any] = {"up_to": numbers[-1], "head": digests[-1]}
    reached["from_now_on"] = look.next_after if is_last else None
    await session.execute(COUNT_UP, values | reached)
    look.after = ids[-1]
    return len(events)


def digests_after(chain: Any, licence_id: UUID, events: Sequence[AnyRow], now: datetime) -> list[bytes]:
    """Return the digest of each event that comes next in a chain, in order."""
    digests: list[bytes] = []
    last: bytes = chain.digest
    for number, event in enumerate(events, chain.sealed_up_to + 1):
        last = digest_of(last, licence_id, number, now, event)
        digests.append(last)
    return digests
