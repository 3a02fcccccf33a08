"""Programs that run as children of this one, and end when it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# The parent's death reaches a child as a signal when the child asked for it (PR_SET_PDEATHSIG is 1). It is
# asked for in a launcher of its own and not between fork and exec, where a program with threads can lock
# itself up. When the parent died before the asking, there is nothing left to run for. What a shell starts in
# the background ignores two signals, and hands that on.
LAUNCH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGINT)
for told in (signal.SIGINT, signal.SIGQUIT):
    signal.signal(told, signal.SIG_DFL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def run(
    command: Sequence[str], *, keep: int | None = None, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it inherits the file descriptor to keep and reads the text."""
    return subprocess.run(
        launched(command),
        input=text,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=() if keep is None else (keep,),
        env=environment(),
    )


def start(command: Sequence[str], *, keep: int, log: Path) -> subprocess.Popen[bytes]:
    """Start a command, which must be an absolute path and inherits the file descriptor to keep."""
    with log.open("ab") as output:
        return subprocess.Popen(
            launched(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(keep,),
            env=environment(),
            start_new_session=True,  # Ctrl-C is for this program, which stops the child in the end
        )


def stop(child: subprocess.Popen[bytes], *, patience: float) -> None:
    """Interrupt a child and wait for its end; after so many seconds, ask it to quit at once."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGQUIT)
        child.wait()


def works_in(pid: int) -> Path | None:
    """The working folder of a running program; None when it is not running or not ours to look at."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def launched(command: Sequence[str]) -> list[str]:
    """Return what is to be started so that a command ends with this program."""
    return [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid()), *command]


def environment() -> dict[str, str]:
    """Nothing of the caller's: variables such as PGHOST or PGDATA would change what the programs do."""
    return {"PATH": os.defpath, "LC_ALL": "C"}
