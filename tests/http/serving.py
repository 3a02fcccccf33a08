"""An application behind a real socket, as long as a test needs it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from server.running import listen, server_of
from server.settings import Settings


@asynccontextmanager
async def served(app: Starlette, proxies: Sequence[str] = ()) -> AsyncGenerator[str]:
    """Yield the address at which the product's own server answers for an application."""
    with listen(Settings(port=0)) as listening:
        server = server_of(app, proxies)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        host, port = listening.getsockname()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            await serving
