"""The outbox: a letter is claimed by one worker at a time, and settled once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail import outbox
from mail.outbox import FIRST_WAIT, LEASE, LONGEST_WAIT, MOST_ATTEMPTS, Claimed, Outcome, backoff
from resolvers.database import Database
from tests.mail.correspondents import BERT, CARLA, MORNING, firm, found, queue


async def claim(
    database: Database, licence_id: UUID, *, after: timedelta = timedelta(0), most: int = 10
) -> Sequence[Claimed]:
    async with database.change(licence_id) as session:
        return await outbox.claim(session, licence_id, now=MORNING + after, most=most)


async def test_a_due_letter_is_claimed_with_all_that_it_says(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id, sealed=b"sealed")
    [letter] = await claim(database, licence_id)
    assert letter == Claimed(
        id=letter_id,
        kind="document_shared",
        recipient=BERT,
        language="NL",
        details=CARLA,
        sealed=b"sealed",
        news=1,
        attempts=1,
        queued_at=MORNING,
        due_at=MORNING + LEASE,
    )


async def test_a_letter_that_is_not_due_waits(database: Database) -> None:
    licence_id = await firm(database)
    await queue(database, licence_id, due_at=MORNING + timedelta(seconds=1))
    assert await claim(database, licence_id) == []
    assert len(await claim(database, licence_id, after=timedelta(seconds=1))) == 1


@pytest.mark.parametrize("state", ["SENT", "FAILED"])
async def test_a_settled_letter_is_not_claimed(database: Database, state: str) -> None:
    licence_id = await firm(database)
    await queue(database, licence_id, state=state)
    assert await claim(database, licence_id) == []


async def test_a_letter_of_another_firm_is_not_claimed(database: Database) -> None:
    licence_id, other_id = await firm(database), await firm(database)
    await queue(database, other_id)
    assert await claim(database, licence_id) == []


async def test_no_more_are_claimed_than_asked_for_and_the_oldest_first(database: Database) -> None:
    licence_id = await firm(database)
    letters = [
        await queue(database, licence_id, due_at=MORNING - timedelta(hours=hours)) for hours in (1, 4, 3, 2)
    ]
    claimed = await claim(database, licence_id, most=2)
    assert {it.id for it in claimed} == {letters[1], letters[2]}
    assert {it.id for it in await claim(database, licence_id)} == {letters[0], letters[3]}


async def test_a_claimed_letter_comes_back_when_the_lease_is_over(database: Database) -> None:
    licence_id = await firm(database)
    await queue(database, licence_id)
    await claim(database, licence_id)
    assert await claim(database, licence_id, after=LEASE - timedelta(seconds=1)) == []
    [again] = await claim(database, licence_id, after=LEASE)
    assert again.attempts == 2


async def test_what_another_worker_is_claiming_is_passed_over(database: Database) -> None:
    licence_id = await firm(database)
    await queue(database, licence_id)
    async with database.change(licence_id) as session:
        assert len(await outbox.claim(session, licence_id, now=MORNING, most=1)) == 1
        assert await claim(database, licence_id) == []


async def test_many_workers_claim_each_letter_once(database: Database) -> None:
    licence_id = await firm(database)
    letters = [await queue(database, licence_id) for _ in range(40)]

    async def work() -> list[UUID]:
        mine: list[UUID] = []
        while claimed := await claim(database, licence_id, most=3):
            mine += [it.id for it in claimed]
        return mine

    claimed = [letter for mine in await asyncio.gather(*(work() for _ in range(5))) for letter in mine]
    assert sorted(claimed) == sorted(letters)


async def test_a_sent_letter_loses_its_secret(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id, sealed=b"sealed", last_error="451 later")
    [letter] = await claim(database, licence_id)
    async with database.change(licence_id) as session:
        await outbox.settle(session, licence_id, [Outcome.sent(letter)], now=MORNING)
    row = await found(database, licence_id, letter_id)
    assert (row.state, row.sent_at, row.sealed, row.last_error) == ("SENT", MORNING, None, None)


async def test_a_letter_put_off_waits_and_says_why(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id, sealed=b"sealed")
    [letter] = await claim(database, licence_id)
    due = MORNING + timedelta(hours=1)
    async with database.change(licence_id) as session:
        await outbox.settle(
            session, licence_id, [Outcome.put_off(letter, due, "451 " + "later " * 200)], now=MORNING
        )
    row = await found(database, licence_id, letter_id)
    assert (row.state, row.due_at, row.sealed) == ("QUEUED", due, b"sealed")
    assert row.last_error is not None
    assert row.last_error.startswith("451 later")
    assert len(row.last_error) == 500


async def test_a_mail_server_may_answer_what_no_column_can_hold(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id)
    [letter] = await claim(database, licence_id)
    async with database.change(licence_id) as session:
        await outbox.settle(
            session, licence_id, [Outcome.put_off(letter, MORNING, "451 no\0 caf\udce9\r\nhere")], now=MORNING
        )
        await outbox.settle(
            session, licence_id, [Outcome.failed(letter, "550 no\0 caf\udce9\r\nhere")], now=MORNING
        )
    assert (await found(database, licence_id, letter_id)).last_error == "550 no caf here"


async def test_a_letter_is_given_up_after_the_last_attempt(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id, attempts=MOST_ATTEMPTS - 1)
    [letter] = await claim(database, licence_id)
    async with database.change(licence_id) as session:
        await outbox.settle(session, licence_id, [Outcome.put_off(letter, MORNING, "451 later")], now=MORNING)
    row = await found(database, licence_id, letter_id)
    assert (row.state, row.last_error) == ("FAILED", f"given up after {MOST_ATTEMPTS} tries: 451 later")


async def test_a_worker_that_lost_its_claim_cannot_put_off_or_fail(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id)
    [stale] = await claim(database, licence_id)
    [held] = await claim(database, licence_id, after=LEASE)
    async with database.change(licence_id) as session:
        await outbox.settle(session, licence_id, [Outcome.put_off(stale, MORNING, "451 later")], now=MORNING)
        await outbox.settle(session, licence_id, [Outcome.failed(stale, "550 never")], now=MORNING)
    row = await found(database, licence_id, letter_id)
    assert (row.state, row.due_at, row.last_error) == ("QUEUED", held.due_at, None)


async def test_a_letter_that_was_sent_stays_sent(database: Database) -> None:
    licence_id = await firm(database)
    letter_id = await queue(database, licence_id)
    [stale] = await claim(database, licence_id)
    [held] = await claim(database, licence_id, after=LEASE)
    async with database.change(licence_id) as session:
        await outbox.settle(session, licence_id, [Outcome.sent(stale)], now=MORNING)
        await outbox.settle(session, licence_id, [Outcome.failed(held, "550 never")], now=MORNING)
    assert (await found(database, licence_id, letter_id)).state == "SENT"


async def test_a_letterhead_has_the_name_of_the_firm_and_its_own_addresses(database: Database) -> None:
    addresses = {"mail_sender": "portaal@janssens.example", "mail_reply_to": "kantoor@janssens.example"}
    for columns, addressed in (({}, (None, None)), (addresses, tuple(addresses.values()))):
        licence_id = await firm(database, "Kantoor Janssens", **columns)
        async with database.change(licence_id) as session:
            head = await outbox.letterhead(session, licence_id)
        assert (head.name, head.sender, head.reply_to) == ("Kantoor Janssens", *addressed)


def test_the_wait_doubles_up_to_a_day() -> None:
    assert [backoff(attempts, 0) for attempts in (1, 2, 3)] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert backoff(12, 0) < LONGEST_WAIT
    assert backoff(13, 0) == LONGEST_WAIT


def test_a_letter_is_tried_for_about_five_days() -> None:
    waits = sum((backoff(attempts, 0.5) for attempts in range(1, MOST_ATTEMPTS)), timedelta(0))
    assert timedelta(days=4) < waits < timedelta(days=6)


@given(st.integers(1, 32767), st.floats(0, 1))
def test_jitter_takes_off_at_most_half(attempts: int, jitter: float) -> None:
    assert backoff(attempts, 0) / 2 <= backoff(attempts, jitter) <= backoff(attempts, 0) <= LONGEST_WAIT
