"""Databases for tests: one migrated template a run, and a copy of it for whoever asks."""

import asyncio
import os
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models import metadata
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.fetching import driver_of
from server import migrations

VARIABLE = "TEST_DATABASE_URL"
TEMPLATE = "template_of_tests"
PATIENT = Terms(statement_within=60, idle_within=60)
"""As long as a busy machine needs; tests that are about these times set their own."""


def url_of(name: str) -> str:
    """Return the address of a database of this run."""
    return os.environ[VARIABLE].replace("/kluis?", f"/{name}?")


async def administer(statement: str) -> None:
    """Carry out a statement that no transaction can hold, as the owner of all databases of this run."""
    engine = create_async_engine(os.environ[VARIABLE], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text(statement))


async def make_template() -> None:
    """Make the database that all others are copies of."""
    await administer(f"CREATE DATABASE {TEMPLATE}")
    await migrations.upgrade(url_of(TEMPLATE))


async def empty(url: str) -> None:
    """Take every row out of a database; far quicker than a new one, and for most tests the same."""
    await change_as_replica(url, "; ".join(f"DELETE FROM {table.name}" for table in metadata.sorted_tables))  # noqa: S608


async def change_as_replica(url: str, statements: str) -> None:
    """Change rows in any order: as a replica the server checks no foreign keys."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute(f"SET session_replication_role = replica; {statements}")


@asynccontextmanager
async def fresh(template: str = TEMPLATE) -> AsyncGenerator[str]:
    """Yield the address of a database that nobody else uses."""
    name = f"test_{uuid4().hex}"
    await administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield url_of(name)
    finally:
        await administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def roll_back(driver: Any, *, within: float) -> None:
    """Take the place of a commit in a test that leaves the rows as they were."""
    await driver.execute("ROLLBACK", timeout=within)


UNSEEN = """
    SELECT 1 FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relallvisible < relpages LIMIT 1
"""


async def count_rows(url: str) -> None:
    """Let PostgreSQL count all rows, until it knows that everybody sees them: plans depend on that.

    Whoever else looks at the same moment, such as autovacuum, keeps it from that.
    """
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with asyncio.timeout(30), engine.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
        while (await connection.execute(text(UNSEEN))).first():
            await asyncio.sleep(0.1)
            await connection.execute(text("VACUUM ANALYZE"))


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run something to its end, before there is a test and its event loop."""
    asyncio.run(work)


async def lent_at_once(database: Database, count: int) -> set[int]:
    """Return the numbers of the server's processes behind so many connections."""
    async with AsyncExitStack() as stack:
        lent = [await stack.enter_async_context(database.snapshot(UUID(int=7))) for _ in range(count)]
        return {driver_of(it).get_server_pid() for it in lent}
