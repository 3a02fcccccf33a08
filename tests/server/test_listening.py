"""Workers hear of letters when they are committed, in whatever process, and hear again after a loss."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from mail.sink import Sink
from models.letters import LETTERS_CHANNEL
from resolvers import connecting
from resolvers.database import Database
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


class Network:
    """Between whoever listens and the database: it can swallow all that is said, and nobody is told."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_silent = False
        self.lost = 0

    @asynccontextmanager
    async def between(self) -> AsyncGenerator[int]:
        """Yield the port that it leads from."""
        server = await asyncio.start_server(self._join, "127.0.0.1")
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for it in self._tasks:
                it.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._socket)
        state = [self.is_silent]
        for one, other in ((reader, back), (there, writer)):
            self._tasks.add(asyncio.create_task(self._carry(one, other, state)))

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: list[bool]
    ) -> None:
        """Carry words on; a connection over which some were lost never carries any again."""
        while words := await reader.read(1 << 16):
            lost[0] |= self.is_silent
            self.lost += lost[0]
            if not lost[0]:
                writer.write(words)
        writer.close()


async def test_whoever_listens_when_the_network_falls_silent_hears_again_when_it_is_back(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    for name in ("SECONDS_UNTIL_BACK", "SECONDS_BETWEEN_SIGNS"):
        monkeypatch.setattr(listening, name, 0.01)
    monkeypatch.setattr(listening, "SECONDS_FOR_A_SIGN", 0.3)
    monkeypatch.setattr(connecting, "CONNECTING", 0.3)
    caplog.set_level("INFO", "kluis.listening")
    address, folder = database_url.split("?host=")
    network = Network(f"{folder}/.s.PGSQL.5432")
    async with network.between() as port, over(address.replace("kluis@/", f"kluis@127.0.0.1:{port}/")) as far:
        ears = Ears()
        async with beside(Listening(far, LETTERS_CHANNEL, ears.heard.append).run()):
            await hears(api, ears)
            # when
            network.is_silent = True
            async with asyncio.timeout(20):
                while not caplog.messages:
                    await notify(api, "nobody hears it")
                    await asyncio.sleep(0.05)
            assert (ears.heard, network.lost > 0) == ([], True)
            network.is_silent = False
            # then
            await hears(api, ears)
            await notify(api, "once more")
            await ears.until("once more")
    assert {*caplog.messages} == {"nothing is heard for a moment (TimeoutError)"}


@asynccontextmanager
async def over(url: str) -> AsyncGenerator[Database]:
    database = Database(url)
    yield database
    await database.close()


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
