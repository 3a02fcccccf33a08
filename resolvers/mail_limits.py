"""How many letters one recipient gets in an hour: what is too much waits, and nothing is lost."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth import buckets
from auth.buckets import Bucket
from mail import outbox
from mail.outbox import Claimed
from resolvers.fetching import reads

AN_HOUR: Final = 3600
LETTERS: Final = Bucket(capacity=30, per_second=30 / AN_HOUR)


async def keep_back(
    session: AsyncSession, licence_id: UUID, claimed: Sequence[Claimed], now: datetime
) -> list[Claimed]:
    """Return the letters that may go now; the others wait, untried, until their recipient may get one."""
    connection = await session.connection()
    left, may_go = list(claimed), list[Claimed]()
    while first := first_of_each(left):
        granted = await buckets.take_each(connection, LETTERS, licence_id, list(first), now)
        may_go += [letter for key, letter in first.items() if key in granted]
        refused = first.keys() - granted
        for letter in [it for it in left if key_of(it) in refused]:
            full_at = await buckets.full_at(reads(connection), licence_id, key_of(letter))
            due = now + timedelta(seconds=LETTERS.wait(1, full_at, now))
            await outbox.give_back(session, licence_id, letter, due=due)
        gone = {it.id for it in may_go}
        left = [it for it in left if key_of(it) not in refused and it.id not in gone]
    return sorted(may_go, key=lambda it: it.id)


def first_of_each(letters: Iterable[Claimed]) -> dict[str, Claimed]:
    """Return the first letter of each recipient, by what its recipient is counted under."""
    first: dict[str, Claimed] = {}
    for letter in letters:
        first.setdefault(key_of(letter), letter)
    return first


def key_of(letter: Claimed) -> str:
    """Return what letters to this recipient are counted under."""
    return f"mail:{sha256(letter.recipient.casefold().encode()).hexdigest()}"
