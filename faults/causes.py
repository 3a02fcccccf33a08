"""The causes of trouble, one by one: each begins, lasts as long as it says, and has ended when it returns."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Final

from faults.proxy import Proxy
from faults.stand import SERVERS, WORKER, Stand
from server import cluster

Cause = Callable[[Stand, Proxy], Awaitable[None]]
"""What happens to a stand, or to the network between it and what it stands on."""
# In seconds. What starts programs again waits as long (RestartSec of deploy/kluis.service).
RESTARTED_AFTER: Final = 2.0
CUT_FOR: Final = 5.0
SILENT_FOR: Final = 15.0
SLOW_FOR: Final = 10.0
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
