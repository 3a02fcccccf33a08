"""What time it is by the database, which all programs share: the machine's own clock may be off."""

from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock, SystemClock
from resolvers.database import Database

A_SECOND: Final = timedelta(seconds=1)
SYSTEM: Final = SystemClock()


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
        """Ask the database; one that is less than a second off stays as it is. Raise AWAY, TookTooLong."""
        before = self._own.now()
        moment = await self._database.moment()
        # The answer was on its way meanwhile: how far ahead we are lies between these.
        least, most = before - moment, self._own.now() - moment
        self._ahead = timedelta() if least < A_SECOND and most > -A_SECOND else (least + most) / 2
