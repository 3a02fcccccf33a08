"""Few fixtures: a database, the ports, the cast's world, and the API as each of them sees it."""

import os
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import coverage
import httpx
import pytest

from auth.keys import open_keys
from auth.opaque_ids import OpaqueIds
from auth.passwords import CHEAPEST, Passwords
from core.clock import Clock
from models.tables import Entity
from resolvers.database import Database
from resolvers.points import Points
from resolvers.ports import Ports
from server.app import create_app
from server.embedded import embedded
from storage.files import Files
from storage.store import Store
from tests import births, databases, programs
from tests.api import Api
from tests.canaries import Watch
from tests.kept_world import bring_world
from tests.world import World

START = datetime(2026, 1, 30, 9, 0, tzinfo=UTC)
UPLOAD_LIMIT = 100_000
LARGE_UPLOAD_LIMIT = 4_000_000
stack = pytest.StashKey[object]()
WATCH: Final = Watch()
# By this coverage is measured in the programs that a test starts.
TO_CHILDREN: Final = "COVERAGE_PROCESS_CONFIG"


class SetClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by

    async def agree(self) -> None:
        """Stay: where tests set the time, the database's is another."""


def pytest_configure(config: pytest.Config) -> None:
    """Watch the log; start one PostgreSQL for the whole run, in the process that all workers descend from."""
    WATCH.begin(config)
    births.remember()
    if hasattr(config, "workerinput") or config.option.collectonly or databases.VARIABLE in os.environ:
        return
    folder = TemporaryDirectory(prefix="kluis-tests-")
    server = embedded(Path(folder.name), sync=False)
    os.environ[databases.VARIABLE] = server.__enter__()

    def stop() -> None:
        del os.environ[databases.VARIABLE]
        server.__exit__(None, None, None)
        folder.cleanup()

    config.add_cleanup(stop)
    databases.run(databases.make_template())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """End with what is not measured: what is computed once in a process, as statements are, is measured then.

    Of that first what takes long: what is short can be shared in the end.
    """
    tests_in = Counter(it.path for it in items if it.get_closest_marker("at_length"))
    items.sort(key=lambda it: tests_in[it.path] if it.get_closest_marker("at_length") else 0)


def pytest_sessionfinish() -> None:
    """Keep what was covered: a worker that takes longer than ten seconds to end is killed."""
    if measuring := coverage.Coverage.current():
        measuring.save()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Do not measure what only repeats at length what others cover: it takes up to three times as long."""
    measuring = coverage.Coverage.current()
    if not measuring or not item.get_closest_marker("at_length"):
        return (yield)
    measuring.stop()
    passed_on = os.environ.pop(TO_CHILDREN, None)
    try:
        return (yield)
    finally:
        if passed_on is not None:
            os.environ[TO_CHILDREN] = passed_on
        measuring.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No secret may be logged; in CI whatever a test needs must be there."""
    report = yield
    WATCH.insist(report)
    if os.environ.get("CI") == "true":
        programs.insist(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logfinish() -> None:
    """Forget what no other test can use, and what would make a process that runs thousands of them grow.

    Mappers keep the statements that they compiled for each engine, and nearly every test has an engine of its
    own.
    """
    for it in Entity.registry.mappers:
        vars(it).pop("_compiled_cache", None)


@pytest.fixture(scope="session")
def own_database() -> str:
    """The database of this process: what a test leaves in it, the next one takes out."""
    name = f"of_{os.getpid()}"
    databases.run(databases.administer(f"CREATE DATABASE {name} TEMPLATE {databases.TEMPLATE}"))
    return databases.url_of(name)


@pytest.fixture
async def database_url(own_database: str) -> str:
    """The address of an empty database."""
    await databases.empty(own_database)
    return own_database


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    opened = Database(database_url, databases.PATIENT)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ports(database: Database, clock: SetClock, tmp_path: Path) -> Ports:
    return ports_over(database, Store.open(tmp_path / "files"), clock, keys_in=tmp_path)


# One for all tests: threads that end together, while coverage traces, can hang CPython 3.11 (a callback that
# runs when a greenlet's thread is gone waits for the next such callback, which waits for it).
PASSWORDS: Final = Passwords(CHEAPEST)


def ports_over(database: Database, store: Store, clock: Clock, *, keys_in: Path) -> Ports:
    """Return the ports of a server of its own, whose keys are in a folder."""
    keys = open_keys(keys_in / "keys.json")
    return Ports(
        database=database,
        files=Files(store),
        clock=clock,
        passwords=PASSWORDS,
        keys=keys,
        ids=OpaqueIds(keys.ids),
        public_url="http://kluis.test",
        origins=("http://kluis.test",),
        upload_limit=UPLOAD_LIMIT,
        large_upload_limit=LARGE_UPLOAD_LIMIT,
        news_wait=timedelta(),
        points=Points(database),
    )


@pytest.fixture
async def world(ports: Ports, database_url: str) -> World:
    return await bring_world(ports, database_url)


@pytest.fixture
async def api(ports: Ports, world: World) -> AsyncGenerator[Api]:
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        yield Api(ports, world, http)
