"""A line to a server that can be cut: it is dead as long as somebody holds the switch."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

LOOPBACK: Final = "127.0.0.1"
PIECE: Final = 1 << 16


@dataclass
class Line:
    """What is carried, and whether anything is."""

    to: int = 0
    """The port of the server."""
    switch: int = 0
    """The port at which somebody who connects cuts the line until he hangs up."""
    is_cut: bool = False
    open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection there and back."""
        if self.is_cut:
            writer.transport.abort()
            return
        answers, questions = await asyncio.open_connection(LOOPBACK, self.to)
        self.open |= {writer, questions}
        await asyncio.gather(pour(reader, questions), pour(answers, writer))
        self.open -= {writer, questions}

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Cut the line, and say so; mend it when whoever asked for it hangs up."""
        self.is_cut = True
        for one in self.open:
            one.transport.abort()
        writer.write(b"cut")
        await reader.read()
        self.is_cut = False
        writer.close()


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry what comes from one side to the other until either ends."""
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def line() -> AsyncGenerator[tuple[Line, str]]:
    """Yield a line that leads nowhere yet, and the address at which it begins."""
    it = Line()
    async with AsyncExitStack() as stack:
        begins = await stack.enter_async_context(await asyncio.start_server(it.carry, LOOPBACK, 0))
        switch = await stack.enter_async_context(await asyncio.start_server(it.hold, LOOPBACK, 0))
        it.switch = switch.sockets[0].getsockname()[1]
        yield it, f"http://{LOOPBACK}:{begins.sockets[0].getsockname()[1]}"
