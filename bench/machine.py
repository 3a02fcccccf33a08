"""The machine that the figures are from, and the versions that ran on it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from server.cluster import VERSION

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
