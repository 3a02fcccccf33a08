"""One snapshot of the database, which is looked through and dumped while whoever writes goes on."""

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from resolvers.away import AWAY
from resolvers.backups import licence_of, named_objects, sealing_keys, still_named
from resolvers.connecting import directly
from server.running import CannotRun

# The snapshot is held, and nothing asked, for as long as the dump takes.
PATIENT: Final = {
    "application_name": "kluis backup",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
LICENCES: Final = text("SELECT id FROM licence ORDER BY id")
REVISION: Final = text("SELECT version_num FROM alembic_version")
TABLES: Final = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
HAS_TABLES: Final = text("SELECT to_regclass('public.alembic_version') IS NOT NULL")
EXPORT: Final = text("SELECT pg_export_snapshot()")


class Frozen(NamedTuple):
    """A snapshot of the database, and what was found in it."""

    snapshot: str
    revision: str
    tables: int
    named: dict[str, int]
    """The objects that rows name, and how many bytes each must have."""
    needed_keys: set[int]


@contextmanager
def reaching_database() -> Generator[None]:
    """Let the block ask the database. Raise CannotRun where it does not answer."""
    try:
        yield
    except AWAY as error:
        raise CannotRun(f"The database does not answer: {str(error).splitlines()[0]}") from error


@asynccontextmanager
async def patient(url: str) -> AsyncGenerator[AsyncEngine]:
    """Yield what connects to the database, each time to see one snapshot of it."""
    engine = create_async_engine(
        url,
        isolation_level="REPEATABLE READ",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=directly(PATIENT),
    )
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def frozen(engine: AsyncEngine) -> AsyncGenerator[Frozen]:
    """Yield a snapshot of the database, which others can look at while the block runs. Raise CannotRun."""
    async with AsyncExitStack() as stack:
        with reaching_database():
            connection = await stack.enter_async_context(engine.connect())
            found = await looked_through(connection)
        yield found


async def looked_through(connection: AsyncConnection) -> Frozen:
    """Return what a snapshot holds. Raise CannotRun where that is nothing of Kluis."""
    if not (await connection.execute(HAS_TABLES)).scalar_one():
        raise CannotRun("There is nothing to back up: the database has no tables of Kluis.")
    named: dict[str, int] = {}
    needed_keys: set[int] = set()
    for licence_id in (await connection.execute(LICENCES)).scalars().all():
        await look_at(connection, licence_id)
        named |= await named_objects(connection, licence_id)
        needed_keys |= await sealing_keys(connection, licence_id)
    return Frozen(
        snapshot=(await connection.execute(EXPORT)).scalar_one(),
        revision=(await connection.execute(REVISION)).scalar_one(),
        tables=(await connection.execute(TABLES)).scalar_one(),
        named=named,
        needed_keys=needed_keys,
    )


async def named_now(engine: AsyncEngine, absent: Sequence[str]) -> set[str]:
    """Return which of the objects that were not there rows still name: they are missing.

    The others were taken away after the snapshot, each after its row. Raise CannotRun.
    """
    missing: set[str] = set()
    with reaching_database():
        async with engine.connect() as connection:
            for licence_id in {licence_of(it) for it in absent}:
                await look_at(connection, licence_id)
                missing |= await still_named(connection, licence_id, absent)
    return missing


async def look_at(connection: AsyncConnection, licence_id: UUID) -> None:
    """Let a connection see a licence, whoever it is; the dump itself needs one who sees all."""
    await connection.execute(text(f"SET LOCAL kluis.licence = '{licence_id}'"))
