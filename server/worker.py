"""The worker: looks for letters where it hears of some, and everywhere every few seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from models.letters import LETTERS_CHANNEL
from resolvers import due
from resolvers.away import AWAY
from resolvers.database import Database
from server.listening import Listening
from server.postman import Postman, stop_if_cancelled

# What was notified while nobody listened, and letters that wait for their moment, are found in a round.
SECONDS_BETWEEN_ROUNDS = 5.0
SECONDS_UNTIL_BACK = 0.5

log = logging.getLogger("kluis.worker")


class Worker:
    """One of any number that may run beside each other."""

    def __init__(self, database: Database, postman: Postman) -> None:
        self._database = database
        self._postman = postman
        self._listening = Listening(database, LETTERS_CHANNEL, self.hear)
        self._woken = asyncio.Event()
        self._asked: set[UUID] = set()
        self._next_round = 0.0
        self._came_round = time.monotonic()
        self._is_database_away = False

    def hear(self, heard: str) -> None:
        """Look at a licence once its letter is due: `heard` names it, and the seconds until then."""
        licence_id, _, seconds = heard.partition(" ")
        asyncio.get_running_loop().call_later(float(seconds), self._ask, UUID(licence_id))

    def _ask(self, licence_id: UUID) -> None:
        self._asked.add(licence_id)
        self._woken.set()

    def lag(self) -> float:
        """Return for how many seconds there was no whole round."""
        return time.monotonic() - self._came_round

    async def run(self) -> None:
        """Deliver letters until cancelled; a database that is away for a moment is tried again."""
        async with beside(self._listening.run()):
            while True:
                self._woken.clear()
                await self._look()
                stop_if_cancelled()
                if not self._asked:
                    await self._rest()

    async def deliver_due(self) -> int:
        """Make one round over all licences with letters; return how many were claimed; raises AWAY."""
        try:
            return sum([await self._postman.deliver(it) for it in await self._with_letters()])
        finally:
            await self._postman.close()

    async def _with_letters(self) -> Sequence[UUID]:
        return await due.with_letters(self._database, self._postman.clock.now())

    async def _look(self) -> None:
        """Look where somebody asked for it, and wherever something is due when it is time for a round."""
        try:
            is_round, found = await self._due()
            await self._deliver(found)
        except AWAY as trouble:
            if not self._is_database_away:
                # The kind alone: a database's error can quote what was written.
                log.warning("the database is away (%s); letters wait", type(trouble).__name__)
            self._is_database_away = True
            self._next_round = time.monotonic() + SECONDS_UNTIL_BACK
        else:
            self._is_database_away = False
            if is_round:
                self._came_round = time.monotonic()

    async def _due(self) -> tuple[bool, Iterable[UUID]]:
        """Return whether it is time for a round, and where to look."""
        asked, self._asked = self._asked, set[UUID]()
        if time.monotonic() < self._next_round:
            return False, asked
        found = await self._with_letters()
        self._next_round = time.monotonic() + SECONDS_BETWEEN_ROUNDS
        return True, asked.union(found)

    async def _deliver(self, licence_ids: Iterable[UUID]) -> None:
        """Deliver a batch of each; whoever had one may have another."""
        for licence_id in licence_ids:
            if await self._postman.deliver(licence_id):
                self._asked.add(licence_id)

    async def _rest(self) -> None:
        """Wait for a word, or for the next round; meanwhile the mail server is left alone."""
        await self._postman.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._next_round - time.monotonic())):
                await self._woken.wait()


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Let something run beside the block, and no longer."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
