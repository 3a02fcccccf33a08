"""Scanners that journeys search files with: one that finds a certain text in them, and one that is down."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from storage.malware import Clamd
from tests.storage.clamd import EICAR

MALWARE: Final = EICAR


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one scan as clamd does (clamd(8), INSTREAM)."""
    assert await reader.readexactly(10) == b"zINSTREAM\0"
    seen = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        seen += await reader.readexactly(size)
    writer.write(b"stream: Test.Malware FOUND\0" if MALWARE in seen else b"stream: OK\0")
    await writer.drain()
    writer.close()


@asynccontextmanager
async def scanner() -> AsyncGenerator[Clamd]:
    """Yield a scanner that works as long as the block runs."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield Clamd.at(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")


def scanner_that_is_down() -> Clamd:
    """Return a scanner at an address where nobody is."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    return Clamd.at(f"tcp://127.0.0.1:{port}")
