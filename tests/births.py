"""A connection that nobody closed is told with the test that made it: it is found long after that."""

import os
from asyncio import selector_events
from typing import Any, Final

# asyncio has no other way to them.
TRANSPORT: Final[Any] = vars(selector_events)["_SelectorTransport"]


def remember() -> None:
    """Let each connection of this process remember the test in which it is made, and name it."""
    made, named = TRANSPORT.__init__, TRANSPORT.__repr__

    def make(self: Any, *given: Any, **said: Any) -> None:
        made(self, *given, **said)
        self.born_in = os.environ.get("PYTEST_CURRENT_TEST", "no test")

    def name(self: Any) -> str:
        return f"{named(self)} of {getattr(self, 'born_in', 'a moment ago')}"

    TRANSPORT.__init__, TRANSPORT.__repr__ = make, name
