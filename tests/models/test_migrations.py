"""The migrations: they make the tables of the models, and take all of them away again."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from models import metadata
from server import migrations
from tests import databases
from tests.models.catalogue import asked, tables

LEFT_BEHIND = """
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT t.typname FROM pg_type t
    WHERE t.typnamespace = 'public'::regnamespace AND t.typname NOT LIKE '%alembic_version'
    UNION ALL SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL SELECT y.polname FROM pg_policy y
"""


@pytest.fixture
async def migrated_url() -> AsyncGenerator[str]:
    """A database that a test may take apart."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def empty_url() -> AsyncGenerator[str]:
    async with databases.fresh("template1") as url:
        yield url


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


async def compared(url: str) -> list[Any]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    return found


async def test_the_migrations_make_the_tables_of_the_models(migrated_url: str) -> None:
    assert await compared(migrated_url) == []
    assert await tables(migrated_url) == sorted(metadata.tables)


async def test_a_difference_would_be_found(migrated_url: str) -> None:
    await asked(migrated_url, "ALTER TABLE letter DROP COLUMN sealed")
    assert [it[0] for it in await compared(migrated_url)] == ["add_column"]


async def test_nothing_is_left_behind_on_the_way_down(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "base")
    assert await asked(migrated_url, LEFT_BEHIND) == []


async def test_the_way_up_goes_on_from_the_way_down(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "base")
    await migrations.upgrade(migrated_url)
    assert await compared(migrated_url) == []


async def test_one_step_down_takes_the_wall_away_and_leaves_the_tables(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "0001")
    assert await asked(migrated_url, "SELECT polname FROM pg_policy") == []
    assert await tables(migrated_url) == sorted(metadata.tables)
    granted = "SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'kluis_app'"
    assert await asked(migrated_url, granted) == []


async def test_migrating_twice_is_migrating_once(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await migrations.upgrade(empty_url)
    assert await compared(empty_url) == []


async def test_alembic_alone_has_no_database_to_work_on() -> None:
    config = migrations.Config(migrations.ROOT / "alembic.ini")
    with pytest.raises(SystemExit, match=r"run.py migrate"):
        migrations.command.upgrade(config, "head")
