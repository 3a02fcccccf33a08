"""An application behind a real socket, as long as a test needs it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from server.running import listen, server_of
from server.settings import Settings


@asynccontextmanager
async def served(app: Starlette, proxies: Sequence[str] = ()) -> AsyncGenerator[str]:
    """Yield the address at which the product's own server answers for an application."""
    async with served_at(lambda _: app, proxies) as url:
        yield url


@asynccontextmanager
async def served_at(make: Callable[[str], Starlette], proxies: Sequence[str] = ()) -> AsyncGenerator[str]:
    """Yield the same address, which the application is made for."""
    with listen(Settings(port=0)) as listening:
        host, port = listening.getsockname()
        url = f"http://{host}:{port}"
        server = server_of(make(url), proxies)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield url
        finally:
            server.should_exit = True
            await serving
