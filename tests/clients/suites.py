"""Where a client's suite runs: a folder with its files, those that it shares, and packages installed once."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests import programs
from tests.http import node_suite

HERE: Final = Path(__file__).parent
SHARED: Final = HERE / "shared"
LOCKS: Final = ("package.json", "package-lock.json")
REQUIREMENTS: Final = "requirements.txt"
# The first Node.js that runs TypeScript as it is.
OLDEST_NODE: Final = 22
# Beside the packages of Python: an environment for each content of its requirements.
INSTALLED: Final = Path(sys.prefix) / "clients"
# How npm and pip say that nobody is there.
AWAY: Final = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "NewConnectionError",
    "No matching distribution",
)
LONGEST: Final = 60
"""In seconds: no step takes a tenth of it."""


def in_folder(suite: str, place: Path) -> Path:
    """Return a new folder with a suite, and the files that it shares with the others."""
    folder = place / suite
    shutil.copytree(SHARED, folder)
    shutil.copytree(HERE / suite, folder, dirs_exist_ok=True)
    return folder


def with_packages(folder: Path) -> Path:
    """Give a folder the packages of its lock file; skip where npm's registry is away."""
    locks = folder / "locks" / folder.name
    locks.mkdir(parents=True)
    for name in LOCKS:
        shutil.copy(folder / name, locks)
    try:
        found = node_suite.installed(locks)
    except AssertionError as error:
        skip_if_away(str(error), "npm's registry")
        raise
    (folder / "node_modules").symlink_to(found / "node_modules")
    return folder


def environment(folder: Path, place: Path = INSTALLED) -> Path:
    """Return a Python with the packages that a folder requires; who comes while they are installed waits."""
    wanted = folder / REQUIREMENTS
    place.mkdir(exist_ok=True)
    name = f"{folder.name}-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:16]}"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / name / "whole").exists():
            install(place / name, wanted)
    return place / name / "bin" / "python"


def install(new: Path, wanted: Path) -> None:
    """Make an environment, whole or to be made again; skip where Python's registry is away."""
    shutil.rmtree(new, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", new], check=True)
    pip = [new / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--requirement", wanted], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        skip_if_away(done.stderr, "Python's registry")
    assert done.returncode == 0, done.stderr
    (new / "whole").touch()


def skip_if_away(said: str, registry: str) -> None:
    """Skip where the packages could not be fetched."""
    if any(it in said for it in AWAY):
        pytest.skip(f"{programs.WANTING}{registry}")


def node() -> str:
    """Return the Node.js that runs the suites. Skip without one."""
    found = programs.node().node
    if programs.version_of(found) < OLDEST_NODE:
        pytest.skip(f"{programs.WANTING}node {OLDEST_NODE} or newer")
    return found


async def run(folder: Path, *command: str | Path, told: dict[str, str] | None = None) -> str:
    """Return what a program prints that ends well in a suite's folder."""
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1", **(told or {})},
    )
    try:
        async with asyncio.timeout(LONGEST):
            output, errors = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, (output + errors).decode()
    assert not errors, errors.decode()
    return output.decode()
