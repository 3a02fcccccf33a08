"""An open load: arrivals at a rate of their own, whose waits count from when each was due."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

# So many wait for an answer only where the server does not keep up; in seconds, what nobody waits for.
MOST_UNDER_WAY: Final = 300
PATIENCE: Final = 10.0


@dataclass(slots=True)
class Found:
    """What came of a load; times in seconds."""

    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))
    """From when each was due until its answer was read, by what was done."""
    late: list[float] = field(default_factory=list[float])
    """How much later than due each was sent: what the generator adds."""
    errors: Counter[str] = field(default_factory=Counter[str])
    gave_up: bool = False
    """Whether so many were under way that no more were sent."""

    @property
    def all_waits(self) -> list[float]:
        """Return the waits of everything."""
        return [wait for waits in self.waits.values() for wait in waits]


# What arrives: returns its name once it is answered, or raises NotAnswered.
Arrival = Callable[[], Awaitable[str]]


class NotAnswered(Exception):
    """What was asked for did not come; the text says why, in a word."""


def moments(per_second: float, seconds: float, seed: int) -> Iterator[float]:
    """Yield when something is due, in seconds from the start: arrivals that know nothing of each other."""
    chance = Random(seed)  # noqa: S311  no secret
    due = chance.expovariate(per_second)
    while due < seconds:
        yield due
        due += chance.expovariate(per_second)


async def run(arrive: Arrival, *, per_second: float, lead: float, seconds: float, seed: int) -> Found:
    """Let so many arrive a second; return what came of those after the first `lead` seconds, and all errors.

    Whoever waits for an answer before he asks again asks a slow server less, and hides how slow it is.
    """
    found, began, under_way = Found(), time.perf_counter(), 0

    async def one(due: float) -> None:
        nonlocal under_way
        under_way += 1
        try:
            name = await answered(arrive, found)
        finally:
            under_way -= 1
        if name and due >= lead:
            found.waits[name].append(time.perf_counter() - began - due)

    async with asyncio.TaskGroup() as group:
        for due in moments(per_second, lead + seconds, seed):
            await asyncio.sleep(began + due - time.perf_counter())
            if due >= lead:
                found.late.append(max(0.0, time.perf_counter() - began - due))
            found.gave_up = under_way >= MOST_UNDER_WAY
            if found.gave_up:
                break
            group.create_task(one(due))
    return found


async def answered(arrive: Arrival, found: Found) -> str | None:
    """Return what was done; None, and count the error, where it was not."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await arrive()
    except TimeoutError:
        found.errors["no answer in time"] += 1
    except NotAnswered as error:
        found.errors[str(error)] += 1
    except (OSError, EOFError) as error:
        found.errors[type(error).__name__] += 1
    return None
