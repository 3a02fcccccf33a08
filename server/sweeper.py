"""The sweeper: every few minutes it takes away what has ended by itself, licence by licence."""

import asyncio
import logging

from core.clock import Clock
from resolvers.database import AWAY, Database
from resolvers.sweeping import sweep
from server.postman import stop_if_cancelled

SECONDS_BETWEEN_ROUNDS = 300

log = logging.getLogger("kluis.sweeper")


class Sweeper:
    """One of any number: they pass by what another one holds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled; a database that is away for a moment is tried again in the next round."""
        while True:
            try:
                await self.round()
            except AWAY as trouble:
                log.warning("the database is away (%s); nothing is swept", type(trouble).__name__)
            stop_if_cancelled()
            await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)

    async def round(self) -> int:
        """Sweep every licence once; return how many rows were taken away. Raise AWAY."""
        licence_ids = await self._database.licence_ids()
        return sum([await sweep(self._database, it, self._clock.now()) for it in licence_ids])
