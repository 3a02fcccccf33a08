"""The theatre: an event loop and ports of its own, so that what is no coroutine can have plays played."""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import uvloop
from obstore.store import MemoryStore
from sqlalchemy import event

from resolvers import document_lists, document_narrowing
from resolvers.connecting import SERVER_SETTINGS
from resolvers.database import Database
from resolvers.ports import Ports
from storage.store import Store
from tests.conftest import SetClock, ports_over
from tests.databases import PATIENT
from tests.permissions.audience import Audience
from tests.permissions.views import LOOKED_UP

T = TypeVar("T")
# The second wall is taken away, so that a statement that forgets its licence shows rows of another. How a
# statement is planned takes longer than to carry it out on so little.
SETTINGS: Final = {name: it for name, it in SERVER_SETTINGS.items() if name != "role"} | {
    "plan_cache_mode": "force_generic_plan"
}
# So few, too, where lists are narrowed.
NARROWED: Final = {"LOOKED_UP": LOOKED_UP, "FEW_OF_MANY": 1, "FEW": 4, "SOME": 8, "LARGE": 4}


class Theatre:
    """Plays in it are played by coroutines, one after the other."""

    def __init__(self, runner: asyncio.Runner, ports: Ports, clock: SetClock) -> None:
        self.runner = runner
        self.ports = ports
        self.clock = clock

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine comes to."""
        return self.runner.run(work)

    def audience(self) -> Audience:
        """Return the audience of a new play."""
        return self.wait(Audience.seated(self.ports, self.clock))


@contextmanager
def opened_theatre(url: str, folder: Path) -> Generator[Theatre]:
    """Yield a theatre on a database."""
    database, clock = Database(url, PATIENT), SetClock()
    event.listen(database.engine.sync_engine, "do_connect", without_the_second_wall)
    ports = ports_over(database, Store(MemoryStore()), clock, keys_in=folder)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, pytest.MonkeyPatch.context() as patch:
        # Few and many are so few here that lists are found in each of the ways.
        patch.setattr(document_lists, "FEW", 8)
        patch.setattr(document_lists, "MANY", 16)
        for name, bound in NARROWED.items():
            patch.setattr(document_narrowing, name, bound)
        try:
            yield Theatre(runner, ports, clock)
        finally:
            runner.run(database.close())


def without_the_second_wall(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
    """Connect as the owner of the tables, and keep all statements prepared."""
    named["server_settings"] = SETTINGS
    named["statement_cache_size"] = 1_000
