"""Bringing the database to this version's tables, once, however many servers start together."""

from pathlib import Path
from typing import Any, NamedTuple

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic import command

ROOT = Path(__file__).resolve().parent.parent
# Any number will do, as long as all servers agree on it.
ADVISORY_LOCK = 0x6B6C756973
IS_OURS = "SELECT pg_has_role('pg_database_owner', 'USAGE')"


class Known(NamedTuple):
    """The revisions of the tables that this version knows."""

    head: str
    older: frozenset[str]


def known() -> Known:
    """Return the revision that this version needs, and those before it."""
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    every = [it.revision for it in scripts.walk_revisions()]
    return Known(every[0], frozenset(every[1:]))


class NotOurs(Exception):
    """The database has another owner than the user that we came in as."""


async def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database up to `revision`; a second server waits until the first is done. Raise NotOurs."""
    await run(url, upgraded, revision)


def upgraded(config: Config, revision: str) -> None:
    """Migrate, where the database is ours. Raise NotOurs."""
    # Its owner alone sees where something is due; anybody else would find nothing, and leave it lying.
    if not config.attributes["connection"].scalar(text(IS_OURS)):
        raise NotOurs
    command.upgrade(config, revision)


async def downgrade(url: str, revision: str) -> None:
    """Migrate the database down to `revision`; `base` removes every table."""
    await run(url, command.downgrade, revision)


async def run(url: str, action: Any, revision: str) -> None:
    """Carry out one of alembic's commands in one transaction, under the lock."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            await connection.run_sync(act, action, revision)
    finally:
        await engine.dispose()


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
