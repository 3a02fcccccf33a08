"""The servers side by side: each a process of its own, idle while another one is measured."""

import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server import running
from server.settings import Settings

# Seconds that a server has to finish what it has begun.
PATIENCE = 10
# What makes the kernel forget how large a process has been (proc_pid_clear_refs(5)).
FORGET_PEAK: Final = "5"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on this machine alone."""

    name: str
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server has used."""
        return cpu_seconds(self.pid)

    def forget_peak(self) -> None:
        """Let the most memory that the server has held be what it holds now."""
        Path(f"/proc/{self.pid}/clear_refs").write_text(FORGET_PEAK)

    def peak_mib(self) -> float:
        """Return the most memory that the server has held since the peak was forgotten, in MiB."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that all threads of a process have used, to the nanosecond.

    The clock's number is made from the process's as clock_getcpuclockid(3) does it on Linux.
    """
    return time.clock_gettime(~pid << 3 | 2)


@contextmanager
def started(names: Sequence[str], settings: Settings, database_url: str) -> Generator[list[Server]]:
    """Yield the servers over one database, with the same keys; they end with the block."""
    with ExitStack() as stack:
        yield [stack.enter_context(one(name, settings, database_url)) for name in names]


@contextmanager
def one(name: str, settings: Settings, database_url: str) -> Generator[Server]:
    """Yield one server; what is sent before it answers waits on its socket."""
    told = {
        "KLUIS_HOME": str(settings.home),
        "KLUIS_DATABASE_URL": database_url,
        "KLUIS_TRUSTED_PROXIES": ",".join(settings.trusted_proxies),
    }
    with running.listen(Settings(home=settings.home, port=0)) as listening:
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "bench.serve", name, str(listening.fileno())]
        process = subprocess.Popen(command, env=told, pass_fds=[listening.fileno()])
    try:
        yield Server(name, process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
