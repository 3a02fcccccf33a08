"""The machine that the figures are from, and the versions that ran on it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from server.cluster import VERSION

# Where the columns of idle time stand in the line of all processors (proc_stat(5)).
AT_REST = slice(3, 5)
PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "SQLAlchemy", "asyncpg", "orjson")


def described() -> str:
    """Return what the machine is, in two sentences."""
    packages = ", ".join(f"{it} {version(it)}" for it in PACKAGES)
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}. "
        f"Python {platform.python_version()}, PostgreSQL {VERSION}, {packages}."
    )


def processor() -> str:
    """Return what the processor calls itself (proc_cpuinfo(5))."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [it.partition(":")[2].strip() for it in lines if it.startswith("model name")]
    return names[0] if names else platform.machine()


def busy_seconds() -> float:
    """Return how much CPU time everything on this machine has used, to the hundredth of a second."""
    line = Path("/proc/stat").read_text().splitlines()[0]
    # The first eight; what guests used is counted among them (proc_stat(5)).
    spent = [int(it) for it in line.split()[1:9]]
    return (sum(spent) - sum(spent[AT_REST])) / os.sysconf("SC_CLK_TCK")
