"""The hosts of a database: silence of one keeps nobody from another, and does not go unnoticed."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvloop

from resolvers import hosts
from resolvers.away import AWAY
from resolvers.database import Database
from resolvers.hosts import Hosts, first
from server import running


class Silent:
    """What never answers; it counts who came."""

    def __init__(self) -> None:
        self.came = 0
        self.left = 0

    async def __call__(self) -> Any:
        self.came += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.left += 1


class Opened:
    """A connection that tells whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def terminate(self) -> None:
        self.is_closed = True


def as_it_is(connection: Opened) -> Opened:
    return connection


@pytest.fixture
def silent_port() -> Generator[int]:
    """A port on which connections are taken, and nothing is said ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "STAGGER", 0.05)


def behind(port: int, url: str) -> str:
    """Return the address of a database whose first host is another one."""
    place, _, folder = url.partition("?host=")
    return f"{place}?host=127.0.0.1:{port}&host={folder}:5432&target_session_attrs=read-write"


async def gives(made: object) -> Any:
    return made


async def refuses(error: Exception) -> Any:
    raise error


async def gives_though_cancelled(made: object) -> Any:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return made


async def test_a_host_that_keeps_silent_keeps_nobody_from_the_next(
    silent_port: int, database_url: str
) -> None:
    opened = Database(behind(silent_port, database_url))
    assert await opened.takes_changes()
    await opened.close()


async def test_the_tables_are_migrated_past_a_silent_host(silent_port: int, database_url: str) -> None:
    await running.migrate(behind(silent_port, database_url))


async def test_the_one_that_answers_is_taken_and_the_silent_one_is_left() -> None:
    silent, made = Silent(), Opened()
    assert await first([silent, partial(gives, made)]) is made
    assert (silent.came, silent.left) == (1, 1)
    assert not made.is_closed


async def test_the_next_one_is_tried_at_once_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "STAGGER", 3600)
    made = Opened()
    assert await first([partial(refuses, OSError("away")), partial(gives, made)]) is made


async def test_a_slow_one_is_waited_for_where_the_others_refuse() -> None:
    made, refused = Opened(), asyncio.Event()

    async def slow() -> Any:
        await refused.wait()
        await asyncio.sleep(0.05)
        return made

    async def refuse() -> Any:
        refused.set()
        raise ConnectionRefusedError

    assert await first([slow, refuse]) is made


async def test_where_all_refuse_the_last_one_is_told() -> None:
    with pytest.raises(OSError, match="the second"):
        await first([partial(refuses, OSError("the first")), partial(refuses, OSError("the second"))])


async def test_what_answers_too_late_is_closed() -> None:
    late, made = Opened(), Opened()
    assert await first([partial(gives_though_cancelled, late), partial(gives, made)]) is made
    assert late.is_closed


async def test_who_gives_up_leaves_nothing_behind() -> None:
    silent = Silent()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await first([silent])
    assert silent.left == 1


async def test_the_host_that_did_before_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []

    async def connect(*, host: str, port: int) -> Any:
        tried.append((host, port))
        if host != "third":
            raise ConnectionRefusedError
        return Opened()

    monkeypatch.setattr(hosts, "connect", connect)
    monkeypatch.setattr(hosts, "kept_alive", as_it_is)
    found = Hosts()
    for _ in range(2):
        await found.connected(host=["first", "second", "third"], port=[1, 2, 3])
    assert tried == [("first", 1), ("second", 2), ("third", 3), ("third", 3)]


class Wrapped:
    """What the driver has of a connection, as far as it is asked here."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport


@asynccontextmanager
async def over_network(port: int) -> AsyncGenerator[tuple[Wrapped, socket.socket]]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, "127.0.0.1", port)
    yield Wrapped(transport), transport.get_extra_info("socket")
    transport.abort()


async def is_watched(port: int) -> bool:
    async with over_network(port) as (connection, opened):
        hosts.kept_alive(connection)
        return all(bool(opened.getsockopt(*it[:2])) for it in hosts.ALIVE) and (
            opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        )


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_connection_whose_other_side_is_gone_without_a_word_is_closed_by_the_kernel(
    run: Callable[[Any], bool], silent_port: int
) -> None:
    assert run(is_watched(silent_port))


async def test_without_a_host_that_answers_the_database_is_away(database_url: str) -> None:
    opened = Database(behind(9, database_url).replace("read-write", "standby"))
    with pytest.raises(AWAY):
        await opened.takes_changes()
    await opened.close()
