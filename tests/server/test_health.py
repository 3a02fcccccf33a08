"""Health: a server is ready while all that requests need is there, and says no word about what is not."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from obstore.exceptions import GenericError
from obstore.store import S3Store
from starlette.applications import Starlette

from mail.sink import Sink
from resolvers import database as databases_of
from resolvers.database import Database
from resolvers.ports import Ports
from server import checks, migrations
from server.app import create_app
from server.checks import Checks
from server.health import Check, Health, Part, Unfit
from server.running import Server, listen, server_of
from server.settings import Settings
from server.worker import Worker
from storage.store import Store
from tests.models.catalogue import asked
from tests.server.desks import worker_of

READY = (200, {"status": "ready"})
NOT_READY = (503, {"status": "not ready"})
NOWHERE = "postgresql+asyncpg://kluis@/kluis?host=/nowhere/at/all"


class House:
    """A server that is well, until a test takes something from it."""

    def __init__(self, ports: Ports, worker: Worker, sink: Sink, smtp_url: str, database_url: str) -> None:
        self.ports = ports
        self.sink = sink
        self.database_url = database_url
        self.worker = worker
        self.smtp_url = smtp_url
        self.checks = Checks(ports, worker, smtp_url)

    async def answer(self, *, without: tuple[Part, ...] = ()) -> tuple[int, object]:
        """Return what somebody is told who asks whether it is ready."""
        health = Health(self.checks.all(), without=without)
        return await told(self.ports, health, "/health/ready")


async def told(ports: Ports, health: Health, path: str) -> tuple[int, object]:
    transport = httpx.ASGITransport(create_app(ports, health=health))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        answer = await http.get(path)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


@pytest.fixture
async def house(ports: Ports, tmp_path: Path, database_url: str) -> AsyncGenerator[House]:
    sink = Sink(tmp_path / "mail")
    async with sink as smtp_url:
        yield House(ports, worker_of(ports, smtp_url), sink, smtp_url, database_url)


async def test_a_server_that_has_all_it_needs_is_ready(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert await house.answer() == READY
    assert caplog.messages == []


async def lose_the_database(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(house.ports.database, "engine", Database(NOWHERE).engine)


async def be_on_a_standby(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(databases_of, "IS_STANDBY", "SELECT true")


async def have_older_tables(house: House, _: pytest.MonkeyPatch) -> None:
    await asked(house.database_url, "UPDATE alembic_version SET version_num = '0001'")


async def lose_the_folder(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(house.ports.files.store, "_root", Path("/nowhere/at/all"))


async def lose_the_bucket(house: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(house.ports.files, "store", Store(S3Store("bucket", endpoint="http://127.0.0.1:9")))


async def lose_the_mail_server(house: House, _: pytest.MonkeyPatch) -> None:
    await house.sink.__aexit__(None, None, None)


async def lose_the_worker(_: House, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks, "LONGEST_LAG", -1)


Loses = Callable[[House, pytest.MonkeyPatch], Awaitable[None]]


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (lose_the_database, "not well: database (DatabaseAway)"),
        (be_on_a_standby, "not well: database (Unfit)"),
        (have_older_tables, "not well: migrations (Unfit)"),
        (lose_the_folder, "not well: store (FileNotFoundError)"),
        (lose_the_bucket, "not well: store ("),
        (lose_the_mail_server, "not well: mail (Unreachable)"),
        (lose_the_worker, "not well: worker (Unfit)"),
    ],
)
async def test_what_is_wanting_is_told_to_the_log_alone(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lose: Loses, said: str
) -> None:
    head = migrations.known().head
    await lose(house, monkeypatch)
    try:
        assert await house.answer() == NOT_READY
    finally:
        await asked(house.database_url, f"UPDATE alembic_version SET version_num = '{head}'")  # noqa: S608
    (line,) = [it.getMessage() for it in caplog.records if it.name == "kluis.health"]
    assert line.startswith(said)


async def test_tables_of_a_newer_version_will_do(house: House) -> None:
    head = migrations.known().head
    await asked(house.database_url, "UPDATE alembic_version SET version_num = 'newer'")
    try:
        assert await house.answer() == READY
    finally:
        await asked(house.database_url, f"UPDATE alembic_version SET version_num = '{head}'")  # noqa: S608


async def test_a_bucket_that_answers_will_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # As an S3 store does: it has no root, and what is asked for is not there.
    monkeypatch.setattr(house.ports.files.store, "_root", None)
    assert await house.answer() == READY


async def test_the_operator_says_what_may_be_wanting(house: House) -> None:
    await house.sink.__aexit__(None, None, None)
    assert await house.answer(without=(Part.WORKER,)) == NOT_READY
    assert await house.answer(without=(Part.WORKER, Part.MAIL)) == READY


class Ward:
    """Something that is looked at, and how often it was."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.looks = 0

    async def look(self) -> None:
        self.looks += 1
        if self.trouble:
            raise self.trouble


