"""Who may try to sign in now: a few at a time, before anything is read for them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from auth.passwords import WAITING_AT_MOST, threads_here
from core.errors import TooManyTries


class Turns:
    """Lets in as many as can be compared at once, and one whose rows are read meanwhile.

    Of a flood of tries most are turned away anyway. Where that came after their statements, the database
    and the event loop were busy with them, and a page took ten times as long (docs/performance.md).
    """

    def __init__(self, at_once: int | None = None) -> None:
        self.here = 0
        """How many have their turn or wait for it."""
        self._free = asyncio.Semaphore(at_once or threads_here() + 1)

    @asynccontextmanager
    async def take(self) -> AsyncGenerator[None]:
        """Have one's turn while the block runs. Raise TooManyTries when too many wait."""
        if self.here >= WAITING_AT_MOST:
            raise TooManyTries(retry_after=1)
        self.here += 1
        try:
            async with self._free:
                yield
        finally:
            self.here -= 1
