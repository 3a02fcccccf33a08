"""What operations may cost an account: a bucket of points, which all servers share.

A server takes points ahead, some at a time, and spends them without asking the database again. What it has
taken and not spent is lost when it stops: never is more spent than there was.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from auth import buckets
from auth.buckets import Bucket
from core.errors import TooExpensive, TooManyTries
from core.viewer import Viewer
from resolvers.database import Database
from resolvers.fetching import reads

BUCKET: Final = Bucket(capacity=10_000, per_second=100)
AHEAD: Final = 2_000
KEPT_FOR: Final = timedelta(minutes=1)
# Accounts for which a server has points at hand.
MOST_KEPT: Final = 10_000


@dataclass(slots=True)
class Purse:
    """Points that were taken for an account, and until when they may be spent."""

    points: int
    until: datetime


class Points:
    """Spends the points of accounts."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._purses: OrderedDict[UUID, Purse] = OrderedDict()
        self._filling: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def at_hand(self, viewer: Viewer, now: datetime) -> int:
        """Return how many points were taken for an account and not spent."""
        purse = self._purses.get(viewer.account_id)
        return purse.points if purse and purse.until > now else 0

    def spend_at_hand(self, viewer: Viewer, points: int, now: datetime) -> bool:
        """Spend points of those at hand; return whether there were enough. It asks nobody."""
        if self.at_hand(viewer, now) < points:
            return False
        if points:  # whoever spends nothing need not have anything
            self._purses[viewer.account_id].points -= points
        return True

    async def spend(self, viewer: Viewer, points: int, now: datetime) -> None:
        """Spend points from the bucket. Raise TooManyTries; TooExpensive for more than there can ever be.

        Whoever calls it holds no connection: if all did that, each would wait for another's.
        """
        if points > BUCKET.capacity:
            raise TooExpensive(cost=points, limit=BUCKET.capacity)
        # One after another, or each would take some ahead, and the last find nothing.
        async with self._filling.setdefault(viewer.account_id, asyncio.Lock()):
            # Again: what is taken here, an operation that needs less may have spent meanwhile.
            while not self.spend_at_hand(viewer, points, now):
                await self._fill(viewer, points - self.at_hand(viewer, now), now)

    async def _fill(self, viewer: Viewer, missing: int, now: datetime) -> None:
        """Take what is missing, and some ahead where there are so many. Raise TooManyTries."""
        for taken in (missing + AHEAD, missing):
            if await self._take(viewer, taken, now):
                self._purses[viewer.account_id] = Purse(self.at_hand(viewer, now) + taken, now + KEPT_FOR)
                self._purses.move_to_end(viewer.account_id)
                if len(self._purses) > MOST_KEPT:
                    self._purses.popitem(last=False)
                return
        async with self.database.snapshot(viewer.licence_id) as connection:
            full_at = await buckets.full_at(reads(connection), viewer.licence_id, key_of(viewer))
        raise TooManyTries(retry_after=BUCKET.wait(missing, full_at, now))

    async def _take(self, viewer: Viewer, points: int, now: datetime) -> bool:
        async with self.database.change(viewer.licence_id) as session:
            connection = await session.connection()
            return await buckets.take(connection, BUCKET, viewer.licence_id, key_of(viewer), points, now)


def key_of(viewer: Viewer) -> str:
    """Return the key of an account's bucket."""
    return f"points:{viewer.account_id}"
