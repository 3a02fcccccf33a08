"""Tries that are counted: so many at once, then one every so often, over all servers (ASVS 6.3.1).

A try is counted in a transaction of its own before it is made, so that nothing that fails afterwards gives it
back; where it can not be counted it is not made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from auth import buckets
from auth.buckets import Bucket
from core.errors import TooManyTries
from resolvers.database import Database
from resolvers.fetching import reads

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
# Of one user name from one network; and from one network, of whatever names.
NAME_FROM_NETWORK: Final = Bucket(capacity=10, per_second=1 / MINUTE)
NETWORK: Final = Bucket(capacity=100, per_second=10 / MINUTE)
# Of one user name from networks that it never signed in from.
NAME_FROM_ANYWHERE: Final = Bucket(capacity=50, per_second=50 / HOUR)
# Of codes and of passwords of an account that has shown one factor already, or a session.
CODES: Final = Bucket(capacity=5, per_second=1 / MINUTE)
# What is full at first and fills again meanwhile is 50 in any 24 hours.
CODES_A_DAY: Final = Bucket(capacity=25, per_second=25 / DAY)
PASSWORDS: Final = Bucket(capacity=10, per_second=1 / MINUTE)


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that tries are counted of."""

    bucket: Bucket
    key: str


async def require_try(
    database: Database, licence_id: UUID, counted: Sequence[Counted], now: datetime
) -> None:
    """Count a try of each of these. Raise TooManyTries."""
    async with database.change(licence_id) as session:
        connection = await session.connection()
        for it in counted:
            if not await buckets.take(connection, it.bucket, licence_id, it.key, 1, now):
                break
        else:
            return
    async with database.snapshot(licence_id) as connection:
        full_at = await buckets.full_at(reads(connection), licence_id, it.key)
    raise TooManyTries(retry_after=it.bucket.wait(1, full_at, now))


def codes_of(account_id: UUID) -> list[Counted]:
    """Return what a code of an account counts as: a new sign-in does not begin anew."""
    return [
        Counted(CODES, f"codes:{account_id}"),
        Counted(CODES_A_DAY, f"codes-a-day:{account_id}"),
    ]


def password_of(account_id: UUID) -> list[Counted]:
    """Return what a password counts as that an account in a session gives once more."""
    return [Counted(PASSWORDS, f"password:{account_id}")]
