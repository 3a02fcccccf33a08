"""An application behind a real socket, as long as a test needs it."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from server.running import listen, server_of
from server.settings import Settings


@asynccontextmanager
async def served(app: Starlette, proxies: Sequence[str] = ()) -> AsyncGenerator[str]:
    """Yield the address at which the product's own server answers for an application."""
    with listen(Settings(port=0)) as listening:
        async with answering(app, listening, proxies):
            yield address_of(listening)


@asynccontextmanager
async def answering(
    app: Starlette, listening: socket.socket, proxies: Sequence[str] = ()
) -> AsyncGenerator[None]:
    """Answer for an application on a socket that is known before there is one."""
    server = server_of(app, proxies)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def address_of(listening: socket.socket) -> str:
    """Return the address that leads to a socket."""
    host, port = listening.getsockname()
    return f"http://{host}:{port}"
