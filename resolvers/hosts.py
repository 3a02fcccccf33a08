"""The hosts of a database: the one that will do is found while others keep silent; silence is noticed."""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  it has none

# In seconds. A machine that has died does not refuse a connection: it keeps silent.
STAGGER: Final = 0.5
ALIVE: Final = (
    # While nothing is said it is asked whether it is there; in seconds.
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    # How long it may leave unconfirmed what was sent, in milliseconds.
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000),
)
"""The kernel closes a connection to a host that was silent so long; else it takes a quarter of an hour."""

Attempt = Callable[[], Awaitable[Any]]


class Hosts:
    """Those of one address; the one that did before is tried first."""

    def __init__(self) -> None:
        self._first = 0

    async def connected(self, *where: Any, **said: Any) -> Any:
        """Return a connection of the driver's. Raise OSError, asyncpg.PostgresError, asyncpg.ClientError."""
        hosts = said.get("host")
        if not isinstance(hosts, list):
            return kept_alive(await connect(*where, **said))
        places = list(zip(cast("list[str]", hosts), said["port"], strict=True))
        order = [*range(self._first, len(places)), *range(self._first)]

        async def attempt(number: int) -> Any:
            host, port = places[number]
            connection = await connect(*where, **said | {"host": host, "port": port})
            self._first = number
            return kept_alive(connection)

        return await first([partial(attempt, it) for it in order])


async def connect(*where: Any, **said: Any) -> Any:
    """Return a connection to one host, which keeps to the time that is said."""
    return await cast("Any", asyncpg).connect(*where, **said)


async def first(attempts: Sequence[Attempt]) -> Any:
    """Return what comes of the first that succeeds. Raise what the last one raises, when all fail.

    The next one begins when another has failed, or keeps silent.
    """
    waiting, running = deque(attempts), set[asyncio.Future[Any]]()
    trouble: BaseException | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(waiting.popleft()()))
            done, _ = await asyncio.wait(
                running, timeout=STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for it in done:
                running.remove(it)
                trouble = it.exception()
                if trouble is None:
                    return it.result()
    finally:
        await give_up(running)
    assert trouble
    raise trouble


async def give_up(running: set[asyncio.Future[Any]]) -> None:
    """End the others, and close what came of them all the same."""
    for it in running:
        it.cancel()
    for it in await asyncio.gather(*running, return_exceptions=True):
        if not isinstance(it, BaseException):
            it.terminate()


def kept_alive(connection: Any) -> Any:
    """Return the connection, which ends by itself when the other side has gone without a word."""
    opened = connection._transport.get_extra_info("socket")  # noqa: SLF001  it has no other way to it
    if opened.family != socket.AF_UNIX:
        for option in ALIVE:
            opened.setsockopt(*option)
    return connection
