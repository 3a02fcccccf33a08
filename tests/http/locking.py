"""A table that nobody gets at for a while, so that whoever needs it waits."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)")


@asynccontextmanager
async def locked(url: str, table: str) -> AsyncGenerator["Lock"]:
    """Yield a lock on a table, held while the block runs."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield Lock(url, table, connection)


class Lock:
    """Knows who waits for it."""

    def __init__(self, url: str, table: str, connection: AsyncConnection) -> None:
        self.url = url
        self.table = table
        self.connection = connection

    async def release(self) -> None:
        """Let whoever waits go on, before the block has ended."""
        await self.connection.rollback()

    async def awaited_by(self, number: int) -> None:
        """Return once so many statements wait for the lock."""
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with asyncio.timeout(20), engine.connect() as connection:
            while (await connection.execute(WAITING, {"table": self.table})).scalar_one() < number:  # noqa: ASYNC110  the database's
                await asyncio.sleep(0.01)
