"""Workers hear of letters when they are committed, in whatever process, and hear again after a loss."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from mail.sink import Sink
from models.letters import LETTERS_CHANNEL
from resolvers.request import Request
from server import listening
from server.listening import Listening
from server.worker import beside
from tests import databases
from tests.api import Api
from tests.server.desks import until_kept, worker_of


class Ears:
    """What was heard, in order."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def until(self, *words: str) -> None:
        async with asyncio.timeout(20):
            while self.heard != [*words]:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)


@asynccontextmanager
async def open_ears(api: Api) -> AsyncGenerator[Ears]:
    """Yield ears that hear already."""
    ears = Ears()
    async with beside(Listening(api.ports.database, LETTERS_CHANNEL, ears.heard.append).run()):
        await hears(api, ears)
        yield ears


async def hears(api: Api, ears: Ears) -> None:
    """Return once something is heard at all."""
    async with asyncio.timeout(20):
        while not ears.heard:
            await notify(api, "at last")
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    ears.heard.clear()


async def notify(api: Api, words: str) -> None:
    async with api.ports.database.engine.connect() as connection:
        await connection.execute(text(f"NOTIFY {LETTERS_CHANNEL}, '{words}'"))


async def write_letter(api: Api) -> None:
    request = Request(api.ports, await api.token("anna"))
    async with request.change() as change:
        await change.tell("document_shared", api.world.accounts["bert"].id)


async def test_a_letter_is_heard_of_when_it_is_committed_and_not_before(api: Api) -> None:
    await api.token("anna")
    async with open_ears(api) as ears:
        request = Request(api.ports, await api.token("anna"))
        async with request.change() as change:
            await change.tell("document_shared", api.world.accounts["bert"].id)
            await notify(api, "before")
            await ears.until("before")
        await ears.until("before", f"{api.world.firm.licence_id} 0")


async def fail(request: Request, api: Api) -> None:
    async with request.change() as change:
        await change.tell("document_shared", api.world.accounts["bert"].id)
        raise ZeroDivisionError


async def test_a_letter_that_is_rolled_back_is_not_heard_of(api: Api) -> None:
    async with open_ears(api) as ears:
        request = Request(api.ports, await api.token("anna"))
        with pytest.raises(ZeroDivisionError):
            await fail(request, api)
        await notify(api, "after")
        await ears.until("after")


async def test_whoever_lost_the_connection_hears_again(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SECONDS_UNTIL_BACK", 0.01)
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    async with open_ears(api) as ears:
        await databases.administer(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608
            f"WHERE datname = '{name}' AND query LIKE 'LISTEN%'"
        )
        await hears(api, ears)
        await notify(api, "once more")
        await ears.until("once more")


async def test_a_database_that_is_away_is_asked_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "SECONDS_UNTIL_BACK", 0.01)
    caplog.set_level("INFO", "kluis.listening")
    engine = api.ports.database.listening
    tried: list[str] = []

    class Away:
        def connect(self) -> object:
            tried.append("away")
            monkeypatch.setattr(api.ports.database, "listening", engine)
            raise ConnectionRefusedError

    monkeypatch.setattr(api.ports.database, "listening", Away())
    ears = Ears()
    async with beside(Listening(api.ports.database, LETTERS_CHANNEL, ears.heard.append).run()):
        async with asyncio.timeout(20):
            while not tried:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)
        await hears(api, ears)
    assert caplog.messages == ["nothing is heard for a moment (ConnectionRefusedError)"]


async def test_a_letter_leaves_at_once_though_the_next_round_is_an_hour_away(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.worker.SECONDS_BETWEEN_ROUNDS", 3600)
    folder = tmp_path / "mail"
    async with Sink(folder) as url, beside(worker_of(api.ports, url).run()):
        # What is written before it listens waits for the round.
        await asyncio.sleep(0.5)
        for number in (1, 2):
            await write_letter(api)
            await until_kept(folder, number)
