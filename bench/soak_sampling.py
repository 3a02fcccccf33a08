"""What the programs of an installation hold, looked at every few seconds while it is used."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from bench import world
from bench.processes import Footprint, footprint_of, private_together
from bench.served import Program, database_of
from server.settings import Settings

OF_DATABASE: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
# Of one process, and how each is named in the table.
RSS, PSS, USS = "RSS, MiB", "PSS, MiB", "USS, MiB"
DESCRIPTORS, SOCKETS, CONNECTIONS = "Descriptors", "of these Unix sockets", "Connections"
DATABASE: Final = "The database"
LENT: Final = "Connections to it"


@dataclass(slots=True)
class Samples:
    """Figures in the order of time, by whose they are and what they tell."""

    figures: dict[tuple[str, str], list[float]] = field(default_factory=dict[tuple[str, str], list[float]])
    gone: set[str] = field(default_factory=set[str])
    """Which processes ended before the time was over."""

    def add(self, whose: str, what: Mapping[str, float]) -> None:
        """Add what was seen at one moment."""
        for name, value in what.items():
            self.figures.setdefault((whose, name), []).append(value)


def named(programs: Sequence[Program]) -> dict[int, str]:
    """Return the processes of some programs, by a name for each; helpers of Python's own are left out."""
    names: dict[int, str] = {}
    for it in programs:
        first, *others = filter(is_ours, it.family())
        names[first] = it.name
        names |= {pid: f"{it.name}, process {number}" for number, pid in enumerate(others, 1)}
    return names


def is_ours(pid: int) -> bool:
    """Return whether a process is more than the tracker that multiprocessing starts beside others."""
    with suppress(OSError):
        return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


async def sample(samples: Samples, programs: Mapping[int, str], settings: Settings, *, every: float) -> None:
    """Look at all of them, and at the embedded database, until cancelled."""
    async with world.as_owner(str(settings.database_url)) as owner:
        began = time.monotonic()
        for number in count(1):
            # The kernel takes milliseconds to add a process up, in which nobody else is to wait.
            await asyncio.to_thread(look, samples, programs, settings.home)
            samples.add(DATABASE, {LENT: await owner.fetchval(OF_DATABASE)})
            await asyncio.sleep(max(0.0, began + number * every - time.monotonic()))


def look(samples: Samples, programs: Mapping[int, str], home: Path) -> None:
    """Add what there is at this moment."""
    for pid, name in programs.items():
        try:
            samples.add(name, figures_of(footprint_of(pid)))
        except (OSError, KeyError):
            samples.gone.add(name)
    samples.add(DATABASE, {USS: private_together(database_of(home))})


def figures_of(it: Footprint) -> dict[str, float]:
    """Return what a process holds, by the names of the table."""
    return {
        RSS: it.rss,
        PSS: it.pss,
        USS: it.uss,
        DESCRIPTORS: it.descriptors,
        SOCKETS: it.sockets,
        CONNECTIONS: it.connections,
    }
