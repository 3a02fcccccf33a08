"""The second wall: what the database itself refuses, whatever the application's own filters say."""

from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models import Document, DocumentRelation, Event, Licence, metadata
from resolvers.connecting import Terms
from resolvers.database import Database
from tests.models.catalogue import asked
from tests.world import World

WALLED = sorted(set(metadata.tables) - {"licence"})


@pytest.fixture
async def small_pool(database_url: str) -> AsyncGenerator[Database]:
    """A database with one connection, so that everybody uses the same."""
    opened = Database(database_url, Terms(pool_size=1))
    yield opened
    await opened.close()


async def counted(connection: AsyncConnection, table: str) -> int:
    found = await connection.execute(select(func.count()).select_from(metadata.tables[table]))
    return found.scalar_one()


@pytest.mark.parametrize("used", [False, True])
async def test_without_a_licence_nothing_is_seen_but_which_licences_there_are(
    small_pool: Database,
    world: World,
    used: bool,  # noqa: FBT001
) -> None:
    # On a new connection the setting is null; once it was set in a transaction, it is empty.
    if used:
        async with small_pool.snapshot(world.firm.licence_id):
            pass
    async with small_pool.engine.connect() as connection:
        setting = func.current_setting("kluis.licence", True)  # noqa: FBT003  PostgreSQL's: a missing one is null
        assert (await connection.execute(select(setting))).scalar_one() == ("" if used else None)
        assert {table: await counted(connection, table) for table in WALLED} == dict.fromkeys(WALLED, 0)
        slugs = (await connection.execute(select(Licence.slug).order_by(Licence.slug))).scalars()
        assert list(slugs) == ["de-linde", "het-ander"]


async def test_a_statement_without_any_filter_finds_the_licences_own_rows_alone(
    database: Database, world: World, database_url: str
) -> None:
    async with database.snapshot(world.firm.licence_id) as connection:
        seen = {table: await counted(connection, table) for table in WALLED}
    own = {table: await owned(database_url, table, world.firm.licence_id) for table in WALLED}
    assert seen == own
    assert seen["document"] == 1
    assert await owned(database_url, "document", world.other_firm.licence_id) == 1


async def test_a_licence_that_there_is_not_has_nothing(database: Database, world: World) -> None:
    assert world.document.id
    async with database.snapshot(uuid4()) as connection:
        assert {table: await counted(connection, table) for table in WALLED} == dict.fromkeys(WALLED, 0)


async def test_a_row_of_another_licence_cannot_be_written(database: Database, world: World) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.change(world.firm.licence_id) as session:
            session.add(event_of(world.other_firm.licence_id))


async def test_a_row_cannot_be_moved_to_another_licence(database: Database, world: World) -> None:
    moved = update(Document).values(licence_id=world.other_firm.licence_id)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.change(world.firm.licence_id) as session:
            await session.execute(moved.execution_options(synchronize_session=False))


async def test_a_row_of_another_licence_cannot_be_changed_or_deleted(
    database: Database, world: World, database_url: str
) -> None:
    async with database.change(world.firm.licence_id) as session:
        named = update(Document).where(Document.id == world.foreign_document.id).values(description="stolen")
        await session.execute(named.execution_options(synchronize_session=False))
        await session.execute(
            text("DELETE FROM document_grant WHERE document_id = :id").bindparams(
                id=world.foreign_document.id
            )
        )
    kept = """
        SELECT description FROM document JOIN document_grant ON document_id = document.id
        WHERE document.id = :id
    """
    found = await asked(database_url, kept, id=world.foreign_document.id)
    assert {it["description"] for it in found} == {"Geheim van een ander"}


async def test_another_licence_cannot_be_renamed(database: Database, world: World) -> None:
    async with database.change(world.firm.licence_id) as session:
        renamed = update(Licence).where(Licence.id == world.other_firm.licence_id).values(name="ours")
        await session.execute(renamed.execution_options(synchronize_session=False))
        names = (await session.execute(select(Licence.name))).scalars().all()
    assert "ours" not in names


async def test_a_reference_to_another_licence_is_refused_even_to_the_owner(
    world: World, database_url: str
) -> None:
    statement = """
        INSERT INTO document_relation (licence_id, document_id, relation_id)
        VALUES (:licence, :document, :relation)
    """
    ours, theirs = world.firm.licence_id, world.other_firm.licence_id
    carla = world.relations["carla"].id
    for licence, document in ((ours, world.foreign_document.id), (theirs, world.foreign_document.id)):
        with pytest.raises(IntegrityError, match="ForeignKeyViolation"):
            await asked(database_url, statement, licence=licence, document=document, relation=carla)


async def test_a_reference_within_a_licence_is_not_refused(database: Database, world: World) -> None:
    licence_id = world.firm.licence_id
    async with database.change(licence_id) as session:
        values = {"document_id": world.document.id, "relation_id": world.relations["carla"].id}
        await session.execute(insert(DocumentRelation).values(licence_id=licence_id, **values))


async def test_an_event_cannot_be_changed_or_deleted(database: Database, world: World) -> None:
    licence_id = world.firm.licence_id
    async with database.change(licence_id) as session:
        session.add(event_of(licence_id))
    for statement in ("UPDATE event SET kind = 'nothing'", "DELETE FROM event", "TRUNCATE event"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.change(licence_id) as session:
                await session.execute(text(statement))


async def test_the_licence_of_one_transaction_is_not_that_of_the_next(
    small_pool: Database, world: World
) -> None:
    async with small_pool.snapshot(world.firm.licence_id) as connection:
        assert await counted(connection, "document") == 1
        first = (await connection.execute(select(func.pg_backend_pid()))).scalar_one()
    async with small_pool.change(world.firm.licence_id) as session:
        assert (await session.execute(select(func.count()).select_from(Document))).scalar_one() == 1
    async with small_pool.engine.connect() as connection:
        assert (await connection.execute(select(func.pg_backend_pid()))).scalar_one() == first
        assert await counted(connection, "document") == 0


async def owned(url: str, table: str, licence_id: UUID) -> int:
    counting = f"SELECT count(*) AS rows FROM {table} WHERE licence_id = :licence"  # noqa: S608
    (row,) = await asked(url, counting, licence=licence_id)
    return row["rows"]


def event_of(licence_id: UUID) -> Event:
    return Event(licence_id=licence_id, kind="nothing.happened", occurred_at=func.now(), details={})
