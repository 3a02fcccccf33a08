"""Buckets of points that are spent and come back with time, shared by all servers on one database.

A bucket is one moment: when it will be full again (the generic cell rate algorithm). Points are taken by one
conditional statement, so that no two servers can take the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Interval, Text, bindparam, case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models import Throttle
from models.tables import LICENCE, Rows

CLOCKS_AGREE_WITHIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many points there can be, and how many come back each second."""

    capacity: int
    per_second: float

    def takes(self, points: float) -> timedelta:
        """Return how long so many points take to come back."""
        return timedelta(seconds=points / self.per_second)

    def is_off(self, full_at: datetime, now: datetime) -> bool:
        """Tell whether no bucket can be full so late: a server has written it whose clock was wrong."""
        return full_at > now + self.takes(self.capacity) + CLOCKS_AGREE_WITHIN

    def left(self, full_at: datetime | None, now: datetime) -> int:
        """Return how many points there are in a bucket that is full again at a moment; None: it is."""
        if full_at is None or full_at <= now or self.is_off(full_at, now):
            return self.capacity
        # Times divide exactly, where seconds would be rounded; a point that is back in part is not back.
        return self.capacity + (now - full_at) // self.takes(1)

    def wait(self, points: int, full_at: datetime | None, now: datetime) -> int:
        """Return in how many seconds there will be so many points; at least 1."""
        # In times as above: a point that is back in a second is not one to wait a minute for.
        lacking = (full_at or now) - now - (self.capacity - points) * self.takes(1)
        return max(1, -(-lacking // timedelta(seconds=1)))


MOMENT: Final = DateTime(timezone=True)
NOW: Final = bindparam("now", type_=MOMENT)
TAKES: Final = bindparam("takes", type_=Interval())
WHOLE: Final = bindparam("whole", type_=Interval())
# The same as `is_off`: who asked a server whose clock was an hour ahead is not kept out for an hour.
IS_OFF: Final = Throttle.allowed_at > NOW + WHOLE + literal(CLOCKS_AGREE_WITHIN, Interval())
STARTS: Final = func.greatest(case((IS_OFF, NOW), else_=Throttle.allowed_at), NOW, type_=MOMENT)
KEY: Final = bindparam("key", type_=Text())
TAKE: Final = (
    insert(Throttle)
    .values(licence_id=LICENCE, key=KEY, allowed_at=NOW + TAKES)
    .on_conflict_do_update(
        index_elements=[Throttle.licence_id, Throttle.key],
        set_={"allowed_at": STARTS + TAKES, "updated_at": NOW},
        where=STARTS + TAKES <= NOW + WHOLE,
    )
    .returning(Throttle.allowed_at)
)
# The same of several buckets at once, each named once.
EACH: Final = insert(Throttle).from_select(
    ["licence_id", "key", "allowed_at"],
    select(LICENCE, func.unnest(bindparam("keys", type_=ARRAY(Text()))), NOW + TAKES),
)
TAKE_EACH: Final = EACH.on_conflict_do_update(
    index_elements=[Throttle.licence_id, Throttle.key],
    set_={"allowed_at": STARTS + TAKES, "updated_at": NOW},
    where=STARTS + TAKES <= NOW + WHOLE,
).returning(Throttle.key)
FULL_AT: Final = select(Throttle.allowed_at).where(Throttle.licence_id == LICENCE, Throttle.key == KEY)


async def take(
    change: AsyncConnection, bucket: Bucket, licence_id: UUID, key: str, points: int, now: datetime
) -> bool:
    """Take points from a bucket, all or none; return whether they were there."""
    values = {
        "licence": licence_id,
        "key": key,
        "now": now,
        "takes": bucket.takes(points),
        "whole": bucket.takes(bucket.capacity),
    }
    return points <= bucket.capacity and (await change.execute(TAKE, values)).first() is not None


async def take_each(
    change: AsyncConnection, bucket: Bucket, licence_id: UUID, keys: Sequence[str], now: datetime
) -> set[str]:
    """Take a point from each of several buckets; return the keys of those that had one."""
    values = {
        "licence": licence_id,
        # In one order, so that no two wait for each other.
        "keys": sorted(keys),
        "now": now,
        "takes": bucket.takes(1),
        "whole": bucket.takes(bucket.capacity),
    }
    return set((await change.execute(TAKE_EACH, values)).scalars())


async def full_at(rows: Rows, licence_id: UUID, key: str) -> datetime | None:
    """Return when a bucket is full again; None for one that nobody has taken from."""
    found = await rows(FULL_AT, {"licence": licence_id, "key": key})
    return found[0].allowed_at if found else None
