"""The database as a licence sees it: one moment to read from, all or nothing to change."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError, ResourceClosedError

from core.errors import DatabaseAway, TookTooLong
from core.tokens import Token
from models import Document, Event, Licence
from resolvers.connecting import Terms
from resolvers.database import Database
from resolvers.fetching import driver_of
from tests.models.catalogue import asked
from tests.world import World

DESCRIPTIONS = select(Document.description)


@pytest.fixture
async def small_pool(database_url: str) -> AsyncGenerator[Database]:
    """A database that lends at most two connections."""
    opened = Database(database_url, Terms(pool_size=2))
    yield opened
    await opened.close()


@pytest.fixture
def ours(world: World) -> UUID:
    return world.firm.licence_id


async def describe(database: Database, licence_id: UUID, description: str) -> None:
    async with database.change(licence_id) as session:
        await session.execute(
            update(Document).where(Document.licence_id == licence_id).values(description=description)
        )


async def described(database: Database, licence_id: UUID) -> str:
    async with database.snapshot(licence_id) as connection:
        return (await connection.execute(DESCRIPTIONS)).scalar_one()


async def test_a_snapshot_does_not_see_what_is_committed_meanwhile(database: Database, ours: UUID) -> None:
    async with database.snapshot(ours) as connection:
        before = (await connection.execute(DESCRIPTIONS)).scalar_one()
        await describe(database, ours, "changed")
        assert (await connection.execute(DESCRIPTIONS)).scalar_one() == before
    assert await described(database, ours) == "changed"


async def test_nothing_can_be_written_in_a_snapshot(database: Database, ours: UUID) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with database.snapshot(ours) as connection:
            await connection.execute(text("UPDATE document SET description = 'changed'"))
    assert await described(database, ours) == "Huwelijkscontract"


async def test_a_change_is_committed_when_its_block_ends(database: Database, ours: UUID) -> None:
    async with database.change(ours) as session:
        session.add(event(ours))
    async with database.snapshot(ours) as connection:
        assert (await connection.execute(select(Event.kind))).scalars().all() == ["nothing.happened"]


async def test_a_change_that_fails_leaves_nothing(database: Database, ours: UUID) -> None:
    async def stop_half_way() -> None:
        async with database.change(ours) as session:
            session.add(event(ours))
            await session.flush()
            raise LookupError("half way")

    with pytest.raises(LookupError, match="half way"):
        await stop_half_way()
    async with database.snapshot(ours) as connection:
        assert (await connection.execute(select(Event.kind))).all() == []


async def test_a_change_that_the_database_refuses_leaves_nothing(database: Database, ours: UUID) -> None:
    async def be_refused() -> None:
        async with database.change(ours) as session:
            session.add(event(ours))
            await session.flush()
            await session.execute(text("SELECT nothing_of_this_name"))

    with pytest.raises(DBAPIError, match="nothing_of_this_name"):
        await be_refused()
    async with database.snapshot(ours) as connection:
        assert (await connection.execute(select(Event.kind))).all() == []


async def test_a_statement_that_is_cancelled_leaves_a_pool_that_works(
    small_pool: Database, ours: UUID
) -> None:
    async def sleep() -> None:
        async with small_pool.snapshot(ours) as connection:
            await connection.execute(select(func.pg_sleep(30)))

    for _ in range(4):
        asleep = asyncio.create_task(sleep())
        await asyncio.sleep(0.02)
        asleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asleep
    assert await described(small_pool, ours) == "Huwelijkscontract"
    async with small_pool.engine.connect() as connection:
        assert (await connection.execute(DESCRIPTIONS)).all() == []


async def test_one_that_is_cancelled_again_while_it_is_rolled_back_leaves_a_pool_that_works(
    small_pool: Database, ours: UUID
) -> None:
    async def sleep() -> None:
        async with small_pool.snapshot(ours) as connection:
            await driver_of(connection).fetch("SELECT pg_sleep(30)")

    for turns in range(4):
        asleep = asyncio.create_task(sleep())
        await asyncio.sleep(0.02)
        asleep.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        asleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asleep
        assert await described(small_pool, ours) == "Huwelijkscontract"


async def test_whoever_is_cancelled_while_a_snapshot_ends_is_cancelled(
    small_pool: Database, ours: UUID
) -> None:
    async def look(opened: asyncio.Event) -> None:
        async with small_pool.snapshot(ours):
            opened.set()

    for turns in range(6):
        opened = asyncio.Event()
        looking = asyncio.create_task(look(opened))
        await opened.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        was_under_way = looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        assert looking.cancelled() is was_under_way
        assert await described(small_pool, ours) == "Huwelijkscontract"


async def test_a_connection_that_breaks_is_not_lent_again(small_pool: Database, ours: UUID) -> None:
    async def pull_the_cable() -> None:
        async with small_pool.snapshot(ours) as connection:
            await driver_of(connection).close()
            raise ConnectionError("the cable")

    with pytest.raises(DatabaseAway) as caught:
        await pull_the_cable()
    assert str(caught.value.__cause__) == "the cable"
    assert await described(small_pool, ours) == "Huwelijkscontract"


async def test_what_fails_while_the_database_answers_is_told_as_it_is(database: Database, ours: UUID) -> None:
    with pytest.raises(ConnectionError, match="to somebody else"):
        async with database.snapshot(ours):
            raise ConnectionError("to somebody else")


async def test_a_database_that_nobody_answers_for_is_away(
    caplog: pytest.LogCaptureFixture, ours: UUID
) -> None:
    absent = Database("postgresql+asyncpg://kluis@/kluis?host=/nowhere")
    with caplog.at_level(logging.INFO, "kluis.database"), pytest.raises(DatabaseAway):
        await described(absent, ours)
    assert caplog.messages == ["the database can not be used: FileNotFoundError"]


async def test_a_database_without_room_is_away(database: Database, ours: UUID) -> None:
    # What it says when its disk is full (PostgreSQL, appendix A: class 53).
    full = text("DO $$ BEGIN RAISE disk_full; END $$")
    with pytest.raises(DatabaseAway):
        async with database.change(ours) as session:
            await session.execute(full)
    with pytest.raises(DatabaseAway):
        async with database.change(ours) as session:
            await driver_of(await session.connection()).execute(full.text)


async def test_a_statement_that_hangs_is_ended(database: Database, ours: UUID) -> None:
    async def hang() -> None:
        async with database.snapshot(ours) as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 10"))
            await connection.execute(select(func.pg_sleep(30)))

    with pytest.raises(TookTooLong):
        await hang()


async def test_where_nothing_is_set_statements_have_five_seconds(small_pool: Database, ours: UUID) -> None:
    async with small_pool.snapshot(ours) as connection:
        limits = await connection.execute(
            select(
                func.current_setting("statement_timeout"),
                func.current_setting("idle_in_transaction_session_timeout"),
            )
        )
        assert limits.one() == ("5s", "10s")


async def test_what_was_bound_is_not_in_the_text_of_an_error(database: Database, ours: UUID) -> None:
    secret = str(Token.new(ours))
    statement = select(func.to_date(bindparam("secret"), bindparam("form"), type_=None))
    with pytest.raises(DBAPIError) as caught:
        async with database.snapshot(ours) as connection:
            await connection.execute(
                statement.where(text("nothing_of_this_name")), {"secret": secret, "form": "YYYY"}
            )
    assert "nothing_of_this_name" in str(caught.value)
    assert secret not in str(caught.value)
    assert "hide_parameters" in str(caught.value)


async def test_the_application_is_not_the_owner(database: Database, ours: UUID) -> None:
    async with database.snapshot(ours) as connection:
        assert (await connection.execute(text("SELECT current_user"))).scalar_one() == "kluis_app"


async def test_licences_are_known_before_one_is_chosen(database: Database, world: World) -> None:
    assert set(await database.licence_ids()) == {world.firm.licence_id, world.other_firm.licence_id}
    assert await database.licence_ids("het-ander") == [world.other_firm.licence_id]
    assert await database.licence_ids("nobodys") == []


async def test_the_owner_sees_who_is_connected(database: Database, database_url: str, ours: UUID) -> None:
    async with database.snapshot(ours):
        seen = await asked(
            database_url,
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE "
            "datname = current_database() AND application_name = 'kluis'",
        )
    assert len(seen) == 1


async def test_a_session_does_not_outlive_its_block(database: Database, ours: UUID) -> None:
    async with database.change(ours) as session:
        assert (
            await session.execute(select(Licence.slug).where(Licence.id == ours))
        ).scalar_one() == "de-linde"
    with pytest.raises((InvalidRequestError, ResourceClosedError)):
        await session.execute(DESCRIPTIONS)


def event(licence_id: UUID) -> Event:
    return Event(licence_id=licence_id, kind="nothing.happened", occurred_at=func.now(), details={})
