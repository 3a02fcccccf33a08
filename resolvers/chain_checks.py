"""The chain as it is checked: the first event that is not as it was sealed, or not in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models import Event, EventChain, EventSeal
from models.tables import LICENCE, AnyRow
from resolvers.database import Database
from resolvers.event_chain import WHAT_IT_SAYS, digest_of
from resolvers.fetching import fetched

AT_ONCE: Final = 2_000
FIRST: Final = UUID(int=0)
CHAIN: Final = select(
    EventChain.sealed_up_to,
    EventChain.digest,
    EventChain.look_from,
    EventChain.purged_up_to,
    EventChain.purged_digest,
).where(EventChain.licence_id == LICENCE)
SEALED: Final = (
    select(
        EventSeal.number,
        EventSeal.event_id,
        EventSeal.sealed_at,
        EventSeal.digest,
        Event.id.label("found_id"),
        *WHAT_IT_SAYS,
    )
    .outerjoin(Event, and_(Event.licence_id == LICENCE, Event.id == EventSeal.event_id))
    .where(EventSeal.licence_id == LICENCE, EventSeal.number > bindparam("after", type_=BigInteger()))
    .order_by(EventSeal.number)
    .limit(AT_ONCE)
)
PLACES: Final = (
    select(Event.id, EventSeal.number)
    .outerjoin(EventSeal, and_(EventSeal.licence_id == LICENCE, EventSeal.event_id == Event.id))
    .where(Event.licence_id == LICENCE, Event.id > bindparam("after", type_=Uuid()))
    .order_by(Event.id)
    .limit(AT_ONCE)
)
PURGES: Final = select(Event.details).where(Event.licence_id == LICENCE, Event.kind == "audit.purged")
COUNT: Final = select(func.count()).where(EventSeal.licence_id == LICENCE)
# Of all licences: a row each.
HEADS: Final = select(EventChain.licence_id, EventChain.sealed_up_to.label("number"), EventChain.digest)
Heads = Mapping[int, bytes]
"""The digests that were written elsewhere, by the number of the event that was the last one then."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the place of its last event, and the digest of all of it."""

    number: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken: at which place and which event, as far as there is one, and what is wrong."""

    what: str
    number: int | None = None
    event_id: UUID | None = None

    def __str__(self) -> str:
        """Return it for the terminal."""
        number = [] if self.number is None else [str(self.number)]
        key = [] if self.event_id is None else [f"({self.event_id})"]
        return f"{' '.join(['event', *number, *key])}: {self.what}"


@dataclass(slots=True)
class Walk:
    """How far a check has come along a chain."""

    licence_id: UUID
    heads: Heads
    number: int = 0
    digest: bytes = b""

    def step(self, row: AnyRow) -> Break | None:
        """Go on to the next place; return what is wrong with it."""
        if row.number != self.number + 1:
            return Break("it is not in the chain any more", self.number + 1)
        if row.found_id is None:
            return Break("it was taken away", row.number, row.event_id)
        self.digest = digest_of(self.digest, self.licence_id, row.number, row.sealed_at, row)
        self.number = row.number
        if self.digest != row.digest:
            return Break("it, or its place in the chain, is not what was sealed", row.number, row.event_id)
        if self.heads.get(row.number, row.digest) != row.digest:
            return Break("the chain up to here is another than was written elsewhere", row.number)
        return None


async def heads_of(database: Database) -> dict[UUID, Head]:
    """Return the end of each chain in which something is sealed, by its licence."""
    async with database.across() as connection:
        found = await fetched(connection, HEADS, {})
    return {it.licence_id: Head(it.number, it.digest) for it in found}


async def count(database: Database, licence_id: UUID) -> int:
    """Return how many events of a licence are sealed."""
    async with database.snapshot(licence_id) as connection:
        return (await connection.execute(COUNT, {"licence": licence_id})).scalar_one()


async def check(
    database: Database, licence_id: UUID, heads: Heads, went_on: Callable[[int], None]
) -> Break | None:
    """Return the first place at which the chain of a licence is broken; None: it is whole."""
    async with database.snapshot(licence_id) as connection:
        return await check_as_read(connection, licence_id, heads, went_on)


async def check_as_read(
    connection: AsyncConnection, licence_id: UUID, heads: Heads, went_on: Callable[[int], None]
) -> Break | None:
    """Return the same of what a connection reads."""
    chain = (await connection.execute(CHAIN, {"licence": licence_id})).first()
    walk = Walk(licence_id, heads)
    if chain:
        walk.number, walk.digest = chain.purged_up_to, chain.purged_digest
    return (
        await purge_of(connection, walk)
        or await along(connection, walk, went_on)
        or end_of(chain, walk)
        or await beside(connection, licence_id, chain)
    )


async def purge_of(connection: AsyncConnection, walk: Walk) -> Break | None:
    """Return what is wrong where old events were taken away: an event says so, with where the rest begins."""
    if not walk.number:
        return None
    said = {"up_to": walk.number, "digest": walk.digest.hex()}
    found = (await connection.execute(PURGES, {"licence": walk.licence_id})).scalars()
    if any(said.items() <= it.items() for it in found):
        return None
    return Break("it and those before it are gone, and no event says so", walk.number)


async def along(connection: AsyncConnection, walk: Walk, went_on: Callable[[int], None]) -> Break | None:
    """Return the first place that is broken, from where the chain begins to its end."""
    values: dict[str, Any] = {"licence": walk.licence_id}
    while rows := await fetched(connection, SEALED, values | {"after": walk.number}):
        for row in rows:
            if broken := walk.step(row):
                return broken
        went_on(len(rows))
    return None


def end_of(chain: Any, walk: Walk) -> Break | None:
    """Return what is wrong with the end of a chain: events behind it are gone, or its head is another's."""
    sealed_up_to, head = (chain.sealed_up_to, chain.digest) if chain else (0, b"")
    if sealed_up_to != walk.number:
        return Break(f"the chain ends here, and had {sealed_up_to} events", walk.number + 1)
    last = max(walk.heads, default=0)
    if last > walk.number:
        what = f"the chain ends before it, and event {last} had a head that was written elsewhere"
        return Break(what, walk.number + 1)
    if head != walk.digest:
        return Break("the head of the chain is not that of its last event", walk.number)
    return None


async def beside(connection: AsyncConnection, licence_id: UUID, chain: Any) -> Break | None:
    """Return the first event that is in no chain, though the chain has gone past it: it was put there."""
    if chain is None or chain.look_from is None:
        return None
    values: dict[str, Any] = {"licence": licence_id}
    after = FIRST
    while rows := await fetched(connection, PLACES, values | {"after": after}):
        for row in rows:
            if row.number is None and row.id <= chain.look_from:
                return Break("it is in no place of the chain", event_id=row.id)
        after = rows[-1].id
    return None
