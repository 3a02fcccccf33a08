"""Ten thousand letters and two workers: each is claimed once."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from mail import outbox
from resolvers.database import Database
from tests.databases import PATIENT
from tests.mail.correspondents import MORNING, firm

TEN_THOUSAND = 10_000
ADD = """
    INSERT INTO letter (licence_id, kind, recipient, language, details, queued_at, due_at)
    SELECT :licence, 'document_shared', 'client' || number || '@example.com', 'NL', '{}', :now, :now
    FROM generate_series(1, :how_many) AS number
"""


async def claim_all(database: Database, licence_id: UUID) -> list[UUID]:
    """Claim a batch after the other until there is none."""
    claimed: list[UUID] = []
    while True:
        async with database.change(licence_id) as session:
            batch = await outbox.claim(session, licence_id, now=MORNING, most=100)
        if not batch:
            return claimed
        claimed += [it.id for it in batch]
        await asyncio.sleep(0)


async def test_of_ten_thousand_letters_two_workers_claim_each_once(
    database: Database, database_url: str
) -> None:
    licence_id = await firm(database)
    async with database.change(licence_id) as session:
        values = {"licence": licence_id, "now": MORNING - timedelta(hours=1), "how_many": TEN_THOUSAND}
        await session.execute(text(ADD), values)
    other = Database(database_url, PATIENT)
    mine, theirs = await asyncio.gather(claim_all(database, licence_id), claim_all(other, licence_id))
    await other.close()
    times = Counter(mine + theirs)
    assert (len(times), set(times.values())) == (TEN_THOUSAND, {1})
    assert min(len(mine), len(theirs)) > 1000
