"""Looking at a list that others change, whatever becomes of the connection."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from random import random
from typing import TypeVar

Event = TypeVar("Event")
Page = TypeVar("Page")
LONGEST_PAUSE = 30.0
# With which a WebSocket is closed on whoever must sign in first.
SHUT_OUT = (4401, 4403)


class BeginAnew(Exception):
    """The subscription has ended, and something may have been missed."""


class Broken(Exception):
    """The connection is gone, or there was none."""


async def watch(
    hear: Callable[[], AsyncGenerator[Event]], read: Callable[[], Awaitable[Page]]
) -> AsyncGenerator[tuple[Event, Page]]:
    """Yield each event with the list after it, also after breaks; first of all what `hear` begins with.

    Which place a document has in the list the server knows, so that it is read again each time.
    """
    tries = 0
    while True:
        with suppress(BeginAnew, Broken):
            async with aclosing(hear()) as events:
                async for event in events:
                    tries = 0
                    yield event, await read()
        # At once, then less and less often, and not all clients together.
        await asyncio.sleep(random() * min(2**tries - 1, LONGEST_PAUSE))  # noqa: S311  no secret
        tries += 1


async def from_its_beginning(
    events: AsyncGenerator[Event], stands: asyncio.Event
) -> AsyncGenerator[Event | None]:
    """Yield None when a subscription stands, then its events. Raise what it raises."""
    coming = asyncio.ensure_future(anext(events))
    standing = asyncio.ensure_future(stands.wait())
    try:
        await asyncio.wait((coming, standing), return_when=asyncio.FIRST_COMPLETED)
        if standing.done():
            yield None
        with suppress(StopAsyncIteration):
            while True:
                yield await coming
                coming = asyncio.ensure_future(anext(events))
    finally:
        coming.cancel()
        standing.cancel()
        await asyncio.gather(coming, standing, return_exceptions=True)
        await events.aclose()


def why(error: BaseException, code: str | None = None) -> Exception | None:
    """Return what an error of a client library is to `watch`; None: nothing can be done about it.

    The code is that of its first GraphQL error, and the reason why a connection was closed stands behind it.
    """
    if code is not None:
        return BeginAnew() if code == "BEGIN_ANEW" else None
    behind: BaseException | None = error
    while behind:
        if getattr(getattr(behind, "rcvd", None), "code", None) in SHUT_OUT:
            return None
        behind = behind.__cause__
    return Broken()
