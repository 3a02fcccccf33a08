"""What time it is by the database, which all programs share: the machine's own clock may be off."""

import logging
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock, SystemClock
from resolvers.database import Database

A_SECOND: Final = timedelta(seconds=1)
SYSTEM: Final = SystemClock()

log = logging.getLogger("kluis.clock")


class DatabaseClock:
    """The machine's clock, set right by the database's whenever somebody lets them agree."""

    def __init__(self, database: Database, own: Clock = SYSTEM) -> None:
        self._database = database
        self._own = own
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._own.now() - self._ahead

    async def agree(self) -> None:
        """Ask the database; one that is less than a second off stays as it is. Raise AWAY, TookTooLong.

        What it is off is told to the log, once until it is another.
        """
        before = self._own.now()
        moment = await self._database.moment()
        # The answer was on its way meanwhile: how far ahead we are lies between these.
        least, most = before - moment, self._own.now() - moment
        ahead = timedelta() if least < A_SECOND and most > -A_SECOND else (least + most) / 2
        if abs(ahead - self._ahead) >= A_SECOND:
            log.warning(
                "this machine's clock is %+.1f s from the database's, which counts", ahead.total_seconds()
            )
        self._ahead = ahead
