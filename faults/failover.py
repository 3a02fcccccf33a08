"""Failovers, one after the other, under writers: what was acknowledged is there, and how long nobody could write."""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import text

from core.errors import TookTooLong
from faults import patroni
from faults.nodes import Node
from faults.patroni import WAYS, Cluster, Way
from resolvers.database import AWAY, Database
from resolvers.fetching import driver_of
from server import running

# In seconds.
PAUSE: Final = 0.05
AT_EASE: Final = 2.0
PATIENCE: Final = 120.0
WRITERS: Final = 4
LICENCE: Final = UUID(int=1)
TABLE: Final = "CREATE TABLE acknowledged (id bigint PRIMARY KEY); GRANT ALL ON acknowledged TO kluis_app"
WRITE: Final = text("INSERT INTO acknowledged VALUES (:id)")
READ: Final = "SELECT id FROM acknowledged"


@dataclass(slots=True)
class Written:
    """What was acknowledged, and when."""

    ids: set[int] = field(default_factory=set[int])
    moments: list[float] = field(default_factory=list[float])

    def gap(self, since: float) -> float:
        """Return the longest time from then on in which nothing was acknowledged, in seconds."""
        moments = [since, *(it for it in self.moments if it > since)]
        return max((b - a for a, b in itertools.pairwise(moments)), default=0.0)


@dataclass(frozen=True, slots=True)
class Round:
    """One failover."""

    way: Way
    gap: float
    """For how many seconds nothing could be written."""
    acknowledged: int
    lost: int


async def rounds(cluster: Cluster, count: int = 20, ways: Sequence[Way] = WAYS) -> AsyncGenerator[Round]:
    """Yield the rounds, the ways in turn; before each a standby has all that was acknowledged. Raise TimeoutError."""
    await running.migrate(cluster.url)
    cluster.ask(TABLE, database="kluis")
    database = Database(cluster.url)
    for way, _ in zip(itertools.cycle(ways), range(count), strict=False):
        require_synchronous(cluster)
        written = Written()
        async with writing(database, written):
            await asyncio.sleep(AT_EASE)
            begun = time.monotonic()
            failed = await fail(cluster, way)
            await until_written(written, begun)
            await heal(cluster, failed)
            await asyncio.sleep(AT_EASE)
        found = set(map(int, cluster.ask(READ, database="kluis").split()))
        yield Round(way, written.gap(begun), len(written.ids), len(written.ids - found))
    await database.close()


def require_synchronous(cluster: Cluster) -> None:
    """Require that commits wait for a standby: without one a failover may lose what was acknowledged."""
    assert any(it.is_synchronous for it in cluster.sync_state())


async def fail(cluster: Cluster, way: Way) -> Node:
    """Let the leader fail; return which it was."""
    leader = await asyncio.to_thread(cluster.leader)
    await asyncio.to_thread(cluster.kill, leader, way)
    return leader


async def heal(cluster: Cluster, node: Node) -> None:
    """Return when all nodes run again, and commits wait for a standby. Raise TimeoutError."""
    cluster.revive(node)
    await asyncio.to_thread(cluster.until_synchronous, PATIENCE)


@asynccontextmanager
async def writing(database: Database, written: Written) -> AsyncGenerator[None]:
    """Let rows be written, one by one, while the block runs."""
    stop = asyncio.Event()
    numbers = itertools.count(time.time_ns())
    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write(database, written, numbers, stop))
        try:
            yield
        finally:
            stop.set()


async def write(
    database: Database, written: Written, numbers: "itertools.count[int]", stop: asyncio.Event
) -> None:
    """Write until told to stop; what fails is not acknowledged, and another one is tried."""
    while not stop.is_set():
        number = next(numbers)
        try:
            async with database.change(LICENCE) as session:
                await session.execute(WRITE, {"id": number})
        except (*AWAY, TookTooLong) as e:
            if DEBUG:
                print(f"{time.monotonic():.2f} {type(e).__name__} {str(e)[:100]}")
        else:
            written.ids.add(number)
            written.moments.append(time.monotonic())
        await asyncio.sleep(PAUSE)


DEBUG = False


async def until_written(written: Written, since: float) -> None:
    """Return when something was acknowledged that began ... after a failure. Raise TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not written.moments or written.moments[-1] < since + 1:
            await asyncio.sleep(PAUSE)


async def show(count: int, ways: Sequence[Way]) -> None:
    """Print the rounds, on a cluster that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, patroni.cluster(Path(folder) / "cluster") as cluster:
        number = itertools.count(1)
        async for it in rounds(cluster, count, ways):
            print(next(number), it, flush=True)


if __name__ == "__main__":
    asyncio.run(show(int(sys.argv[1]), [it for it in WAYS if it in sys.argv[2:]] or WAYS))
