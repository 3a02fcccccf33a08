"""Steps of the journeys' load, each at one rate, until the highest that is carried is found."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from bench import machine, open_load, world
from bench.bisection import search
from bench.flood_rounds import percentile
from bench.journey_lines import Lines
from bench.journey_steps import Journeys
from bench.journey_world import Cast
from bench.open_load import Found
from bench.processes import cpu_seconds
from bench.served import NEWS_WAIT, PATIENCE, PAUSE, NotServed, Program, database_of

MIDDLE, SLOW, SLOWEST = 50, 95, 99
# In milliseconds: what 95 of a hundred must be answered within.
BOUND: Final = 250.0
# A second; nobody runs a server for less.
FIRST: Final = 20.0
LEAST: Final = 1.0
# In seconds: what each step begins with, and is not counted.
LEAD: Final = 2.0
# In which a server that has just begun reads and plans what it is asked for the first time.
WARM_UP: Final = 5.0
# From where on something is full: shares of a core, or of all; and how late sends are, of the bound.
FULL: Final = 0.9
LATE: Final = 0.2
# Cores that others use; the mail server and the kernel are among them, and take a little.
MUCH: Final = 0.4
LEFT: Final = f"""
    SELECT EXISTS (SELECT FROM letter
        WHERE state = 'QUEUED' AND due_at < clock_timestamp() + interval '{NEWS_WAIT} seconds')
"""  # noqa: S608  a number


@dataclass(frozen=True, slots=True)
class Cores:
    """Cores in use, on the average of a step."""

    server: float
    database: float
    generator: float
    busy: float
    """Of all on this machine."""

    @property
    def of_others(self) -> float:
        """Return what neither server, database nor generator used."""
        return self.busy - self.server - self.database - self.generator


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one rate."""

    rate: float
    seconds: float
    requests: int
    """Over HTTP, those of the first seconds included: a download, for one, is two."""
    found: Found
    cores: Cores

    def wait(self, percent: int) -> float:
        """Return how long so many of a hundred took at most, from when they were due; in milliseconds."""
        return percentile(self.found.all_waits, percent)

    @property
    def requests_a_second(self) -> float:
        """Return how many requests over HTTP were sent in a second."""
        return self.requests / (LEAD + self.seconds)

    @property
    def late(self) -> float:
        """Return how late 95 of a hundred were sent at most, in milliseconds."""
        return percentile(self.found.late, SLOW)

    @property
    def errors(self) -> int:
        """Return how many were not answered as they must be."""
        return self.found.errors.total()

    @property
    def is_carried(self) -> bool:
        """Return whether all were answered, and soon enough."""
        return not self.found.gave_up and not self.errors and self.wait(SLOW) <= BOUND


@dataclass(frozen=True, slots=True)
class Highest:
    """The steps with so many server processes, in their order."""

    workers: int
    steps: Sequence[Step]

    @property
    def carried(self) -> Step | None:
        """Return the highest rate that was carried; None where not even the least was."""
        return max((it for it in self.steps if it.is_carried), key=lambda it: it.rate, default=None)

    @property
    def failed(self) -> Step | None:
        """Return the last try of the lowest rate that was never carried."""
        least = self.carried.rate if self.carried else 0
        above = [it for it in self.steps if it.rate > least]
        return min(reversed(above), key=lambda it: it.rate, default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a load goes: a server, its port, and the address and home folder of the database behind it."""

    server: Program
    port: int
    url: str
    home: Path
    workers: int


async def highest(
    cast: Cast, place: Place, *, seconds: float, first: float, tell: Callable[[Step], None]
) -> Highest:
    """Find the highest rate that is carried; tell of each step when it is over."""
    await step(cast, place, FIRST, WARM_UP, 0)
    steps: list[Step] = []
    rates = search(first, least=LEAST)
    try:
        rate = next(rates)
        while True:
            steps.append(await step(cast, place, rate, seconds, len(steps)))
            tell(steps[-1])
            rate = rates.send(steps[-1].is_carried)
    except StopIteration:
        return Highest(place.workers, steps)


async def step(cast: Cast, place: Place, rate: float, seconds: float, number: int) -> Step:
    """Return what comes of one rate, once nothing is left to do of the one before. Raise NotServed."""
    await letters_sent(place.url)
    chance = Random(number)  # noqa: S311  no secret
    with closing(Lines(place.port, chance)) as lines:
        journeys = Journeys(cast, lines, chance)
        before = spent(place)
        found = await open_load.run(journeys.arrive, per_second=rate, lead=LEAD, seconds=seconds, seed=number)
        took, *cores = (now - then for now, then in zip(spent(place), before, strict=True))
    return Step(rate, seconds, journeys.requests, found, Cores(*(it / took for it in cores)))


async def letters_sent(url: str) -> None:
    """Wait until no letter is due. Raise NotServed when they are too many."""
    async with world.as_owner(url) as owner:
        until = time.monotonic() + PATIENCE
        while await owner.fetchval(LEFT):
            if time.monotonic() > until:
                raise NotServed("Letters of the step before are not sent.")
            await asyncio.sleep(PAUSE)


def spent(place: Place) -> tuple[float, ...]:
    """Return the time, and the CPU time of server, database, this program and the whole machine."""
    server, database = cpu_seconds(place.server.family()), cpu_seconds(database_of(place.home))
    return time.perf_counter(), server, database, time.process_time(), machine.busy_seconds()


def gave_way(step: Step, workers: int) -> str:
    """Return what was full in a step that was not carried, in words."""
    full = {
        "the generator": step.cores.generator >= FULL or step.late > BOUND * LATE,
        "the server's processes": step.cores.server >= FULL * workers,
        "all cores": step.cores.busy >= FULL * (os.cpu_count() or 1),
        "others on this machine": step.cores.of_others >= MUCH,
    }
    return ", ".join(it for it, is_full in full.items() if is_full) or "none of them: waits, not work"
