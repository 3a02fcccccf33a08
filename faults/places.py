"""Where trouble can be made: on the programs, or on the network before the database or the store."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from faults import patroni
from faults.proxy import Proxy
from faults.stand import Backend, NoStand, Stand, standing
from server import children
from server.cluster import SOCKET
from server.embedded import binaries, embedded
from tests.storage import s3

Place = Callable[[Path], AbstractAsyncContextManager[tuple[Stand, Proxy]]]
"""Makes a stand in a folder, and the network on which trouble is made."""


DISK: Final = "400m"
"""Little, and enough for a database that keeps 256 MiB of its log."""


def of(url: str, ask_at: str | None = None) -> Backend:
    """Return the embedded database, whose owner is its superuser."""
    sockets = unquote(url.partition("?host=")[2])
    psql = [str(binaries() / "psql"), "-XqAtw", "-h", sockets, "-U", "kluis", "-d", "kluis", "-c"]
    return Backend(url, lambda statement: children.run([*psql, statement]).stdout, ask_at)


@asynccontextmanager
async def plain(folder: Path) -> AsyncGenerator[tuple[Stand, Proxy]]:
    """Yield a stand on the embedded database, and a network that nothing goes through."""
    with embedded(folder) as url:
        async with standing(folder, of(url)) as stand:
            yield stand, nothing()


@asynccontextmanager
async def before_database(folder: Path) -> AsyncGenerator[tuple[Stand, Proxy]]:
    """Yield a stand, and the network to its database."""
    with embedded(folder) as url:
        sockets = unquote(url.partition("?host=")[2])
        network = Proxy(lambda: asyncio.open_unix_connection(Path(sockets) / SOCKET))
        async with network.listening():
            ask_at = f"postgresql+asyncpg://kluis@127.0.0.1:{network.port}/kluis?ssl=disable"
            async with standing(folder, of(url, ask_at)) as stand:
                yield stand, network
                network.mend()


@asynccontextmanager
async def before_store(folder: Path) -> AsyncGenerator[tuple[Stand, Proxy]]:
    """Yield a stand whose files are in an S3 store, and the network to that."""
    server = s3.shared(folder, owner=os.getpid())
    there = urlsplit(server.endpoint)
    network = Proxy(lambda: asyncio.open_connection(there.hostname, there.port))
    async with network.listening():
        settings = {
            **server.environment,
            "AWS_ENDPOINT": f"http://127.0.0.1:{network.port}",
            "KLUIS_STORAGE_URL": f"s3://{s3.BUCKET}/{uuid4().hex}",
        }
        # Our own program puts the first files there.
        os.environ |= {name: it for name, it in settings.items() if name.startswith("AWS_")}
        with embedded(folder) as url:
            async with standing(folder, of(url), settings=settings) as stand:
                yield stand, network
                network.mend()


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncGenerator[tuple[Stand, Proxy]]:
    """Yield a stand whose database and files are on a small disk of their own. Raise NoStand."""
    disk = folder / "disk"
    disk.mkdir()
    command = ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(disk)]
    mounted = await asyncio.to_thread(children.run, command)
    if mounted.returncode:
        raise NoStand(f"A small disk can not be mounted; `make faults` may: {mounted.stderr.strip()}")
    try:
        # The mail server is another machine.
        with embedded(disk) as url:
            async with standing(disk, of(url), mail=folder / "mail") as stand:
                yield stand, nothing()
    finally:
        await asyncio.to_thread(children.run, ["/bin/umount", str(disk)])


def nothing() -> Proxy:
    """Return a network that nothing goes through."""
    return Proxy(lambda: asyncio.open_connection("127.0.0.1", 9))


@asynccontextmanager
async def on_cluster(folder: Path) -> AsyncGenerator[tuple[Stand, Proxy]]:
    """Yield a stand over three nodes under Patroni. Raise programs.Wanting."""
    with patroni.cluster(folder / "cluster") as cluster:

        def ask(statement: str) -> str:
            return cluster.ask(statement, database="kluis")

        async with standing(folder, Backend(cluster.url, ask, cluster=cluster)) as stand:
            yield stand, nothing()
