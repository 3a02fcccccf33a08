"""Listening to the database: what others notify is heard at once, over one connection that comes back.

A connection that only listens would not see that the network has swallowed it: nothing comes, as when nothing
is said. So the database is asked for a sign of life now and then.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from resolvers.away import AWAY
from resolvers.database import Database
from resolvers.fetching import driver_of

SECONDS_UNTIL_BACK = 1.0
SECONDS_BETWEEN_SIGNS = 5.0
SECONDS_FOR_A_SIGN = 5.0

log = logging.getLogger("kluis.listening")


class Listening:
    """Hears one channel for as long as `run` runs; what is notified while it is away is not heard.

    `begun` is told each time that it hears, again or for the first time.
    """

    def __init__(
        self,
        database: Database,
        channel: str,
        hear: Callable[[str], None],
        begun: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._channel = channel
        self._hear = hear
        self._begun = begun

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except AWAY as trouble:
                log.info("nothing is heard for a moment (%s)", type(trouble).__name__)
            await asyncio.sleep(SECONDS_UNTIL_BACK)

    async def _listen(self) -> None:
        """Listen until the connection ends. Raise AWAY."""
        ended = asyncio.Event()

        def end(_connection: Any) -> None:
            ended.set()

        async with self._database.listening.connect() as connection:
            driver: Any = driver_of(connection)
            driver.add_termination_listener(end)
            try:
                await driver.add_listener(self._channel, self._heard)
                if self._begun:
                    self._begun()
                await lives(driver, self._channel, ended)
            finally:
                # It waits for nothing else, and nobody else may use what listens.
                await connection.invalidate()

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: str) -> None:
        self._hear(payload)


async def lives(driver: Any, channel: str, ended: asyncio.Event) -> None:
    """Return when the connection has ended. Raise AWAY when the database gives no sign of life over it.

    It is asked by what it does already, so that `pg_stat_activity` goes on telling who listens.
    """
    while not ended.is_set():
        try:
            await driver.execute(f'LISTEN "{channel}"', timeout=SECONDS_FOR_A_SIGN)
        except TimeoutError:
            driver.terminate()  # to say goodbye would wait as well
            raise
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_BETWEEN_SIGNS):
                await ended.wait()
