"""The database as a licence sees it: one snapshot to read from, one transaction to change in."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.pool import QueuePool

from models import Licence
from resolvers.away import AWAY, tell_apart, told_apart
from resolvers.committing import commit
from resolvers.connecting import SLACK, Terms, engine_of, engine_past_pooler
from resolvers.fetching import driver_of
from resolvers.silence import Silence, is_silence

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
CHANGE = "BEGIN"
# A standby reads alone. The role that may not pass the wall may not see the tables' version either.
IS_STANDBY = "SELECT pg_is_in_recovery()"
MOMENT = "SELECT clock_timestamp()"
REVISION = "SELECT version_num FROM alembic_version"
# The role that the connection was opened by, which owns the tables.
AS_OURSELVES = "SET LOCAL ROLE NONE"
# It reads a sample, however large a table is.
PATIENTLY = "SET LOCAL statement_timeout = '5min'"
# In seconds: longer than that.
PATIENCE = 310.0
DEFAULT = Terms()


class Database:
    """A pool of connections; nothing is read or written but within one licence."""

    def __init__(self, url: str, terms: Terms = DEFAULT) -> None:
        self._silence = Silence()
        self.engine = engine_of(url, terms, self._silence)
        self.listening = engine_past_pooler(url, terms) if terms.pooler_url else self.engine
        """What may be listened on: a pooler would lend the connection to others meanwhile."""
        self._preamble = terms.preamble
        self._committed_within = terms.statement_within + SLACK
        event.listen(self.engine.sync_engine, "handle_error", tell_apart)

    @property
    def lent(self) -> int:
        """Return how many connections somebody has now."""
        return self._pool.checkedout()

    @property
    def most(self) -> int:
        """Return how many connections there can be."""
        return self._pool.size()

    @property
    def _pool(self) -> QueuePool:
        return cast("QueuePool", self.engine.pool)

    @asynccontextmanager
    async def snapshot(self, licence_id: UUID) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection on which everything is read as of one moment, and nothing can be written."""
        # There is nothing to keep, and what failed within it has been told already.
        async with self._transaction(self._within(READ, licence_id), finish=end) as connection:
            yield connection

    @asynccontextmanager
    async def change(self, licence_id: UUID) -> AsyncGenerator[AsyncSession]:
        """Yield a session whose changes are committed when the block ends, all or none."""
        async with self._session(self._within(CHANGE, licence_id)) as session:
            yield session

    @asynccontextmanager
    async def change_as_owner(self, licence_id: UUID) -> AsyncGenerator[AsyncSession]:
        """Yield such a session as the owner of the tables, who alone removes what the server may only add."""
        async with self._session(f"{self._within(CHANGE, licence_id)}; {AS_OURSELVES}") as session:
            yield session

    @asynccontextmanager
    async def _session(self, begin: str) -> AsyncGenerator[AsyncSession]:
        async with (
            self._transaction(begin, finish=self._commit) as connection,
            AsyncSession(connection, expire_on_commit=False) as session,
        ):
            yield session
            await session.flush()

    @asynccontextmanager
    async def across(self) -> AsyncGenerator[AsyncConnection]:
        """Yield such a connection of no licence, as the owner of the database, who sees what waits.

        What it may read of all licences is said by the policies `due`.
        """
        async with self._transaction(f"{READ}{self._preamble}; {AS_OURSELVES}", finish=end) as connection:
            yield connection

    async def licence_ids(self, slug: str | None = None) -> list[UUID]:
        """Return the ids of all licences, or of the one with this slug, if there is one."""
        statement = select(Licence.id) if slug is None else select(Licence.id).where(Licence.slug == slug)
        async with self._transaction(f"{READ}{self._preamble}", finish=end) as connection:
            return list((await connection.execute(statement)).scalars())

    async def analyze(self, tables: Sequence[str]) -> None:
        """Make known to the planner what is in these tables, into which much has come at once."""
        async with self._transaction(
            f"{CHANGE}{self._preamble}; {PATIENTLY}", finish=self._commit
        ) as connection:
            await driver_of(connection).execute(f"ANALYZE {', '.join(tables)}", timeout=PATIENCE)

    async def takes_changes(self) -> bool:
        """Return whether something can be changed here. Raise AWAY."""
        async with self._transaction(f"{READ}{self._preamble}", finish=end) as connection:
            return not await driver_of(connection).fetchval(IS_STANDBY)

    async def moment(self) -> datetime:
        """Return what time it is by the database's clock. Raise AWAY."""
        async with self._transaction(f"{READ}{self._preamble}", finish=end) as connection:
            return await driver_of(connection).fetchval(MOMENT)

    async def revision(self) -> str | None:
        """Return which migration the tables are of. Raise AWAY."""
        async with self._transaction(f"{READ}{self._preamble}; {AS_OURSELVES}", finish=end) as connection:
            return await driver_of(connection).fetchval(REVISION)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        await self.listening.dispose()

    async def _commit(self, _: AsyncConnection, driver: Any) -> None:
        """Keep what was changed. Raise AWAY, after which it may have been kept or not."""
        await commit(driver, within=self._committed_within)

    def _within(self, begin: str, licence_id: UUID) -> str:
        """Return what begins a transaction in which one licence can be seen."""
        return f"{begin}{self._preamble}; SET LOCAL kluis.licence = '{licence_id}'"

    @asynccontextmanager
    async def _transaction(
        self, begin: str, finish: Callable[[AsyncConnection, Any], Awaitable[None]]
    ) -> AsyncGenerator[AsyncConnection]:
        driver = None
        try:
            async with self.engine.connect() as connection:
                driver = driver_of(connection)
                try:
                    await driver.execute(begin)
                    yield connection
                    await finish(connection, driver)
                except BaseException as trouble:
                    if is_silence(trouble):
                        self._silence.note()
                        driver.terminate()
                    # A connection whose state is not known must not be lent again.
                    await end(connection, driver)
                    raise
        except AWAY as trouble:
            told = told_apart(trouble, is_lost=driver is None or driver.is_closed())
            if told is None or told is trouble:
                raise
            raise told from trouble


async def end(connection: AsyncConnection, driver: Any) -> None:
    """Roll back; where not even that works, give the connection up."""
    try:
        await driver.execute("ROLLBACK")
    except BaseException as error:
        await connection.invalidate()
        if not isinstance(error, Exception):  # of any other, the one that led here is the one to tell
            raise
