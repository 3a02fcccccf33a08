"""The network between two programs: a TCP proxy that can be cut, fall silent, be slow, or answer itself."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

PIECE: Final = 64 << 10
Connects = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
ANSWER_500: Final = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)


class Proxy:
    """A way to another program. What it does can be changed while connections go through it."""

    def __init__(self, connects: Connects) -> None:
        self._connects = connects
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._answers_itself = False
        self._delay = 0.0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> None:
        """Break all connections, and every new one."""
        self._is_cut = True
        self._break()

    def silence(self) -> None:
        """Pass nothing on, and tell nobody: connections stay open, as where a cable was pulled."""
        self._flows.clear()

    def slow(self, seconds: float) -> None:
        """Pass everything on so much later, each way."""
        self._delay = seconds

    def answer_500(self) -> None:
        """Answer every HTTP request with 500 in the other program's name."""
        self._answers_itself = True
        self._break()

    def mend(self) -> None:
        """Pass everything on again."""
        self._is_cut = self._answers_itself = False
        self._delay = 0.0
        self._flows.set()

    def _break(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Let the proxy listen on a free port of this machine."""
        server = await asyncio.start_server(self._come, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self._break()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            # Whoever is on the way when it is cut is told by an error, which is all that there is to do.
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._pass(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            return
        if self._answers_itself:
            await answer(reader, writer)
            return
        await self._flows.wait()
        there, onward = await self._connects()
        self._open.add(onward)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, onward))
                both.create_task(self._pump(there, writer))
        except* OSError:
            pass
        finally:
            self._open.discard(onward)
            onward.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            if self._delay:
                await asyncio.sleep(self._delay)
            await self._flows.wait()
            writer.write(piece)
            await writer.drain()
        await self._flows.wait()
        if writer.can_write_eof():
            writer.write_eof()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take one HTTP request, with its body, and answer 500."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    writer.write(ANSWER_500)
    await writer.drain()
