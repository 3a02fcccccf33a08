"""Connections to the database: by several addresses, after a failover, and within the limits that are set."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from resolvers.away import AWAY
from resolvers.database import Database
from resolvers.fetching import driver_of
from server import running
from server.house import terms_of
from server.settings import Settings
from tests import databases
from tests.databases import lent_at_once

ANYONE = UUID(int=7)


async def shown(database: Database, name: str) -> str:
    async with database.snapshot(ANYONE) as connection:
        return await driver_of(connection).fetchval(f"SHOW {name}")


async def be_idle(database: Database, seconds: float) -> None:
    async with database.snapshot(ANYONE) as connection:
        await asyncio.sleep(seconds)
        await connection.execute(text("SELECT 1"))


async def test_the_operator_sets_how_many_there_are_and_how_long_they_wait(database_url: str) -> None:
    given = Settings(database_pool=5, statement_timeout=2.5, idle_timeout=0.5)
    opened = Database(database_url, terms_of(given))
    assert opened.most == 5
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "role")
    assert [await shown(opened, it) for it in names] == ["2500ms", "500ms", "kluis_app"]
    with pytest.raises(AWAY):
        await be_idle(opened, 1)
    await opened.close()


async def test_connections_that_were_made_are_kept_and_those_are_lent_that_were_used_last(
    database: Database,
) -> None:
    made = await lent_at_once(database, database.most)
    assert len(made) == database.most
    assert await lent_at_once(database, database.most) == made
    assert len({it for _ in range(3) for it in await lent_at_once(database, 1)}) == 1


async def test_after_a_failover_nobody_is_lent_a_connection_that_was_closed(
    database: Database, database_url: str
) -> None:
    async with database.snapshot(ANYONE), database.snapshot(ANYONE), database.snapshot(ANYONE):
        assert database.lent == 3
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
    await databases.administer(ended)
    await asyncio.sleep(0.1)
    for _ in range(3):
        assert await shown(database, "role") == "kluis_app"


def by_hosts(url: str, wanted: str) -> str:
    """Return the address of a database that is one of two, of which the first is not there."""
    place, _, folder = url.partition("?host=")
    return f"{place}?host=127.0.0.1:9&host={folder}:5432&target_session_attrs={wanted}"


async def test_of_several_hosts_the_one_that_takes_changes_is_found(database_url: str) -> None:
    opened = Database(by_hosts(database_url, "read-write"))
    assert await opened.takes_changes()
    await opened.close()
    await running.migrate(by_hosts(database_url, "read-write"))


async def test_without_one_that_takes_changes_the_database_is_away(database_url: str) -> None:
    opened = Database(by_hosts(database_url, "standby"))
    with pytest.raises(AWAY):
        await opened.takes_changes()
    await opened.close()
