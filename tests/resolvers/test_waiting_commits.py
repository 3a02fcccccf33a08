"""A commit that waits, as for a standby that is away: it is left to the database, and never cancelled."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlalchemy import text

from resolvers import database as of_licences
from resolvers.away import AWAY
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.fetching import driver_of
from tests import databases

ANYONE = UUID(int=7)
# What is deferred is done by the COMMIT, which so takes a while. It ends with the database alone.
SLOW_TO_COMMIT = """
    CREATE TABLE slow (id bigint PRIMARY KEY);
    GRANT ALL ON slow TO kluis_app;
    CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER rests AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION rest();
"""
ADD = text("INSERT INTO slow VALUES (1)")
COUNT = text("SELECT count(*) FROM slow")


@pytest.fixture
async def slow(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Database]:
    """A database with a table that is slow to commit to, and whose commits are waited for 0.2 s."""
    monkeypatch.setattr(of_licences, "SLACK", -1.8)
    async with databases.fresh() as url:
        opened = Database(url, Terms(statement_within=2))
        async with opened.change_as_owner(ANYONE) as session:
            await driver_of(await session.connection()).execute(SLOW_TO_COMMIT)
        yield opened
        await opened.close()


async def add(database: Database) -> None:
    async with database.change(ANYONE) as session:
        await session.execute(ADD)


async def until_added(database: Database) -> None:
    async with asyncio.timeout(10):
        while True:
            if await count(database):
                return
            await asyncio.sleep(0.05)


async def count(database: Database) -> int:
    async with database.snapshot(ANYONE) as connection:
        return (await connection.execute(COUNT)).scalar_one()


async def test_whoever_waits_too_long_is_told_and_the_commit_goes_on(slow: Database) -> None:
    with pytest.raises(AWAY):
        await add(slow)
    assert (slow.lent, await count(slow)) == (0, 0)
    await until_added(slow)


async def test_whoever_is_cancelled_meanwhile_does_not_cancel_the_commit(slow: Database) -> None:
    adding = asyncio.create_task(add(slow))
    await asyncio.sleep(0.1)
    adding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await adding
    assert (slow.lent, await count(slow)) == (0, 0)
    await until_added(slow)
