"""The causes of trouble, one by one: each begins, lasts as long as it says, and has ended when it returns."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from faults import failover as failing
from faults import patroni
from faults.proxy import Proxy
from faults.stand import SERVERS, WORKER, NoStand, Stand
from server import cluster

Cause = Callable[[Stand, Proxy], Awaitable[None]]
"""What happens to a stand, or to the network between it and what it stands on."""
PIECE: Final = bytes(1 << 16)
# In seconds. What starts programs again waits as long (RestartSec of deploy/kluis.service).
RESTARTED_AFTER: Final = 2.0
FULL_FOR: Final = 10.0
A_MOMENT: Final = 0.05
CUT_FOR: Final = 5.0
SILENT_FOR: Final = 15.0
SLOW_FOR: Final = 10.0
OFF_FOR: Final = 20.0
SLOW_BY: Final = 0.1


async def kill_server(stand: Stand, _: Proxy) -> None:
    """Kill the second server, and start it again as systemd does."""
    await killed(stand, SERVERS[1])


async def kill_worker(stand: Stand, _: Proxy) -> None:
    """Kill the worker, and start it again."""
    await killed(stand, WORKER)


async def killed(stand: Stand, name: str) -> None:
    """Kill a program, and start it again after a while."""
    await asyncio.to_thread(stand.kill, name)
    await asyncio.sleep(RESTARTED_AFTER)
    stand.start(name)


async def kill_postgres(stand: Stand, _: Proxy) -> None:
    """Kill the embedded PostgreSQL; whoever started it starts it again."""
    running = cluster.postmaster(stand.folder / "postgres" / "cluster")
    assert running
    os.kill(running.pid, signal.SIGKILL)


async def fill_disk(stand: Stand, _: Proxy) -> None:
    """Leave no room on the disk for a while."""
    filler = stand.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        until = time.monotonic() + FULL_FOR
        # What others let go meanwhile is taken too.
        while time.monotonic() < until:
            with suppress(OSError):
                while file.write(PIECE):
                    pass
            await asyncio.sleep(A_MOMENT)
    filler.unlink()


async def cut(_: Stand, network: Proxy) -> None:
    """Break every connection, and every new one for a while."""
    network.cut()
    await asyncio.sleep(CUT_FOR)
    network.mend()


async def silence(_: Stand, network: Proxy) -> None:
    """Let nothing through for a while, without a word."""
    network.silence()
    await asyncio.sleep(SILENT_FOR)
    network.mend()


async def slow(_: Stand, network: Proxy) -> None:
    """Let everything through later for a while."""
    network.slow(SLOW_BY)
    await asyncio.sleep(SLOW_FOR)
    network.mend()


async def answer_500(_: Stand, network: Proxy) -> None:
    """Answer everything with 500 for a while."""
    network.answer_500()
    await asyncio.sleep(CUT_FOR)
    network.mend()


async def hour_ahead(stand: Stand, _: Proxy) -> None:
    """Let the second server live an hour ahead of the others for a while."""
    await at_another_time(stand, "+3600")


async def hour_behind(stand: Stand, _: Proxy) -> None:
    """Let the second server live an hour behind the others for a while."""
    await at_another_time(stand, "-3600")


async def at_another_time(stand: Stand, offset: str) -> None:
    """Start the second server with a clock that is off by so many seconds, and later with the right one."""
    for before in (clock(offset), []):
        await asyncio.to_thread(stand.kill, SERVERS[1])
        stand.before[SERVERS[1]] = before
        stand.start(SERVERS[1])
        if before:
            await asyncio.sleep(OFF_FOR)


def clock(offset: str) -> list[str]:
    """Return what stands before a command so that its clock is off. Raise NoStand without libfaketime."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not libraries:
        raise NoStand("A clock can only be set wrong with libfaketime: install the package faketime.")
    told = {"LD_PRELOAD": str(libraries[0]), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return ["/usr/bin/env", *(f"{name}={value}" for name, value in told.items())]


def failover(way: patroni.Way) -> Cause:
    """Return what lets the leader of a cluster fail, and switches it on again once another one leads."""

    async def fail(stand: Stand, _: Proxy) -> None:
        cluster = stand.backend.cluster
        assert cluster
        node = await failing.fail(cluster, way)
        await failing.heal(cluster, node)

    return fail
