"""The running worker: it finds new letters, outlives the database, and stops when told to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest

from mail.sink import Sink
from resolvers.database import Database
from server.postman import BATCH
from server.worker import SECONDS_UNTIL_BACK, Worker
from tests import databases
from tests.conftest import SetClock
from tests.mail.correspondents import firm
from tests.server.desks import Desk, postman, until_kept


@pytest.fixture
async def database_url() -> AsyncGenerator[str]:
    """A database of its own: one that is shared must not go away."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def desk(database: Database, clock: SetClock, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A worker whose mail server keeps what it gets in `tmp_path`."""
    async with Sink(tmp_path) as url:
        yield Desk(database, clock, url, await firm(database))


async def test_a_running_worker_empties_the_outbox_without_resting(desk: Desk, tmp_path: Path) -> None:
    for number in range(BATCH + 1):
        await desk.queue(recipient=f"client{number}@example.com")
    async with desk.running():
        await until_kept(tmp_path, BATCH + 1)


async def test_a_running_worker_looks_for_new_letters(desk: Desk, tmp_path: Path) -> None:
    async with desk.running():
        for number in (1, 2):
            await desk.queue()
            await until_kept(tmp_path, number)


async def test_a_worker_that_hears_of_a_letter_looks_at_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.worker.SECONDS_BETWEEN_ROUNDS", 3600)
    async with desk.running():
        for number in (1, 2):
            await desk.queue()
            desk.worker.hear(f"{desk.licence_id} 0")
            await until_kept(tmp_path, number)


class HardOfHearing:
    """A mail server's side that drops a cancellation, as the library may on Python 3.11."""

    def __init__(self) -> None:
        self.is_sending = asyncio.Event()

    async def send(self, message: EmailMessage) -> None:  # noqa: ARG002
        with suppress(asyncio.CancelledError):
            self.is_sending.set()
            await asyncio.Event().wait()

    async def close(self) -> None:
        pass


async def test_a_worker_stops_though_a_cancellation_was_not_heard(desk: Desk) -> None:
    transport = HardOfHearing()
    worker = Worker(desk.database, postman(desk.database, desk.clock, transport))
    letter_id = await desk.queue()
    task = asyncio.create_task(worker.run())
    await transport.is_sending.wait()
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.wait([task])
    assert task.cancelled()
    assert (await desk.letter(letter_id)).state == "SENT"


async def test_a_worker_outlives_a_database_that_is_away(
    desk: Desk, tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    async with desk.running():
        await desk.queue()
        await until_kept(tmp_path, 1)
        await databases.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await databases.administer(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        )
        await until_away(caplog)
        # Time to be turned away once more: that is not worth another line.
        await asyncio.sleep(SECONDS_UNTIL_BACK * 2)
        await databases.administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await desk.database.close()
        await desk.queue()
        await until_kept(tmp_path, 2)
    (said,) = caplog.messages
    assert said.startswith("the database is away (")


async def until_away(caplog: pytest.LogCaptureFixture) -> None:
    """Wait for the worker to say that the database is away."""
    async with asyncio.timeout(60):
        while not caplog.messages:  # noqa: ASYNC110  nor does a log
            await asyncio.sleep(0.01)
