"""A suite in JavaScript beside the tests: its packages are installed once, and it tells what it found."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import programs

# Beside the packages of Python: a folder for each content of a suite.
INSTALLED = Path(sys.prefix) / "node"


def installed(suite: Path, place: Path = INSTALLED) -> Path:
    """Return a folder that holds a suite with its packages; who comes while they are installed waits."""
    place.mkdir(exist_ok=True)
    content = b"".join(it.read_bytes() for it in sorted(suite.iterdir()) if it.is_file())
    folder = place / f"{suite.name}-{hashlib.sha256(content).hexdigest()[:16]}"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            install(suite, place / "new", folder)
    return folder


def install(suite: Path, new: Path, folder: Path) -> None:
    """Make the folder, whole or not at all."""
    node, npm = programs.node()
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(suite, new)
    quiet = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        f"--cache={new / 'cache'}",
    ]
    done = subprocess.run([node, npm, "ci", *quiet], cwd=new, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(new / "cache")
    new.rename(folder)


async def told_by(suite: Path, script: str, *arguments: str) -> Any:
    """Return what a script of a suite prints, once it has ended."""
    running = await asyncio.create_subprocess_exec(
        programs.node().node,
        installed(suite) / script,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )
    try:
        async with asyncio.timeout(60):
            output, errors = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, errors.decode()
    return json.loads(output)
