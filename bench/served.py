"""The server as users run it: `serve`, `worker`, and a mail server that takes every letter and keeps none."""

import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from bench.processes import family_of
from server import cluster
from server.settings import Settings

# In seconds.
PATIENCE: Final = 60
PAUSE: Final = 0.1
# Else letters come two minutes after what they tell of, and a step pays for what was done long before it.
NEWS_WAIT: Final = 2
RUN: Final = (sys.executable, "-m", "server.cli")
RELAY: Final = (sys.executable, "-m", "aiosmtpd", "--nosetuid", "--class", "aiosmtpd.handlers.Sink")


class NotServed(Exception):
    """A program did not begin; the text is what it wrote."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of ours, with what it writes."""

    name: str
    child: "subprocess.Popen[bytes]"
    log: Path

    @property
    def has_ended(self) -> bool:
        """Return whether it runs no more."""
        return self.child.poll() is not None

    def family(self) -> list[int]:
        """Return its process with all that it has begun."""
        return family_of(self.child.pid)

    def said(self) -> list[str]:
        """Return the lines that it wrote: warnings and worse."""
        return self.log.read_text(errors="replace").splitlines()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def relay(folder: Path) -> Generator[tuple[Program, str]]:
    """Yield a mail server on this machine, and the address to send to."""
    port = free_port()
    with program("mail server", [*RELAY, "--listen", f"127.0.0.1:{port}"], {}, folder) as it:
        yield it, f"smtp://127.0.0.1:{port}?starttls=off"


@contextmanager
def serving(settings: Settings, smtp_url: str, workers: int) -> Generator[tuple[Program, int]]:
    """Yield `serve` with so many processes once it answers, and its port. Raise NotServed."""
    port = free_port()
    told = told_of(settings, smtp_url) | {"KLUIS_PORT": str(port), "KLUIS_STOP_GRACE": "0"}
    command = [*RUN, "serve", "--workers", str(workers)]
    with program("serve", command, told, settings.home) as it:
        until = time.monotonic() + PATIENCE
        while not is_ready(port):
            if time.monotonic() > until or it.has_ended:
                raise NotServed("\n".join(it.said()))
            time.sleep(PAUSE)
        yield it, port


@contextmanager
def delivering(settings: Settings, smtp_url: str) -> Generator[Program]:
    """Yield `worker`, which delivers letters beside the servers."""
    with program("worker", [*RUN, "worker"], told_of(settings, smtp_url), settings.home) as it:
        yield it


def told_of(settings: Settings, smtp_url: str) -> dict[str, str]:
    """Return the variables of a server: a proxy would stand before it, and slow answers are ours to find."""
    assert settings.database_url
    return {
        "KLUIS_HOME": str(settings.home),
        "KLUIS_DATABASE_URL": settings.database_url,
        "KLUIS_SMTP_URL": smtp_url,
        "KLUIS_TRUSTED_PROXIES": "127.0.0.1",
        "KLUIS_NEWS_WAIT": str(NEWS_WAIT),
        "KLUIS_SLOW_AFTER": "60",
    }


def is_ready(port: int) -> bool:
    """Return whether a server answers and finds all well."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1) as answer:
            return answer.status == 200  # noqa: PLR2004  OK
    except OSError:
        return False


@contextmanager
def program(name: str, command: list[str], told: dict[str, str], folder: Path) -> Generator[Program]:
    """Yield a program that runs until the block ends; what it writes goes to a file of its name."""
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as written:
        begun = subprocess.Popen(command, env=told, stdout=written, stderr=written)
    try:
        yield Program(name, begun, log)
    finally:
        begun.terminate()
        try:
            begun.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            begun.kill()
            begun.wait()


def database_of(home: Path) -> list[int]:
    """Return the processes of the embedded database under a home folder."""
    running = cluster.postmaster(cluster.Place(home.resolve() / "postgres").cluster)
    assert running
    return family_of(running.pid)
