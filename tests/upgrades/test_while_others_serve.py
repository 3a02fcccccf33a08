"""Migrating while other servers use the database: those of this version, and those of the one before."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server import migrations, running
from server.running import CannotRun
from tests import databases
from tests.models.catalogue import asked
from tests.upgrades.following import NEXT, following

REVISION = "SELECT version_num FROM alembic_version"
COLUMN = "SELECT 1 FROM pg_attribute WHERE attrelid = 'licence'::regclass AND attname = 'motto'"
MOTTO = "op.execute('ALTER TABLE licence ADD COLUMN motto text')"
INDEX = """with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.create_index("licence_name_index", "licence", ["id", "name"], postgresql_concurrently=True)
        op.execute("RESET lock_timeout")"""
IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'licence_name_index'::regclass"


@pytest.fixture
async def url() -> AsyncGenerator[str]:
    async with databases.fresh() as url:
        yield url


@pytest.fixture
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(migrations.PATIENCE, "lock_timeout", "50ms")
    monkeypatch.setattr(migrations, "PAUSE", 0.01)


@asynccontextmanager
async def reader(url: str) -> AsyncGenerator[AsyncConnection]:
    """Yield the connection of somebody who has read the licences, and is not done."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1 FROM licence"))
        yield connection
    await engine.dispose()


async def revision_of(url: str) -> str:
    return (await asked(url, REVISION))[0]["version_num"]


async def test_the_version_before_starts_on_newer_tables_and_leaves_them(url: str) -> None:
    with following(MOTTO):
        await migrations.upgrade(url)
    await running.migrate(url)
    assert await revision_of(url) == NEXT


async def test_an_older_version_than_that_does_not_start(url: str) -> None:
    with following(MOTTO, release=NEXT):
        await migrations.upgrade(url)
    with pytest.raises(CannotRun, match="the tables of 9999, of a newer version of Kluis: start that one"):
        await running.migrate(url)


async def test_where_nothing_is_said_of_older_versions_none_starts(url: str) -> None:
    await asked(url, "COMMENT ON COLUMN alembic_version.version_num IS NULL")
    await asked(url, "UPDATE alembic_version SET version_num = 'newer'")
    with pytest.raises(CannotRun, match="the tables of newer"):
        await running.migrate(url)


async def test_a_start_that_migrates_nothing_says_nothing_anew(url: str) -> None:
    said = "SELECT col_description('alembic_version'::regclass, 1) AS said"
    assert await asked(url, said) == [{"said": migrations.last_release()}]
    await asked(url, "COMMENT ON COLUMN alembic_version.version_num IS 'as it was'")
    await migrations.upgrade(url)
    assert await asked(url, said) == [{"said": "as it was"}]


@pytest.mark.usefixtures("_in_a_hurry")
async def test_a_migration_lets_others_go_first_and_comes_again(url: str) -> None:
    with following(MOTTO):
        async with reader(url) as first:
            migrating = asyncio.create_task(migrations.upgrade(url))
            for _ in range(3):
                # Had the migration no end of patience, it would wait for the first, and this one for it.
                async with asyncio.timeout(10), reader(url):
                    await asyncio.sleep(0.05)
            assert not migrating.done()
            await first.rollback()
            await migrating
    assert await asked(url, COLUMN)


@pytest.mark.usefixtures("_in_a_hurry")
async def test_a_migration_that_never_gets_its_turn_changes_nothing_and_says_why(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "TRIES", 2)
    both = "op.execute('CREATE TABLE motto (id int)'); " + MOTTO
    with following(both):
        async with reader(url):
            with pytest.raises(CannotRun, match="in use for longer than a migration waits"):
                await running.migrate(url)
    assert await revision_of(url) == migrations.known().head
    assert await asked(url, "SELECT 1 FROM pg_class WHERE relname = 'motto'") == []


async def test_a_migration_that_fails_by_itself_is_not_tried_again_and_leaves_nothing(url: str) -> None:
    with (
        following(MOTTO + "; op.execute('SELECT 1 / 0')"),
        pytest.raises(DBAPIError, match="division by zero"),
    ):
        await migrations.upgrade(url)
    assert await revision_of(url) == migrations.known().head
    assert await asked(url, COLUMN) == []


async def test_two_servers_make_an_index_while_somebody_writes(url: str) -> None:
    with following(INDEX):
        async with reader(url) as writer:
            await writer.execute(text("INSERT INTO licence (slug, name) VALUES ('de-linde', 'De Linde')"))
            both = asyncio.gather(migrations.upgrade(url), migrations.upgrade(url))
            await asyncio.sleep(0.2)
            await writer.execute(text("INSERT INTO licence (slug, name) VALUES ('het-ander', 'Het Ander')"))
            assert not both.done()
            await writer.commit()
            await both
    assert await asked(url, IS_VALID) == [{"indisvalid": True}]
    assert await revision_of(url) == NEXT
