"""What is remembered once a minute, however often it happens: for each key, in the memory of one server.

A flood of refusals must not make the database write as much.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

A_WHILE: Final = timedelta(minutes=1)
MOST_KEPT: Final = 10_000


class NowAndThen:
    """Knows the keys that came last."""

    def __init__(self) -> None:
        self._said_at: OrderedDict[Hashable, datetime] = OrderedDict()

    def is_due(self, key: Hashable, now: datetime) -> bool:
        """Return whether it is time for this key again; then it is not for a minute."""
        said_at = self._said_at.get(key)
        if said_at is not None and said_at <= now < said_at + A_WHILE:
            return False
        self._said_at[key] = now
        self._said_at.move_to_end(key)
        if len(self._said_at) > MOST_KEPT:
            self._said_at.popitem(last=False)
        return True
