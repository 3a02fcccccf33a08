"""Workers that are killed at any moment: every letter arrives, and one that comes twice says it is one."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from sqlalchemy import select, text

from mail.outbox import LEASE
from models import Letter
from resolvers.database import Database
from tests.conftest import START
from tests.mail.correspondents import firm
from tests.mail.servers import Office, serving
from tests.mail.test_many_letters import ADD
from tests.server import mortal

pytestmark = pytest.mark.at_length

LETTERS = 3_000
KILLED = 200
LONGEST_LIFE = 0.25
"""In seconds: long enough to be killed in the middle of each thing that it does."""


async def states(database: Database, licence_id: UUID) -> Counter[str]:
    """Return how many letters are in which state, as far as anybody has written it down."""
    async with database.snapshot(licence_id) as connection:
        found = await connection.execute(select(Letter.state).where(Letter.licence_id == licence_id))
        return Counter(found.scalars())


async def live(database_url: str, smtp_url: str, number: int, seconds: float) -> None:
    """Let a worker live for so long; each is born when what the one before had claimed has lapsed."""
    worker = mortal.begin(database_url, smtp_url, START + number * (LEASE + timedelta(seconds=1)))
    await asyncio.sleep(seconds)
    worker.kill()
    await asyncio.to_thread(worker.join)


async def test_every_letter_arrives_though_200_workers_are_killed(
    database: Database, database_url: str
) -> None:
    licence_id, office, dice = await firm(database), Office(), random.Random(20260130)  # noqa: S311  dice
    async with database.change(licence_id) as session:
        values = {"licence": licence_id, "now": START, "how_many": LETTERS}
        await session.execute(text(ADD), values)
    async with serving(office) as port:
        smtp_url = f"smtp://127.0.0.1:{port}?starttls=off"
        busy = 0
        for number in range(KILLED):
            busy += (await states(database, licence_id))["QUEUED"] > 0
            await live(database_url, smtp_url, number, dice.uniform(0, LONGEST_LIFE))
        # They were killed while there was something to do, however quick they were.
        assert busy > KILLED / 4
        number = KILLED
        while (await states(database, licence_id))["QUEUED"]:
            await live(database_url, smtp_url, number, 5)
            number += 1
    assert await states(database, licence_id) == {"SENT": LETTERS}
    mails = [message_from_bytes(it, policy=policy.default) for it in office.received]
    times = Counter(it["Message-ID"] for it in mails)
    letters = {it["Message-ID"]: it["To"] for it in mails}
    assert (len(times), len(set(letters.values()))) == (LETTERS, LETTERS)
    assert all(it["To"] == letters[it["Message-ID"]] for it in mails)
