"""Loads at a rate of their own, however the server bears them: reads that are timed, and tries to sign in."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import count, cycle
from math import inf
from random import Random
from typing import Any, Final

from bench.load import Line, Reply, posted
from bench.servers import Server

SIGN_IN: Final = """mutation ($input: SignInInput!) {
  signIn(input: $input) { step userErrors { code } }
}"""
CODE: Final = re.compile(rb'"code":"(\w+)"')
# The addresses of benchmarks (RFC 2544, appendix C.2.2), and one that never stops (RFC 5737).
FIRST_ADDRESS: Final = IPv4Address("198.18.0.0")
ADDRESSES: Final = 1 << 17
STUBBORN: Final = IPv4Address("198.51.100.1")
STUBBORN_IN_EVERY: Final = 9
# A try for which all of so many connections wait already is not sent.
MOST_LINES: Final = 400
# In seconds; uvicorn ends a connection that nobody has used for five.
KEPT_FOR: Final = 3


class Lines:
    """The connections to a server: as many as must wait at once, up to a bound."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opened = 0
        # The last to come back is the first to go out, with the moment until which it is used again.
        self.idle: list[tuple[float, Line]] = []

    async def exchange(self, request: bytes) -> Reply | None:
        """Return the answer to a request; None where no connection is left to send it over."""
        self._close(until=time.perf_counter())
        if not self.idle and self.opened == MOST_LINES:
            return None
        line = self.idle.pop()[1] if self.idle else await self._open()
        reply = await line.exchange(request)
        self.idle.append((time.perf_counter() + KEPT_FOR, line))
        return reply

    def close(self) -> None:
        """End all connections, which nobody uses any more."""
        self._close(until=inf)

    async def _open(self) -> Line:
        self.opened += 1
        return Line(*await asyncio.open_connection("127.0.0.1", self.server.port))

    def _close(self, until: float) -> None:
        while self.idle and self.idle[0][0] < until:
            self.idle.pop(0)[1].writer.close()
            self.opened -= 1


@dataclass(slots=True)
class Found:
    """What came of a load: seconds that each answer took, by what it was, and how late each was sent."""

    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))
    late: list[float] = field(default_factory=list[float])


class Reads:
    """The same page, which each of several readers asks for in turn, and gets as it was the first time."""

    GOOD: Final = "answered"
    BAD: Final = "refused"

    def __init__(self, lines: Lines, pages: Sequence[tuple[bytes, bytes]]) -> None:
        self.lines = lines
        self.pages = cycle(pages)

    async def send(self, found: Found) -> None:
        """Ask for the page, and note how long it took."""
        request, expected = next(self.pages)
        began = time.perf_counter()
        reply = await self.lines.exchange(request)
        is_good = reply is not None and reply.body == expected
        found.waits[self.GOOD if is_good else self.BAD].append(time.perf_counter() - began)


class Tries:
    """Sign-ins that fail: of names that are somebody's and of names that are nobody's, from many addresses.

    The proxy that would stand before the server tells the addresses; most of them come once, one in nine
    tries is from the same address.
    """

    def __init__(self, lines: Lines, known: Sequence[str]) -> None:
        self.lines = lines
        self.known = known
        self.numbers = count()

    async def send(self, found: Found) -> None:
        """Try to sign in, and note what was answered."""
        request = self.request(next(self.numbers))
        began = time.perf_counter()
        answer = answer_of(await self.lines.exchange(request))
        found.waits[answer].append(time.perf_counter() - began)

    def request(self, number: int) -> bytes:
        """Return the try of this number."""
        is_known = number % 2 == 0
        name = self.known[number // 2 % len(self.known)] if is_known else f"nobody-{number}@bench.example"
        is_stubborn = number % STUBBORN_IN_EVERY == 0
        address = STUBBORN if is_stubborn else FIRST_ADDRESS + number % ADDRESSES
        given = {"input": {"username": name, "password": f"a guess, the {number}th"}}
        return posted({"query": SIGN_IN, "variables": given}, f"X-Forwarded-For: {address}")


def answer_of(reply: Reply | None) -> str:
    """Return how a try was answered, in one word of the product's, and by which status."""
    if reply is None:
        return "not sent"
    code = CODE.search(reply.body)
    return f"{code[1].decode() if code else 'SIGNED_IN'}, {reply.status}"


async def at_rate(
    per_second: float, seconds: float, send: Callable[[Found], Coroutine[Any, Any, None]], round_: int
) -> Found:
    """Send so many a second, each at a moment of its own; return what came of all, once all are answered.

    Whoever waits for an answer before he sends the next asks a slow server less, and hides how slow it is.
    The moments are the same ones in every load of a round.
    """
    chance = Random(round_)  # noqa: S311  no secret
    found, began = Found(), time.perf_counter()
    due = chance.expovariate(per_second) if per_second else inf
    async with asyncio.TaskGroup() as group:
        while due < seconds:
            await asyncio.sleep(began + due - time.perf_counter())
            found.late.append(time.perf_counter() - began - due)
            group.create_task(send(found))
            due += chance.expovariate(per_second)
    return found
