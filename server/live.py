"""The switchboard at work: what is notified is heard over one connection, and read at once."""

import asyncio
import logging
from typing import Final

from models.feed import LIVE_CHANNEL
from resolvers.switchboard import Switchboard
from server.listening import Listening
from server.postman import stop_if_cancelled
from server.rounds import TROUBLES
from server.worker import beside

# What was notified while nobody listened is found when the connection is back, or in a round.
SECONDS_BETWEEN_ROUNDS: Final = 5.0
SECONDS_UNTIL_BACK: Final = 0.5

log = logging.getLogger("kluis.live")


class Live:
    """One in each server process."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self._listening = Listening(
            switchboard.database, LIVE_CHANNEL, switchboard.hear, begun=switchboard.begin_to_hear
        )

    async def run(self) -> None:
        """Read on until cancelled; a database that is away for a moment is tried again."""
        async with beside(self._listening.run()):
            while True:
                try:
                    await self._switchboard.read_on()
                except TROUBLES as trouble:
                    # The kind alone: a database's error can quote what was written.
                    log.warning("live events wait: %s", type(trouble).__name__)
                    await asyncio.sleep(SECONDS_UNTIL_BACK)
                stop_if_cancelled()
                await self._switchboard.wait(SECONDS_BETWEEN_ROUNDS)
