"""The stand on which faults are made: a firm's vault with two servers and a worker, each its own program."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from demo import world
from demo.world import SLUG
from faults.patroni import Cluster
from mail.sink import Sink
from resolvers import operating
from server import migrations, running
from server.house import open_house
from server.settings import Settings

ROOT: Final = Path(__file__).parents[1]
SERVERS: Final = ("first", "second")
WORKER: Final = "worker"
OK: Final = 200
SEATS: Final = 100_000
# In seconds.
STARTING: Final = 60.0
READY_WITHIN: Final = 5.0
LOOKS_EVERY: Final = 0.05


Asks = Callable[[str], str]
"""Returns what a statement finds: a line a row, its columns parted by bars."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The database under a stand."""

    url: str
    ask: Asks
    """Asks it as its superuser."""
    ask_at: str | None = None
    """Where the programs reach it, where that is another address."""
    cluster: Cluster | None = None
    """Of several nodes, where it is one."""


class NoStand(Exception):
    """The stand does not stand; the text says why."""


@dataclass(slots=True)
class Stand:
    """Programs over one database, one store and one mail server."""

    folder: Path
    backend: Backend
    mail: Path
    environment: dict[str, str]
    """The settings of all programs."""
    ports: dict[str, int] = field(default_factory=dict[str, int])
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])
    before: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """What stands before the command of a program."""

    @property
    def addresses(self) -> dict[str, str]:
        """Return where the servers answer, by their names."""
        return {name: f"http://127.0.0.1:{self.ports[name]}" for name in SERVERS}

    @property
    def home(self) -> Path:
        """Return where the programs keep what they keep."""
        return self.folder / "home"

    def start(self, name: str) -> None:
        """Start a program."""
        words = ["worker"] if name == WORKER else ["serve"]
        port = {"KLUIS_PORT": str(self.ports[name])} if name in self.ports else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [*self.before.get(name, ()), sys.executable, "-m", "server.cli", *words],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment | port,
                cwd=ROOT,
            )

    def kill(self, name: str) -> None:
        """Kill a program, and return when it is gone."""
        self.programs[name].send_signal(signal.SIGKILL)
        self.programs[name].wait()

    async def until_ready(self, *names: str) -> None:
        """Return when these servers call themselves ready. Raise NoStand."""
        until = time.monotonic() + STARTING
        async with httpx.AsyncClient() as http:
            for name in names:
                while not await is_ready(http, self.addresses[name]):
                    if time.monotonic() > until or self.programs[name].poll() is not None:
                        raise NoStand((self.folder / f"{name}.log").read_text()[-2000:])
                    await asyncio.sleep(LOOKS_EVERY)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Carry out a command of the operator's."""
        command = [sys.executable, "-m", "server.cli", *words]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=self.environment, cwd=ROOT
        )

    def stop(self) -> None:
        """Stop all programs."""
        for it in self.programs.values():
            it.terminate()
        for it in self.programs.values():
            try:
                it.wait(STARTING)
            except subprocess.TimeoutExpired:
                it.kill()
                it.wait()


async def is_ready(http: httpx.AsyncClient, address: str) -> bool:
    """Return whether a server calls itself ready."""
    try:
        return (await http.get(f"{address}/health/ready", timeout=READY_WITHIN)).status_code == OK
    except httpx.TransportError:
        return False


@asynccontextmanager
async def standing(
    folder: Path, backend: Backend, *, settings: Mapping[str, str] | None = None, mail: Path | None = None
) -> AsyncGenerator[Stand]:
    """Yield a stand over an empty database, with the demo's firm in it.

    `mail` is where letters come, if not in the folder. Raise NoStand.
    """
    mail = mail or folder / "mail"
    async with AsyncExitStack() as stack:
        smtp_url = await stack.enter_async_context(Sink(mail))
        environment = {
            "PATH": os.environ["PATH"],
            "KLUIS_HOME": str(folder / "home"),
            "KLUIS_DATABASE_URL": backend.ask_at or backend.url,
            "KLUIS_SMTP_URL": smtp_url,
            "KLUIS_NEWS_WAIT": "1",
            "KLUIS_STOP_GRACE": "0",
            **(settings or {}),
        }
        stand = Stand(folder, backend, mail, environment)
        stand.home.mkdir(mode=0o700)
        await found(stand)
        stand.ports = free_ports()
        stack.callback(stand.stop)
        for name in (*SERVERS, WORKER):
            stand.start(name)
        await stand.until_ready(*SERVERS)
        yield stand


async def found(stand: Stand) -> None:
    """Write the demo's firm, with room for many clients."""
    told = {name.removeprefix("KLUIS_").lower(): it for name, it in stand.environment.items()}
    settings = Settings(home=stand.home, database_url=stand.backend.url, storage_url=told.get("storage_url"))
    await migrations.upgrade(stand.backend.url)
    async with open_house(settings, stand.backend.url, running.NO_RELAY) as (ports, _):
        await world.write_world(ports)
        await operating.set_client_logins(ports, SLUG, SEATS)


def free_ports() -> dict[str, int]:
    """Return ports for the servers that nobody listens at."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in SERVERS]
    ports = {name: it.getsockname()[1] for name, it in zip(SERVERS, held, strict=True)}
    for it in held:
        it.close()
    return ports
