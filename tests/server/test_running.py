"""Running: the socket, the database, the demo's world, and the worker, each for itself."""

import asyncio
import gc
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.routing import Route

from core.clock import SystemClock
from demo import world
from mail.sink import Sink
from models import Document, Letter
from resolvers.database import Database
from resolvers.founding import found_licence
from server import running
from server.running import CannotRun
from server.settings import Settings
from tests import databases

NOWHERE = "postgresql+asyncpg://kluis@/kluis?host=/nowhere/at/all"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, port=0)


def test_connections_wait_until_the_server_answers(settings: Settings) -> None:
    with running.listen(settings) as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        with socket.create_connection((host, port), timeout=5):
            pass


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
def test_an_address_with_colons_is_of_ipv6(tmp_path: Path) -> None:
    with running.listen(Settings(home=tmp_path, host="::1", port=0)) as listening:
        assert listening.family is socket.AF_INET6


def test_a_port_that_is_taken_is_told_in_one_line(settings: Settings) -> None:
    with running.listen(settings) as listening:
        taken = running.on_port_of(settings, listening)
        with pytest.raises(CannotRun) as caught:
            running.listen(taken)
    place = f"127.0.0.1:{taken.port}"
    assert (
        str(caught.value)
        == f"Cannot listen on {place}: Address already in use. Set KLUIS_PORT to another port."
    )


def test_a_free_port_is_known_once_it_is_taken(settings: Settings) -> None:
    with running.listen(settings) as listening:
        known = running.on_port_of(settings, listening)
        assert known.port == listening.getsockname()[1] > 0
        assert known.public_url == f"http://127.0.0.1:{known.port}"
        assert (known.home, known.database_url) == (settings.home, settings.database_url)
        assert running.on_port_of(known, listening) is known


def test_a_public_address_that_is_set_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, port=0, public_url="https://portal.example")
    with running.listen(settings) as listening:
        assert running.on_port_of(settings, listening).public_url == "https://portal.example"


def test_a_database_that_is_set_is_taken_as_it_is(settings: Settings) -> None:
    with running.database(settings) as url:
        assert url == settings.database_url
    assert not (settings.home / "postgres").exists()


@pytest.mark.parametrize(
    "url", [NOWHERE, "postgresql+asyncpg://kluis@127.0.0.1:9/kluis", "none of this name"]
)
async def test_a_database_that_is_not_there_is_told_in_one_line(url: str) -> None:
    with pytest.raises(CannotRun) as caught:
        await running.migrate(url if "://" in url else databases.url_of("none_of_this_name"))
    assert str(caught.value).startswith("The database does not answer: ")
    assert "\n" not in str(caught.value)


async def test_migrating_makes_the_tables() -> None:
    async with databases.fresh("template1") as url:
        await running.migrate(url)
        opened = Database(url)
        assert await opened.licence_ids() == []
        await opened.close()


async def test_the_demo_writes_its_world_into_an_empty_database(
    settings: Settings, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running.opened(settings, database_url) as ports:
        assert await world.is_empty(ports.database)
        await running.open_demo(settings, ports)
        first = await world.account_ids(ports.database)
        documents = await count_documents(ports.database)
    assert documents > 0
    assert str(settings.home / "mail") in capsys.readouterr().out

    async with running.opened(settings, database_url) as ports:
        await running.open_demo(settings, ports)
        assert await world.account_ids(ports.database) == first
        assert await count_documents(ports.database) == documents
        assert len(await ports.database.licence_ids()) == 1


async def test_the_demo_does_not_open_in_a_database_of_others(
    settings: Settings, database: Database, database_url: str
) -> None:
    await found_licence(database, "de-linde", "Kantoor De Linde")
    with pytest.raises(CannotRun, match="This database holds licences, and no demo"):
        async with running.application(settings, database_url, is_demo=True):
            pytest.fail("it opens")
    assert not (settings.home / "demo.json").exists()
    assert len(await database.licence_ids()) == 1


async def test_a_server_that_is_no_demo_writes_no_world(settings: Settings, database_url: str) -> None:
    given = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    async with running.application(given, database_url, is_demo=False) as app:
        assert not (given.home / "demo.json").exists()
        assert not [it for it in app.routes if isinstance(it, Route) and it.path == "/portal"]
        assert not (given.home / "mail").exists()
    opened = Database(database_url)
    assert await world.is_empty(opened)
    await opened.close()


async def test_the_worker_delivers_beside_servers(
    settings: Settings, database: Database, database_url: str, tmp_path: Path
) -> None:
    founded = await found_licence(database, "de-linde", "Kantoor De Linde")
    now = SystemClock().now() - timedelta(seconds=1)
    async with database.change(founded.licence_id) as session:
        session.add(
            Letter(
                licence_id=founded.licence_id,
                kind="document_shared",
                recipient="bert@callewaert.example",
                language="NL",
                details={"title": None, "given_name": "Bert", "family_name": "Callewaert"},
                queued_at=now,
                due_at=now,
            )
        )
    folder = tmp_path / "mail"
    async with Sink(folder) as smtp_url:
        delivering = asyncio.create_task(running.deliver(settings, database_url, smtp_url))
        async with asyncio.timeout(20):
            while not list(folder.glob("*bert@callewaert.example*")):  # noqa: ASYNC110  another program's
                await asyncio.sleep(0.02)
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivering


async def count_documents(database: Database) -> int:
    (licence_id,) = await database.licence_ids(world.SLUG)
    async with database.snapshot(licence_id) as connection:
        return (await connection.execute(select(func.count()).select_from(Document))).scalar_one()


def test_what_is_loaded_is_out_of_the_collectors_sight() -> None:
    before = gc.get_threshold()
    gc.unfreeze()
    try:
        running.set_aside()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == (running.OBJECTS_A_ROUND, running.ROUNDS, running.ROUNDS)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
