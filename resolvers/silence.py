"""Silence: once a connection has not answered in time, none that was made before is lent again.

The database ends a statement sooner than its answer is waited for: who hears nothing has lost the machine, or
the way to it, and the other connections with it. Each would be waited for as long.
"""

import time
from typing import Any, Final

from sqlalchemy.exc import DisconnectionError

MADE: Final = "made"


class Silence:
    """Of one pool of connections."""

    def __init__(self) -> None:
        self._noticed = float("-inf")

    def note(self) -> None:
        """Note that a connection does not answer."""
        self._noticed = time.monotonic()

    def begin(self, _: object, record: Any) -> None:
        """Note when a connection is made."""
        record.info[MADE] = time.monotonic()

    def require_open(self, connection: Any, record: Any, _: object) -> None:
        """Let the pool make another connection in place of one that is closed, or that kept silent.

        Nobody is asked, unlike by a ping: the driver knows that the database has closed it, as at a failover.
        Raise DisconnectionError.
        """
        driver = connection.driver_connection
        if record.info[MADE] <= self._noticed:
            driver.terminate()
        if driver.is_closed():
            raise DisconnectionError


def is_silence(error: BaseException) -> bool:
    """Return whether an error says that an answer did not come in time."""
    return isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError)
