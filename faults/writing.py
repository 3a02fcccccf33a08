"""Writers of rows beside a failover: which were acknowledged, and when."""

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from faults.patroni import Cluster
from resolvers.away import AWAY
from resolvers.database import Database
from server import running

# In seconds.
PAUSE: Final = 0.05
ANSWERS_WITHIN: Final = 2.0
WRITERS: Final = 4
LICENCE: Final = UUID(int=1)
TABLE: Final = (
    "CREATE TABLE acknowledged (id bigint PRIMARY KEY); GRANT ALL ON acknowledged TO kluis, kluis_app"
)
WRITE: Final = text("INSERT INTO acknowledged VALUES (:id)")
READ: Final = "SELECT id FROM acknowledged"

Attempt = Callable[[int], Awaitable[None]]
"""Writes a row; returns when it was acknowledged."""


@dataclass(slots=True)
class Written:
    """What was acknowledged to some writers, and when."""

    ids: set[int] = field(default_factory=set[int])
    moments: list[float] = field(default_factory=list[float])

    def add(self, number: int) -> None:
        """Note a row that is acknowledged now."""
        self.ids.add(number)
        self.moments.append(time.monotonic())

    def gap(self, since: float) -> float:
        """Return the longest time from then on in which nothing was acknowledged, in seconds."""
        moments = [since, *(it for it in self.moments if it > since)]
        return max((after - before for before, after in itertools.pairwise(moments)), default=0.0)


@dataclass(frozen=True, slots=True)
class Writers:
    """Those who write as Kluis does, and one who makes a plain connection each time.

    The second tells how long the cluster itself was away.
    """

    kluis: Database
    plain: AsyncEngine
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def by_kluis(self, number: int) -> None:
        """Write a row through a pool as the servers have it."""
        async with self.kluis.change(LICENCE) as session:
            await session.execute(WRITE, {"id": number})

    async def plainly(self, number: int) -> None:
        """Write a row over a connection of its own."""
        async with self.plain.begin() as connection:
            await connection.execute(WRITE, {"id": number})

    @asynccontextmanager
    async def at_work(self) -> AsyncGenerator[tuple[Written, Written]]:
        """Yield what is acknowledged to the first, and to the second, while the block runs."""
        told = asyncio.Event()
        kluis, plain = Written(), Written()
        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(self._write(self.by_kluis, kluis, told))
            group.create_task(self._write(self.plainly, plain, told))
            try:
                yield kluis, plain
            finally:
                told.set()

    async def _write(self, attempt: Attempt, written: Written, told: asyncio.Event) -> None:
        while not told.is_set():
            number = next(self.numbers)
            try:
                await attempt(number)
            except AWAY:
                pass  # It was not acknowledged; another one is tried.
            else:
                written.add(number)
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncGenerator[Writers]:
    """Yield writers over a cluster, with the tables of Kluis and one of their own."""
    await running.migrate(cluster.url)
    cluster.ask(TABLE, database="kluis")
    kluis = Database(cluster.url)
    limits = {"timeout": ANSWERS_WITHIN, "command_timeout": ANSWERS_WITHIN}
    plain = create_async_engine(cluster.url, poolclass=NullPool, connect_args=limits)
    try:
        yield Writers(kluis, plain)
    finally:
        await kluis.close()


def kept(cluster: Cluster) -> set[int]:
    """Return the rows that are there."""
    return set(map(int, cluster.ask(READ, database="kluis").split()))
