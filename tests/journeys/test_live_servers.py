"""Live events of several servers: what is done on one is heard on all, and nothing is lost by the way."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, Final

import pytest

from models.feed import LIVE_CHANNEL
from resolvers.database import Database
from resolvers.ports import Ports
from resolvers.switchboard import Switchboard
from schema import subscribing
from server import listening, live
from server.app import create_app
from server.listening import Listening
from server.web_sockets import HAS_ENDED
from tests import databases
from tests.api import Api
from tests.http.hearing import PATIENCE
from tests.http.hearing import listening as hearing
from tests.http.serving import served
from tests.journeys.feeding import give_numbers
from tests.journeys.lively import added, alive, gone, share
from tests.journeys.test_live_ends import is_blocked, signs_out

AN_HOUR: Final = 3600


@pytest.fixture
async def elsewhere(api: Api, database_url: str) -> AsyncGenerator[Ports]:
    """The ports of a second server, with connections of its own."""
    database = Database(database_url, databases.PATIENT)
    yield replace(api.ports, database=database)
    await database.close()


def deafness(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set when a connection that ended would come back, and what lets it."""
    real, deaf, may_hear = Listening._listen, asyncio.Event(), asyncio.Event()  # pyright: ignore[reportPrivateUsage]
    may_hear.set()

    async def listen(it: Listening) -> None:
        if not may_hear.is_set():
            deaf.set()
        await may_hear.wait()
        await real(it)

    monkeypatch.setattr(Listening, "_listen", listen)
    monkeypatch.setattr(listening, "SECONDS_UNTIL_BACK", 0)
    return deaf, may_hear


async def kill(database_url: str, channel: str) -> None:
    """End the connections of a database over which a channel is heard."""
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    await databases.administer(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608
        f"WHERE datname = '{name}' AND query LIKE 'LISTEN%{channel}%'"
    )


async def test_what_is_done_on_one_server_is_heard_on_the_other(
    api: Api, elsewhere: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SECONDS_BETWEEN_ROUNDS", AN_HOUR)
    monkeypatch.setattr(subscribing, "BEAT", AN_HOUR)
    # The API is asked through `api.ports`, and numbers are given there.
    async with alive(api.ports) as here, served(create_app(elsewhere)) as there:
        async with hearing(here, api, "carla") as one, hearing(there, api, "carla") as other:
            await share(api, "carla", "READ")
            assert [await it.event() for it in (one, other)] == [added(api)] * 2
            await share(api, "carla")
            assert [await it.event() for it in (one, other)] == [gone(api)] * 2
        async with hearing(there, api, "bert") as bert:
            await is_blocked(api)
            assert await bert.end() == (4401, HAS_ENDED)


async def test_nothing_is_lost_while_nobody_hears(
    api: Api, database_url: str, elsewhere: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SECONDS_BETWEEN_ROUNDS", AN_HOUR)
    monkeypatch.setattr(subscribing, "BEAT", AN_HOUR)
    deaf, may_hear = deafness(monkeypatch)
    async with (
        served(create_app(elsewhere)) as url,
        hearing(url, api, "carla") as carla,
        hearing(url, api, "bert") as bert,
    ):
        await share(api, "carla", "READ")
        await give_numbers(api)
        assert await carla.event() == added(api)
        may_hear.clear()
        await kill(database_url, LIVE_CHANNEL)
        async with asyncio.timeout(PATIENCE):
            await deaf.wait()
        await share(api, "carla")
        await signs_out(api)
        await give_numbers(api)
        await carla.nothing_more()
        await bert.nothing_more()
        may_hear.set()
        assert await carla.event() == gone(api)
        assert await bert.end() == (4401, HAS_ENDED)


async def test_what_was_never_notified_is_found_in_a_round(
    api: Api, elsewhere: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SECONDS_BETWEEN_ROUNDS", 0.1)

    def nothing(_board: Switchboard, _heard: str) -> None:
        return

    monkeypatch.setattr(Switchboard, "hear", nothing)
    async with served(create_app(elsewhere)) as url, hearing(url, api, "carla") as carla:
        await share(api, "carla", "READ")
        await give_numbers(api)
        assert await carla.event() == added(api)


async def test_a_database_that_does_not_answer_is_read_again(
    api: Api, elsewhere: Ports, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "SECONDS_UNTIL_BACK", 0.01)
    real = Switchboard._read_some  # pyright: ignore[reportPrivateUsage]
    tried: list[object] = []

    async def read(board: Switchboard, exchange: Any) -> int:
        tried.append(exchange)
        if len(tried) == 1:
            raise ConnectionRefusedError
        return await real(board, exchange)

    monkeypatch.setattr(Switchboard, "_read_some", read)
    async with served(create_app(elsewhere)) as url, hearing(url, api, "carla") as carla:
        await share(api, "carla", "READ")
        await give_numbers(api)
        assert await carla.event() == added(api)
    assert caplog.messages == ["live events wait: ConnectionRefusedError"]
