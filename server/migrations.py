"""Bringing the database to this version's tables, once, while others serve, whoever else starts."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from alembic import command
from resolvers.connecting import directly

ROOT = Path(__file__).resolve().parent.parent
# Any number will do, as long as all servers agree on it.
ADVISORY_LOCK = 0x6B6C756973
# Whoever waited in a statement would hold up an index that is made concurrently: it waits for statements.
TAKE_TURN: Final = text("SELECT pg_try_advisory_lock(:lock)")
# Its owner alone sees where something is due; anybody else would find nothing, and leave it lying.
IS_OURS: Final = text("SELECT pg_has_role('pg_database_owner', 'USAGE')")
SERVES_FROM: Final = text("SELECT col_description(to_regclass('public.alembic_version'), 1)")
# A lock that is waited for lets everybody else wait behind it: give up soon, and come again.
PATIENCE: Final = {"lock_timeout": "2s"}
# The codes of that, and of two that wait for each other (PostgreSQL, appendix A).
HELD_UP: Final = {"55P03", "40P01"}
TRIES: Final = 20
# In seconds.
PAUSE = 1.0
ASKS_EVERY: Final = 0.1


class NotMigrated(Exception):
    """The tables are not this version's, and can not be made so; the text says why."""


class Known(NamedTuple):
    """The revisions of the tables that this version knows."""

    head: str
    older: frozenset[str]


def known() -> Known:
    """Return the revision that this version needs, and those before it."""
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    every = [it.revision for it in scripts.walk_revisions()]
    return Known(every[0], frozenset(every[1:]))


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database up to `revision`; others wait meanwhile, or go on serving. Raise NotMigrated."""
    await run(url, go_up, revision)


async def downgrade(url: str, revision: str) -> None:
    """Migrate the database down to `revision`; `base` removes every table."""
    await run(url, command.downgrade, revision)


async def run(url: str, action: Any, revision: str) -> None:
    """Carry out one of alembic's commands, under the lock; again where it is held up. Raise NotMigrated."""
    engine = create_async_engine(url, poolclass=NullPool, connect_args=directly(PATIENCE))
    try:
        for _ in range(TRIES):
            async with engine.connect() as connection:
                await take_turn(connection)
                if await acted(connection, action, revision):
                    return
            await asyncio.sleep(PAUSE)
    finally:
        await engine.dispose()
    raise NotMigrated("The tables are in use for longer than a migration waits, as by a backup: start again.")


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other server migrates; the turn ends with the connection."""
    while not (await connection.execute(TAKE_TURN, {"lock": ADVISORY_LOCK})).scalar_one():
        await connection.rollback()
        await asyncio.sleep(ASKS_EVERY)
    await connection.commit()


async def acted(connection: AsyncConnection, action: Any, revision: str) -> bool:
    """Carry out one of alembic's commands; return whether nobody held it up."""
    try:
        await connection.run_sync(act, action, revision)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in HELD_UP:
            return False
        raise
    return True


def go_up(config: Config, revision: str) -> None:
    """Migrate up, but from newer tables, on which a version of the release before them serves as it is."""
    connection: Connection = config.attributes["connection"]
    with connection.begin():
        if not connection.execute(IS_OURS).scalar_one():
            raise NotMigrated("The user of KLUIS_DATABASE_URL must own the database.")
        found = MigrationContext.configure(connection).get_current_revision()
        serves_from = connection.execute(SERVES_FROM).scalar()
    if found is None or is_known(found):
        config.attributes["serves_from"] = last_release()
        command.upgrade(config, revision)
    elif serves_from is None or not is_known(serves_from):
        raise NotMigrated(
            f"The database has the tables of {found}, of a newer version of Kluis: start that one."
        )


def last_release() -> str:
    """Return the revision of the release before this version, which serves on its tables too."""
    return tomllib.loads((ROOT / "alembic" / "released.toml").read_text())["revision"]


def is_known(revision: str) -> bool:
    """Return whether this version knows the tables of a revision."""
    try:
        ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_revision(revision)
    except CommandError:
        return False
    return True


def act(connection: Connection, action: Any, revision: str) -> None:
    """Carry out one of alembic's commands over a connection."""
    action(configuration(connection), revision)


def configuration(connection: Connection) -> Config:
    """Return alembic's configuration for work over this connection."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    return config
