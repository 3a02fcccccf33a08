"""The feed of changes as it is kept: entries get a number once they are committed, and go when they are old.

A number is given only to what is committed, and by one at a time. So whoever has read up to a number will
never find anything new below it, though a transaction that began long ago may be committed only then.
"""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Text, and_, bindparam, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Feed, FeedEntry, Licence
from models.feed import LIVE_CHANNEL
from models.tables import LICENCE
from resolvers.database import Database

AT_ONCE: Final = 5_000
UP_TO: Final = bindparam("up_to", type_=BigInteger())
AFTER: Final = bindparam("after", type_=BigInteger())
UNNUMBERED: Final = and_(FeedEntry.licence_id == LICENCE, FeedEntry.number.is_(None))
WAITS: Final = select(literal(1)).where(UNNUMBERED).limit(1)
# The first one makes the row. Whoever comes second waits here, and sees in his next statement all that was
# numbered meanwhile.
HOLD: Final = (
    insert(Feed)
    .values(licence_id=LICENCE)
    .on_conflict_do_update(index_elements=[Feed.licence_id], set_={"numbered_up_to": Feed.numbered_up_to})
    .returning(Feed.numbered_up_to)
)
# By id, which is the order in which they were written.
DUE: Final = (
    select(FeedEntry.id, func.row_number().over(order_by=FeedEntry.id).label("place"))
    .where(UNNUMBERED)
    .order_by(FeedEntry.id)
    .limit(AT_ONCE)
    .cte("due")
)
NUMBER: Final = (
    update(FeedEntry)
    .where(FeedEntry.licence_id == LICENCE, FeedEntry.id == DUE.c.id)
    .values(number=AFTER + DUE.c.place)
    .returning(literal(1))
)
# Servers hear of the new numbers once they are committed.
COUNT_UP: Final = (
    update(Feed)
    .where(Feed.licence_id == LICENCE)
    .values(numbered_up_to=UP_TO)
    .returning(func.pg_notify(LIVE_CHANNEL, cast(Feed.licence_id, Text())))
)
KEPT: Final = (
    select(Licence.changes_kept_days, Feed.removed_up_to)
    .join(Feed, Feed.licence_id == LICENCE)
    .where(Licence.id == LICENCE)
)
OLDEST: Final = (
    select(FeedEntry.number, FeedEntry.occurred_at)
    .where(FeedEntry.licence_id == LICENCE, FeedEntry.number > AFTER)
    .order_by(FeedEntry.number)
    .limit(AT_ONCE)
)
FORGET: Final = (
    update(Feed)
    .where(Feed.licence_id == LICENCE)
    .values(removed_up_to=func.greatest(Feed.removed_up_to, UP_TO))
)
REMOVE: Final = (
    delete(FeedEntry)
    .where(FeedEntry.licence_id == LICENCE, FeedEntry.number > AFTER, FeedEntry.number <= UP_TO)
    .returning(literal(1))
)


async def number(database: Database, licence_id: UUID) -> int:
    """Give the entries of a licence that are committed their numbers; return how many there were."""
    numbered = 0
    while True:
        async with database.change(licence_id) as session:
            some = await number_some(session, licence_id)
        if not some:
            return numbered
        numbered += some


async def number_some(session: AsyncSession, licence_id: UUID) -> int:
    """Give some entries their numbers; return how many. Nobody else gives any until this is committed."""
    licence = {"licence": licence_id}
    if not (await session.execute(WAITS, licence)).first():
        return 0
    up_to = (await session.execute(HOLD, licence)).scalar_one()
    numbered = len((await session.execute(NUMBER, licence | {"after": up_to})).all())
    await session.execute(COUNT_UP, licence | {"up_to": up_to + numbered})
    return numbered


async def remove_old(database: Database, licence_id: UUID, now: datetime) -> int:
    """Remove the entries that are older than the licence keeps them; return how many.

    They go in the order of their numbers: an old one that was numbered late stays as long as those before it.
    """
    removed = 0
    while True:
        async with database.change(licence_id) as session:
            some = await remove_some(session, licence_id, now)
        removed += some
        if some < AT_ONCE:
            return removed


async def remove_some(session: AsyncSession, licence_id: UUID, now: datetime) -> int:
    """Remove some of those entries; return how many."""
    values: dict[str, Any] = {"licence": licence_id}
    kept = (await session.execute(KEPT, values)).first()
    if kept is None:
        return 0
    values["after"] = kept.removed_up_to
    since = now - timedelta(days=kept.changes_kept_days)
    oldest = (await session.execute(OLDEST, values)).all()
    old = [it.number for it in takewhile(lambda it: it.occurred_at <= since, oldest)]
    if not old:
        return 0
    values["up_to"] = old[-1]
    await session.execute(FORGET, {"licence": licence_id, "up_to": old[-1]})
    return len((await session.execute(REMOVE, values)).all())
