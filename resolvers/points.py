"""What operations may cost an account: a bucket of points, which all servers share.

A server takes points ahead, some at a time, and spends them without asking the database again. What it has
taken and not spent is lost when it stops: never is more spent than there was.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from auth import buckets
from auth.buckets import Bucket
from core.errors import TooManyTries
from core.viewer import Viewer
from resolvers.database import Database

BUCKET: Final = Bucket(capacity=10_000, per_second=100)
AHEAD: Final = 500
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

    def at_hand(self, viewer: Viewer, now: datetime) -> int:
        """Return how many points were taken for an account and not spent."""
        purse = self._purses.get(viewer.account_id)
        return purse.points if purse and purse.until > now else 0

    def spend_at_hand(self, viewer: Viewer, points: int, now: datetime) -> bool:
        """Spend points of those at hand; return whether there were enough. It asks nobody."""
        if self.at_hand(viewer, now) < points:
            return False
        self._purses[viewer.account_id].points -= points
        return True

    async def spend(self, viewer: Viewer, points: int, now: datetime) -> None:
        """Spend points from the bucket. Raise TooManyTries.

        Whoever calls it holds no connection: if all did that, each would wait for another's.
        """
        for taken in (points + AHEAD, points):
            if await self._take(viewer, taken, now):
                left = self.at_hand(viewer, now) + taken - points
                self._purses[viewer.account_id] = Purse(left, now + KEPT_FOR)
                self._purses.move_to_end(viewer.account_id)
                if len(self._purses) > MOST_KEPT:
                    self._purses.popitem(last=False)
                return
        async with self.database.snapshot(viewer.licence_id) as connection:
            full_at = await buckets.full_at(connection, viewer.licence_id, key_of(viewer))
        raise TooManyTries(retry_after=BUCKET.wait(points, full_at, now))

    async def _take(self, viewer: Viewer, points: int, now: datetime) -> bool:
        async with self.database.change(viewer.licence_id) as session:
            connection = await session.connection()
            return await buckets.take(connection, BUCKET, viewer.licence_id, key_of(viewer), points, now)


def key_of(viewer: Viewer) -> str:
    """Return the key of an account's bucket."""
    return f"points:{viewer.account_id}"
