"""`make bench`: a server of our own under a bounded load, and a table of what each operation costs it."""

import asyncio
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from bench import world as bench_world
from bench.load import Cost, measure
from bench.operations import OPERATIONS
from demo.world import PASSWORD, ROLES
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { token } }"


def main() -> None:
    """Measure every operation, and print one table."""
    parser = ArgumentParser(description="CPU per request of the server's process.")
    parser.add_argument("--documents", type=int, default=500, help="how many the client may read")
    parser.add_argument("--requests", type=int, default=300, help="per operation")
    parser.add_argument("--at-once", type=int, default=4, help="how many wait at the same time")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder)) as url:
        settings = Settings(home=Path(folder), database_url=url)
        asyncio.run(prepare(settings, url, asked.documents))
        with running.listen(Settings(home=Path(folder), port=0)) as free:
            port = free.getsockname()[1]
        server = start(folder, url, port)
        try:
            costs = asyncio.run(measure_all(server.pid, port, asked.requests, asked.at_once))
        finally:
            server.terminate()
            server.wait()
    show(costs)


async def prepare(settings: Settings, url: str, documents: int) -> None:
    """Write what is asked for."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        await bench_world.write(ports, documents)


def start(folder: str, url: str, port: int) -> subprocess.Popen[bytes]:
    """Start the server as its operator would."""
    told = {"KLUIS_HOME": folder, "KLUIS_DATABASE_URL": url, "KLUIS_PORT": str(port)}
    return subprocess.Popen([sys.executable, "-m", "server.cli"], env=told, stdout=subprocess.DEVNULL)


async def measure_all(pid: int, port: int, requests: int, at_once: int) -> dict[str, Cost]:
    """Return what each operation costs, after a few requests to warm up."""
    costs: dict[str, Cost] = {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        await answering(http)
        for operation in OPERATIONS:
            said = {"username": ROLES[operation.role], "password": PASSWORD}
            signed = await http.post("/graphql", json={"query": SIGN_IN, "variables": {"input": said}})
            http.headers["Authorization"] = f"Bearer {signed.json()['data']['signIn']['token']}"
            body: dict[str, object] = {"query": operation.query}
            await measure(http, pid, body, requests=20, at_once=at_once)
            costs[operation.name] = await measure(http, pid, body, requests=requests, at_once=at_once)
    return costs


async def answering(http: httpx.AsyncClient) -> None:
    """Wait until the server answers."""
    for _ in range(200):
        try:
            await http.get("/health")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


def show(costs: dict[str, Cost]) -> None:
    """Print the table."""
    table = Table("Operation", "CPU ms", "requests/s", "p50 ms", "p95 ms")
    for name, cost in costs.items():
        table.add_row(name, *(f"{value:.1f}" for value in (cost.cpu, cost.a_second, cost.p50, cost.p95)))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
