"""The rounds: some seconds of reads alone, then as many while sign-ins are flooded, and so on."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf
from statistics import quantiles
from typing import Final

from bench import machine
from bench.flood_load import Found, Lines, Reads, Tries, at_rate
from bench.load import answer, request_of
from bench.operations import Operation
from bench.ratios import Ratio, ratio_of
from bench.servers import Server

# What the first sign-ins load and compile is there before anything is measured; in seconds, and in a second.
WARM_UP: Final = 2
FEW_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: rates are in a second, and a phase is so many seconds."""

    rounds: int
    seconds: float
    reads: float
    tries: float


@dataclass(frozen=True, slots=True)
class Phase:
    """Some seconds: what came of the reads and the tries, cores in use, and the server's peak in MiB.

    What neither the server nor the generator used, the database did, or somebody else on this machine.
    """

    reads: Found
    tries: Found
    server: float
    generator: float
    rest: float
    peak: float

    def wait(self, percent: int) -> float:
        """Return how long so many of a hundred reads took at most, in milliseconds."""
        return percentile(self.reads.waits[Reads.GOOD], percent)


@dataclass(frozen=True, slots=True)
class Rounds:
    """What was found, round by round."""

    idle: list[Phase]
    flooded: list[Phase]

    def ratio(self, percent: int) -> Ratio:
        """Return how much longer the reads took in a round's flood than before it."""
        pairs = zip(self.flooded, self.idle, strict=True)
        return ratio_of([one.wait(percent) / other.wait(percent) for one, other in pairs])

    @property
    def grown(self) -> float:
        """Return how much more memory any flood took than the reads before the first one, in MiB."""
        return max(it.peak for it in self.flooded) - self.idle[0].peak


def percentile(waits: list[float], percent: int) -> float:
    """Return how long so many of a hundred took at most, in milliseconds; for ever, where none came."""
    if len(waits) < 2:  # noqa: PLR2004  nothing lies between
        return inf
    return quantiles(waits, n=100, method="inclusive")[percent - 1] * 1e3


def together(found: Iterable[Found]) -> dict[str, list[float]]:
    """Return the waits of several phases."""
    all_of: defaultdict[str, list[float]] = defaultdict(list)
    for it in found:
        for name, waits in it.waits.items():
            all_of[name] += waits
    return all_of


class Flood:
    """One server, the reads that are timed, and the tries that come in between."""

    def __init__(self, server: Server, reads: Reads, tries: Tries) -> None:
        self.server = server
        self.reads = reads
        self.tries = tries

    async def phase(self, seconds: float, reads: float, tries: float, round_: int) -> Phase:
        """Return what came of so many seconds with so many reads and tries in each."""
        self.server.forget_peak()
        before = self.spent()
        of_reads, of_tries = await asyncio.gather(
            at_rate(reads, seconds, self.reads.send, round_), at_rate(tries, seconds, self.tries.send, round_)
        )
        took, server, generator, busy = (now - then for now, then in zip(self.spent(), before, strict=True))
        return Phase(
            of_reads,
            of_tries,
            server=server / took,
            generator=generator / took,
            rest=(busy - server - generator) / took,
            peak=self.server.peak_mib(),
        )

    def spent(self) -> tuple[float, float, float, float]:
        """Return the time, and the CPU time of the server, of this program and of the whole machine."""
        used = self.server.cpu_seconds()
        return time.perf_counter(), used, time.process_time(), machine.busy_seconds()


async def measure(
    server: Server, operations: Sequence[Operation], known: Sequence[str], effort: Effort
) -> Rounds:
    """Return what was found in all rounds. Raise NotTheSame for a page that can not be read at all."""
    pages = [(request_of(it), await answer(server, it)) for it in operations]
    with closing(Lines(server)) as some, closing(Lines(server)) as others:
        flood = Flood(server, Reads(some, pages), Tries(others, known))
        await flood.phase(WARM_UP, effort.reads, FEW_TRIES, 0)
        found = Rounds([], [])
        for number in range(1, 1 + effort.rounds):
            for phases, tries in ((found.idle, 0), (found.flooded, effort.tries)):
                phases.append(await flood.phase(effort.seconds, effort.reads, tries, number))
    return found
