"""The registrar: numbers the entries of the feed where it hears of some, and everywhere every few seconds."""

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from models.feed import FEED_CHANNEL
from resolvers import due
from resolvers.database import Database
from resolvers.feed import number
from server.listening import Listening
from server.postman import stop_if_cancelled
from server.rounds import TROUBLES
from server.worker import beside

# What was notified while nobody listened, or by whoever died right after, is found in a round.
SECONDS_BETWEEN_ROUNDS = 5.0
SECONDS_UNTIL_BACK = 0.5

log = logging.getLogger("kluis.feed")


class Registrar:
    """One of any number that may run beside each other: of two, one waits for the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening = Listening(database, FEED_CHANNEL, self.hear)
        self._woken = asyncio.Event()
        self._asked: set[UUID] = set()
        self._next_round = 0.0

    def hear(self, licence_id: str) -> None:
        """Look at a licence at once."""
        self._asked.add(UUID(licence_id))
        self._woken.set()

    async def run(self) -> None:
        """Give numbers until cancelled; a database that is away for a moment is tried again."""
        async with beside(self._listening.run()):
            while True:
                self._woken.clear()
                try:
                    await self._look()
                except TROUBLES as trouble:
                    # The kind alone: a database's error can quote what was written.
                    log.warning("the feed of changes waits: %s", type(trouble).__name__)
                    self._next_round = time.monotonic() + SECONDS_UNTIL_BACK
                stop_if_cancelled()
                await self._rest()

    async def _look(self) -> None:
        """Look where somebody asked for it, and wherever something waits when it is time for a round."""
        for licence_id in await self._due():
            await number(self._database, licence_id)

    async def _due(self) -> Iterable[UUID]:
        asked, self._asked = self._asked, set[UUID]()
        if time.monotonic() < self._next_round:
            return asked
        found = await due.with_changes(self._database)
        self._next_round = time.monotonic() + SECONDS_BETWEEN_ROUNDS
        return asked.union(found)

    async def _rest(self) -> None:
        """Wait for a word, or for the next round."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._next_round - time.monotonic())):
                await self._woken.wait()
