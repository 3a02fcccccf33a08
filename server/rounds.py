"""Work that is done again and again, beside everything else, as long as the program runs."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from obstore.exceptions import BaseError

from core.errors import TookTooLong
from resolvers.away import AWAY
from server.postman import stop_if_cancelled

TROUBLES = (*AWAY, TookTooLong, BaseError)
"""What a database or a store raises that is away or busy for a moment."""

LEFT_TO_OTHERS: Final = 20
"""A round that asks each licence by itself is followed by a pause that is so many times as long as it."""

log = logging.getLogger("kluis.rounds")


class Rounds:
    """One kind of work, such as sweeping; of programs that share it each passes by what another holds."""

    def __init__(
        self, what: str, seconds: float, work: Callable[[], Awaitable[object]], *, left_to_others: float = 0
    ) -> None:
        """Between two rounds are so many seconds, or `left_to_others` times what a round took."""
        self._what = what
        self._seconds = seconds
        self._work = work
        self._left_to_others = left_to_others

    async def run(self) -> None:
        """Do it until cancelled; what is away for a moment is tried again in the next round."""
        while True:
            began = time.monotonic()
            try:
                await self._work()
            except TROUBLES as trouble:
                # The kind alone: a database's error can quote what was written.
                log.warning("%s waits: %s", self._what, type(trouble).__name__)
            stop_if_cancelled()
            took = time.monotonic() - began
            await asyncio.sleep(max(self._seconds, self._left_to_others * took))
