"""A database that falls silent: one who waits finds out for all, and nobody else waits as long."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import DatabaseAway
from resolvers import database as of_licences
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.fetching import driver_of
from tests.databases import lent_at_once

ANYONE = UUID(int=7)


@pytest.fixture
async def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Database]:
    """A database whose answers are waited for 0.2 s, less than statements may take."""
    monkeypatch.setattr("resolvers.connecting.SLACK", -1.8)
    monkeypatch.setattr(of_licences, "SLACK", -1.8)
    opened = Database(database_url, Terms(pool_size=5, statement_within=2))
    yield opened
    await opened.close()


async def sleep(database: Database, *, by_driver: bool) -> None:
    """Let the database say nothing for longer than is waited for."""
    async with database.snapshot(ANYONE) as connection:
        asked = "SELECT pg_sleep(1)"
        await (driver_of(connection).execute(asked) if by_driver else connection.execute(text(asked)))


async def fail(database: Database, error: type[BaseException]) -> None:
    async with database.snapshot(ANYONE):
        raise error


@pytest.mark.parametrize("by_driver", [True, False])
async def test_after_one_has_waited_in_vain_no_connection_of_before_is_lent(
    impatient: Database, *, by_driver: bool
) -> None:
    before = await lent_at_once(impatient, 3)
    assert await lent_at_once(impatient, 3) == before
    with pytest.raises(DatabaseAway):
        await sleep(impatient, by_driver=by_driver)
    after = await lent_at_once(impatient, 3)
    assert not before & after
    assert await lent_at_once(impatient, 3) == after


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_another_failure_is_no_silence(impatient: Database, error: type[BaseException]) -> None:
    before = await lent_at_once(impatient, 3)
    with pytest.raises(error):
        await fail(impatient, error)
    assert await lent_at_once(impatient, 3) == before