async def test_many_who_ask_cost_one_look() -> None:
    ward, rare = Ward(), Ward()
    often = Check(Part.DATABASE, ward.look, every=0)
    health = Health([often, Check(Part.MAIL, rare.look, every=3600)])
    assert await asyncio.gather(*(health.look() for _ in range(20))) == [True] * 20
    assert (ward.looks, rare.looks) == (20, 1)


async def test_what_is_not_well_is_looked_at_sooner_again_than_what_is() -> None:
    ward = Ward(Unfit())
    health = Health([Check(Part.MIGRATIONS, ward.look, every=3600, again=0)])
    assert not await health.look()
    ward.trouble = None
    assert [await health.look() for _ in range(2)] == [True, True]
    assert ward.looks == 2


async def test_many_who_ask_for_what_is_not_well_cost_one_look() -> None:
    ward = Ward(Unfit())
    health = Health([Check(Part.MAIL, ward.look, every=0, again=3600)])
    assert await asyncio.gather(*(health.look() for _ in range(20))) == [False] * 20
    assert ward.looks == 1


async def test_a_trouble_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    ward = Ward(Unfit())
    health = Health([Check(Part.STORE, ward.look, every=0, again=0)])
    assert [await health.look() for _ in range(3)] == [False] * 3
    assert list(health.wanting) == [Part.STORE]
    ward.trouble = GenericError("what it said")
    assert not await health.look()
    ward.trouble = None
    assert await health.look()
    assert caplog.messages == [
        "not well: store (Unfit)",
        "not well: store (GenericError)",
        "all is well again",
    ]


async def test_the_program_lives_though_nothing_else_does(ports: Ports) -> None:
    health = Health([Check(Part.DATABASE, Ward(Unfit()).look, every=0)])
    assert await told(ports, health, "/health/live") == (200, {"status": "live"})


async def test_a_server_that_stops_is_not_ready_first_and_answers_still(ports: Ports) -> None:
    app = create_app(ports)
    with listen(Settings(port=0)) as listening:
        server = server_of(app, grace=3600)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/health"
        async with httpx.AsyncClient(timeout=60) as http:
            assert (await http.get(f"{url}/ready")).status_code == 200
            server.be_told(signal.SIGTERM)
            assert (await http.get(f"{url}/ready")).status_code == 503
            assert (await http.get(f"{url}/live")).status_code == 200
            assert not server.should_exit
            server.be_told(signal.SIGTERM)
            assert not server.should_exit
        # Whoever is told again by hand does not wait.
        server.be_told(signal.SIGINT)
        async with asyncio.timeout(20):
            await serving


def test_an_application_without_health_stops_as_well() -> None:
    server = server_of(Starlette())
    server.be_told(signal.SIGTERM)
    assert server.should_exit


@pytest.mark.parametrize("again", [True, False])
async def test_the_grace_ends_once(ports: Ports, monkeypatch: pytest.MonkeyPatch, *, again: bool) -> None:
    heard: list[int] = []

    def leave(server: Server, number: int, _: None) -> None:
        heard.append(number)
        server.should_exit = True

    monkeypatch.setattr(Server, "handle_exit", leave)
    server = server_of(create_app(ports), grace=0.01)
    server.be_told(signal.SIGINT)
    if again:
        server.be_told(signal.SIGINT)
    await asyncio.sleep(0.05)
    assert heard == [signal.SIGINT]
