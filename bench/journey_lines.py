"""Connections that stay open, as browsers keep them: any of those that are free carries the next request."""

import asyncio
import time
from random import Random
from typing import Final

from bench.load import Line, Reply

# The kernel gives each to one of the server's processes: of few, one process would get more than its part.
FEWEST: Final = 32
# In seconds; uvicorn ends a connection that nobody has used for five.
KEPT_FOR: Final = 3.0


class Lines:
    """Connections to one port: as many as are used at once, and some that are free."""

    def __init__(self, port: int, chance: Random) -> None:
        self._port = port
        self._chance = chance
        self._free: list[tuple[float, Line]] = []

    async def exchange(self, request: bytes) -> Reply:
        """Return the answer to a request. Raise OSError or EOFError where the connection breaks."""
        self._close(until=time.perf_counter())
        line = self._any_free() if len(self._free) >= FEWEST else await self.open()
        try:
            reply = await line.exchange(request)
        except BaseException:
            # Nobody knows what still comes over it.
            line.writer.close()
            raise
        self._free.append((time.perf_counter() + KEPT_FOR, line))
        return reply

    async def open(self) -> Line:
        """Return a connection of one's own."""
        return Line(*await asyncio.open_connection("127.0.0.1", self._port))

    def close(self) -> None:
        """End all connections, which nobody uses any more."""
        self._close(until=float("inf"))

    def _any_free(self) -> Line:
        at = self._chance.randrange(len(self._free))
        return self._free.pop(at)[1]

    def _close(self, until: float) -> None:
        for kept_until, line in self._free:
            if kept_until < until:
                line.writer.close()
        self._free = [it for it in self._free if it[0] >= until]
