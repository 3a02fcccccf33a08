"""The database as a licence sees it: one snapshot to read from, one transaction to change in."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  it has none
from sqlalchemy import event, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

from core.errors import TookTooLong
from models import Licence
from resolvers.fetching import driver_of

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
CHANGE = "BEGIN"
AWAY = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a database raises that is away for a moment; the last where it ends a connection between two calls."""
# The code of a statement that ran longer than `statement_timeout` (PostgreSQL, appendix A).
GIVEN_UP = "57014"
# The role that row level security holds for, and limits for statements that hang (milliseconds). Compiling a
# statement takes longer than any of ours runs.
SERVER_SETTINGS = {
    "role": "kluis_app",
    "application_name": "kluis",
    "jit": "off",
    # Statements are written so that one plan is good for all values.
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
}


# A standby reads alone. The role that may not pass the wall may not see the tables' version either.
IS_STANDBY = "SELECT pg_is_in_recovery()"
REVISION = "SELECT version_num FROM alembic_version"
AS_OURSELVES = "BEGIN READ ONLY; SET LOCAL ROLE NONE"
# It reads a sample, however large a table is.
PATIENTLY = "SET LOCAL statement_timeout = '5min'"


class Database:
    """A pool of connections; nothing is read or written but within one licence."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # AUTOCOMMIT leaves BEGIN to us, so that the licence travels in the same round trip.
        self.engine = create_async_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            # What was bound may be a secret: it stays out of errors, and so out of the log.
            hide_parameters=True,
            connect_args={"server_settings": SERVER_SETTINGS},
        )
        event.listen(self.engine.sync_engine, "handle_error", tell_given_up)

    @property
    def lent(self) -> int:
        """Return how many connections somebody has now."""
        return self._pool.checkedout()

    @property
    def most(self) -> int:
        """Return how many connections there can be."""
        return self._pool.size() * 2

    @property
    def _pool(self) -> QueuePool:
        return cast("QueuePool", self.engine.pool)

    @asynccontextmanager
    async def snapshot(self, licence_id: UUID) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection on which everything is read as of one moment, and nothing can be written."""
        # There is nothing to keep, and what failed within it has been told already.
        async with self._transaction(READ, licence_id, finish=end) as connection:
            yield connection

    @asynccontextmanager
    async def change(self, licence_id: UUID) -> AsyncGenerator[AsyncSession]:
        """Yield a session whose changes are committed when the block ends, all or none."""
        async with (
            self._transaction(CHANGE, licence_id, finish=commit) as connection,
            AsyncSession(connection, expire_on_commit=False) as session,
        ):
            yield session
            await session.flush()

    async def licence_ids(self, slug: str | None = None) -> list[UUID]:
        """Return the ids of all licences, or of the one with this slug, if there is one."""
        statement = select(Licence.id) if slug is None else select(Licence.id).where(Licence.slug == slug)
        async with self.engine.connect() as connection:
            return list((await connection.execute(statement)).scalars())

    async def analyze(self, tables: Sequence[str]) -> None:
        """Make known to the planner what is in these tables, into which much has come at once."""
        async with self.engine.connect() as connection:
            await driver_of(connection).execute(f"BEGIN; {PATIENTLY}; ANALYZE {', '.join(tables)}; COMMIT")

    async def takes_changes(self) -> bool:
        """Return whether something can be changed here. Raise AWAY."""
        async with self.engine.connect() as connection:
            return not await driver_of(connection).fetchval(IS_STANDBY)

    async def revision(self) -> str | None:
        """Return which migration the tables are of. Raise AWAY."""
        async with self.engine.connect() as connection:
            driver = driver_of(connection)
            try:
                await driver.execute(AS_OURSELVES)
                return await driver.fetchval(REVISION)
            finally:
                await end(connection, driver)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(
        self, begin: str, licence_id: UUID, finish: Callable[[AsyncConnection, Any], Awaitable[None]]
    ) -> AsyncGenerator[AsyncConnection]:
        async with self.engine.connect() as connection:
            driver = driver_of(connection)
            try:
                await driver.execute(f"{begin}; SET LOCAL kluis.licence = '{licence_id}'")
                yield connection
                await finish(connection, driver)
            except BaseException:
                # A connection whose state is not known must not be lent again.
                await end(connection, driver)
                raise


def tell_given_up(context: ExceptionContext) -> None:
    """Raise TookTooLong in place of an error that says so, wherever a statement was carried out."""
    if getattr(context.original_exception, "sqlstate", None) == GIVEN_UP:
        raise TookTooLong from context.original_exception


async def commit(_: AsyncConnection, driver: Any) -> None:
    """Keep what was changed."""
    await driver.execute("COMMIT")


async def end(connection: AsyncConnection, driver: Any) -> None:
    """Roll back; where not even that works, give the connection up."""
    try:
        await driver.execute("ROLLBACK")
    except BaseException as error:
        await connection.invalidate()
        if not isinstance(error, Exception):  # of any other, the one that led here is the one to tell
            raise
