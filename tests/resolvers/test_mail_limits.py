"""One recipient gets so many letters in an hour: what is too much waits, and nothing is lost."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from mail import outbox
from mail.outbox import Claimed
from resolvers.database import Database
from resolvers.mail_limits import LETTERS, keep_back
from tests.conftest import SetClock
from tests.mail.correspondents import firm, found, queue

BERT: Final = "bert@example.com"
MOST: Final = LETTERS.capacity
TWO_MINUTES: Final = timedelta(minutes=2)


class Outbox:
    """The letters of a firm."""

    def __init__(self, database: Database, clock: SetClock, licence_id: UUID) -> None:
        self.database = database
        self.clock = clock
        self.licence_id = licence_id

    async def add(self, recipient: str, how_many: int = 1, **columns: Any) -> list[UUID]:
        now = self.clock.now()
        said = {"recipient": recipient, "queued_at": now, "due_at": now, **columns}
        return [await queue(self.database, self.licence_id, **said) for _ in range(how_many)]

    async def take(self) -> Counter[str]:
        """Claim what is due and keep back what is too much; return how many each recipient gets."""
        now = self.clock.now()
        async with self.database.change(self.licence_id) as session:
            claimed = await outbox.claim(session, self.licence_id, now=now, most=1000)
            return Counter(it.recipient for it in await keep_back(session, self.licence_id, claimed, now))


@pytest.fixture
async def box(database: Database, clock: SetClock) -> Outbox:
    return Outbox(database, clock, await firm(database))


async def test_the_thirty_first_letter_in_an_hour_waits_for_two_minutes(box: Outbox) -> None:
    letters = await box.add(BERT, MOST + 2)
    await box.add("carla@example.com")
    assert await box.take() == {BERT: MOST, "carla@example.com": 1}
    for key in letters[MOST:]:
        row = await found(box.database, box.licence_id, key)
        assert (row.state, row.attempts, row.due_at) == ("QUEUED", 0, box.clock.now() + TWO_MINUTES)
    box.clock.advance(TWO_MINUTES)
    assert (await box.take())[BERT] == 1
    box.clock.advance(TWO_MINUTES)
    assert (await box.take())[BERT] == 1


async def test_letters_go_in_the_order_in_which_they_were_written(box: Outbox) -> None:
    letters = await box.add(BERT, 3) + await box.add("carla@example.com") + await box.add(BERT)
    now = box.clock.now()
    async with box.database.change(box.licence_id) as session:
        claimed = await outbox.claim(session, box.licence_id, now=now, most=10)
        kept = await keep_back(session, box.licence_id, claimed, now)
    assert [it.id for it in kept] == letters


async def test_an_address_is_one_however_it_is_written(box: Outbox) -> None:
    await box.add(BERT, MOST)
    await box.add("Bert@Example.com")
    assert await box.take() == {BERT: MOST}


async def test_firms_do_not_take_letters_from_each_other(
    box: Outbox, database: Database, clock: SetClock
) -> None:
    other = Outbox(database, clock, await firm(database))
    await box.add(BERT, MOST)
    await other.add(BERT, MOST)
    assert (await box.take(), await other.take()) == ({BERT: MOST}, {BERT: MOST})


async def test_what_is_kept_back_is_joined_by_nothing(box: Outbox) -> None:
    await box.add(BERT, MOST)
    (late,) = await box.add(BERT, bundle="news")
    await box.take()
    assert (await found(box.database, box.licence_id, late)).bundle is None


async def test_where_nothing_is_claimed_nothing_is_asked(box: Outbox) -> None:
    none: list[Claimed] = []
    async with box.database.change(box.licence_id) as session:
        assert await keep_back(session, box.licence_id, none, box.clock.now()) == []
