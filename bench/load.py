"""A bounded load on a server of our own, and what it cost that server."""

import asyncio
import os
import time
from dataclasses import dataclass
from statistics import quantiles

import httpx

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request cost: CPU in milliseconds of the server's process, and waiting in milliseconds."""

    cpu: float
    p50: float
    p95: float
    a_second: float


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, user and system (proc(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123  no file, but the kernel's word
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(
    http: httpx.AsyncClient, pid: int, body: dict[str, object], *, requests: int, at_once: int
) -> Cost:
    """Send so many requests, so many at once, and return what they cost."""
    waits: list[float] = []
    left = iter(range(requests))

    async def one_after_the_other() -> None:
        for _ in left:
            began = time.perf_counter()
            answer = await http.post("/graphql", json=body)
            waits.append(time.perf_counter() - began)
            if "errors" in answer.json():
                raise RuntimeError(answer.text)

    used, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    took = time.perf_counter() - began
    cuts = quantiles(waits, n=20)
    return Cost((cpu_seconds(pid) - used) / requests * 1e3, cuts[9] * 1e3, cuts[18] * 1e3, requests / took)
