"""Three members of etcd, by which Patroni's nodes agree who leads; they end with the block."""

import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from faults.programs import PAUSE, found, free_ports, kill_all, start

MEMBERS: Final = 3
# In seconds.
PATIENCE: Final = 60.0
# In milliseconds. With the defaults, 100 and 1000, members of one busy machine often vote anew.
HEARTBEAT: Final = 250
ELECTION: Final = 2500


@contextmanager
def members(folder: Path) -> Generator[list[str]]:
    """Yield the addresses, host and port, of three members. Raise Wanting, TimeoutError."""
    program = found("etcd", "etcd-server")
    ports = free_ports(2 * MEMBERS)
    clients, peers = ports[:MEMBERS], ports[MEMBERS:]
    whole = ",".join(f"member{place}=http://127.0.0.1:{port}" for place, port in enumerate(peers))
    started: list[subprocess.Popen[bytes]] = []
    try:
        for place, (client, peer) in enumerate(zip(clients, peers, strict=True)):
            home = folder / f"member{place}"
            home.mkdir(parents=True)
            started.append(start([program, *options(place, client, peer, whole)], home))
        for client in clients:
            until_healthy(client)
        yield [f"127.0.0.1:{it}" for it in clients]
    finally:
        kill_all(folder)
        for it in started:
            it.wait()


def options(place: int, client: int, peer: int, whole: str) -> list[str]:
    """Return the options of one member, which listens on this machine alone."""
    return [
        f"--name=member{place}",
        "--data-dir=etcd",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-cluster={whole}",
        f"--heartbeat-interval={HEARTBEAT}",
        f"--election-timeout={ELECTION}",
        "--log-level=warn",
    ]


def until_healthy(port: int) -> None:
    """Return when a member says that there is a majority. Raise TimeoutError."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").json()["health"] == "true":
                return
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        time.sleep(PAUSE)
    raise TimeoutError(f"etcd on port {port} does not find a majority")
