"""Programs that faults are tried on: each works in a folder of its own, by which all it started is found."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from server import children

# In seconds.
PAUSE: Final = 0.01
PATIENCE: Final = 10.0


class Wanting(Exception):
    """Something that the faults need is not on this machine; the text says what, in one line."""


def found(program: str, package: str) -> str:
    """Return where a program of this machine is. Raise Wanting."""
    path = shutil.which(program) or shutil.which(program, path="/usr/local/sbin:/usr/sbin")
    if path is None:
        raise Wanting(f"{program} is not installed; on Debian or Ubuntu: apt install {package}")
    return path


def start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a program in a folder, where it writes `log`; it is told to end when the calling thread ends.

    So call it in the main thread.
    """
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            children.launched(command),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=children.environment(),
            start_new_session=True,
        )


def working_in(folder: Path) -> list[int]:
    """Return the ids of all processes that work in a folder or below it."""
    ids = (int(it) for it in os.listdir("/proc") if it.isdigit())  # noqa: PTH208  names, not paths
    return [it for it in ids if (place := children.works_in(it)) and place.is_relative_to(folder)]


def kill_all(folder: Path) -> None:
    """Kill whatever works in a folder or below it, at once, and return when nothing does any more."""
    until = time.monotonic() + PATIENCE
    while ids := working_in(folder):
        for pid in ids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            raise TimeoutError(f"processes {ids} in {folder} do not end")
        time.sleep(PAUSE)


def free_ports(count: int) -> list[int]:
    """Return so many ports of 127.0.0.1 that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for it in sockets:
            it.bind(("127.0.0.1", 0))
        return [it.getsockname()[1] for it in sockets]
