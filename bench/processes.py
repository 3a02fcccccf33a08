"""What processes of this machine take, as Linux tells it: CPU, memory, descriptors (proc(5))."""

import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
# Behind the name in brackets: the parent, and what the program and its children that are gone have used.
PARENT: Final = 1
USED: Final = slice(11, 15)
MIB: Final = 1024
# What a link to a socket begins with; the number of the socket follows.
SOCKET: Final = "socket:"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one process holds; memory in MiB."""

    rss: float
    """With all that others use as well."""
    pss: float
    """With its part of that."""
    uss: float
    """What it alone holds: what would be free without it."""
    descriptors: int
    """All but connections over the network."""
    sockets: int
    """Of these, those of Unix: connections to a database on this machine, and a few within the process."""
    connections: int
    """Over the network: of clients, and to a mail server."""


def family_of(pid: int) -> list[int]:
    """Return a process with all that descend from it, the oldest first."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for it in sorted(int(it.name) for it in PROC.iterdir() if it.name.isdigit()):
        if stat := stat_of(it):
            children[int(stat[PARENT])].append(it)
    found = [pid]
    for it in found:
        found += children[it]
    return found


def stat_of(pid: int) -> list[str]:
    """Return what stands behind a process's name; nothing for one that is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time that these and their children that are gone have used, to the hundredth."""
    return sum(int(ticks) for pid in pids for ticks in stat_of(pid)[USED]) / TICKS


def footprint_of(pid: int) -> Footprint:
    """Return what a process holds. Raise OSError for one that is gone."""
    sizes = sizes_of(pid)
    links = [link_of(it) for it in (PROC / str(pid) / "fd").iterdir()]
    unix = unix_sockets()
    connections = sum(it.startswith(SOCKET) and it not in unix for it in links)
    return Footprint(
        rss=sizes["Rss"],
        pss=sizes["Pss"],
        uss=private_of(sizes),
        descriptors=len(links) - connections,
        sockets=sum(it in unix for it in links),
        connections=connections,
    )


def sizes_of(pid: int) -> dict[str, float]:
    """Return a process's memory by its kinds, in MiB. Raise OSError for one that is gone."""
    told = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    return {name: int(size.split()[0]) / MIB for name, _, size in (it.partition(":") for it in told)}


def private_of(sizes: dict[str, float]) -> float:
    """Return the memory that a process alone holds."""
    return sizes["Private_Clean"] + sizes["Private_Dirty"]


def private_together(pids: Iterable[int]) -> float:
    """Return the memory that each of these alone holds, in MiB together; what is gone holds nothing."""
    found = 0.0
    for pid in pids:
        with suppress(OSError, KeyError):
            found += private_of(sizes_of(pid))
    return found


def link_of(descriptor: Path) -> str:
    """Return what a descriptor is of; nothing where it was closed meanwhile."""
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def unix_sockets() -> set[str]:
    """Return the sockets of Unix on this machine, as descriptors name them."""
    lines = (PROC / "net" / "unix").read_text().splitlines()[1:]
    return {f"{SOCKET}[{it.split()[6]}]" for it in lines}
