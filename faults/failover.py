"""Failovers one after the other: nothing acknowledged is lost, and Kluis is back soon after the cluster."""

import asyncio
import logging
import sys
import time
from argparse import ArgumentParser
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import machine, report
from bench.report import Sheet
from faults import patroni, writing
from faults.nodes import Node
from faults.patroni import WAYS, Cluster, Way
from faults.programs import Wanting
from faults.writing import Writers, Written
from server.cluster import NotStarted

PAGE: Final = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN: Final = "<!-- written by python -m faults.failover -->"
# In seconds.
AT_EASE: Final = 2.0
NOTICED: Final = 0.5
PATIENCE: Final = 120.0
LATER_THAN_CLUSTER: Final = 5.0
"""How much longer than the cluster itself Kluis may take to write again."""
COLUMNS: Final = ("What happens", "Rounds", "Acknowledged", "Lost", "Cluster away, s", "Kluis away, s")
SAYS: Final[dict[Way, str]] = {
    "node": "The leader's machine dies",
    "postmaster": "The leader's PostgreSQL is killed",
    "switchover": "Another node is told to lead",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One failover; times are in seconds."""

    way: Way
    acknowledged: int
    lost: int
    cluster: float
    """How long a client without a pool could not write."""
    kluis: float
    """The same of Kluis."""

    @property
    def is_kept(self) -> bool:
        """Whether every promise was."""
        return not self.lost and self.kluis <= self.cluster + LATER_THAN_CLUSTER


async def fail(cluster: Cluster, way: Way) -> Node:
    """Let the leader fail; return which it was. Require that a standby has all that was acknowledged."""
    leader = await asyncio.to_thread(require_synchronous, cluster)
    await asyncio.to_thread(cluster.kill, leader, way)
    return leader


def require_synchronous(cluster: Cluster) -> Node:
    """Return the leader, for whose commits a standby is waited for: without one a failover loses some."""
    states = cluster.sync_state()
    assert any(it.is_synchronous for it in states), states
    return cluster.leader()


async def heal(cluster: Cluster, node: Node) -> None:
    """Return when all nodes run, and commits wait for a standby; in the main thread. Raise TimeoutError."""
    cluster.revive(node)
    await asyncio.to_thread(cluster.until_synchronous, PATIENCE)


async def rounds(cluster: Cluster, count: int = 20, ways: Sequence[Way] = WAYS) -> AsyncGenerator[Round]:
    """Yield so many failovers, the ways in turn, each while rows are written. Raise TimeoutError."""
    async with writing.opened(cluster) as writers:
        for number in range(count):
            yield await round_of(cluster, writers, ways[number % len(ways)])


async def round_of(cluster: Cluster, writers: Writers, way: Way) -> Round:
    """Return what became of what was written around a failover."""
    async with writers.at_work() as (kluis, plain):
        await asyncio.sleep(AT_EASE)
        begun = time.monotonic()
        failed = await fail(cluster, way)
        await until_noticed(plain, begun)
        await heal(cluster, failed)
        await asyncio.sleep(AT_EASE)
    ids = kluis.ids | plain.ids
    lost = len(ids - writing.kept(cluster))
    return Round(way, len(ids), lost, plain.gap(begun), kluis.gap(begun))


async def until_noticed(written: Written, since: float) -> None:
    """Return when somebody could write again after he could not for a moment. Raise TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if written.gap(since) > NOTICED:
                return
            await asyncio.sleep(writing.PAUSE)


def sheet_of(found: Sequence[Round]) -> Sheet:
    """Return rounds as a table: of each way the longest times."""
    rows: list[list[str]] = []
    for way in WAYS:
        if some := [it for it in found if it.way == way]:
            acknowledged, lost = sum(it.acknowledged for it in some), sum(it.lost for it in some)
            times = (max(it.cluster for it in some), max(it.kluis for it in some))
            rows.append(
                [SAYS[way], str(len(some)), str(acknowledged), str(lost), *(f"{it:.1f}" for it in times)]
            )
    return Sheet("Failovers", COLUMNS, rows)


async def tried(folder: Path, count: int, ways: Sequence[Way]) -> list[Round]:
    """Return the rounds on a cluster in a folder, each told when it is over."""
    found: list[Round] = []
    with patroni.cluster(folder) as cluster:
        async for it in rounds(cluster, count, ways):
            report.tell(f"{len(found) + 1}. {it}")
            found.append(it)
    return found


def main() -> int:
    """Try it, and print the table; return 1 where a promise was broken, 69 where something is wanting."""
    parser = ArgumentParser(prog="python -m faults.failover", description="Failovers under Patroni.")
    parser.add_argument("ways", nargs="*", help=f"of {', '.join(WAYS)}")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="also write docs/reliability.md")
    asked = parser.parse_args()
    if unknown := set(asked.ways) - set(WAYS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    ways: Sequence[Way] = [it for it in WAYS if it in asked.ways] or WAYS
    # Each try that fails would say so, many times a second.
    logging.disable()
    with TemporaryDirectory(prefix="kluis-failover-") as folder:
        try:
            found = asyncio.run(tried(Path(folder) / "cluster", asked.rounds, ways))
        except (Wanting, NotStarted) as reason:
            report.tell(str(reason))
            return 69
    sheet = report.shown(sheet_of(found))
    if asked.write:
        report.write([sheet], machine.described(), PAGE, BEGIN)
    return 0 if all(it.is_kept for it in found) else 1


if __name__ == "__main__":
    sys.exit(main())
