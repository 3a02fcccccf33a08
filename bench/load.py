"""A bounded load on a server of our own, and what it cost that server."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import orjson

from bench.operations import Operation
from bench.servers import Server

OK: Final = 200


class NotTheSame(Exception):
    """A server gave another answer than it must; the text says which."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What some requests cost: CPU of the server's process for each, and how long each waited, in seconds."""

    cpu: float
    took: float
    waits: list[float]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that is kept open. httpx would cost as much CPU as the server that it measures."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def exchange(self, request: bytes) -> Reply:
        """Return the answer to a whole request, whatever it is."""
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return Reply(int(head.split(b" ", 2)[1]), await self.reader.readexactly(length))

    async def ask(self, request: bytes) -> bytes:
        """Return the body of the answer to a whole request. Raise NotTheSame for any status but 200."""
        reply = await self.exchange(request)
        if reply.status != OK:
            raise NotTheSame(reply.body.decode())
        return reply.body


@asynccontextmanager
async def line_to(server: Server) -> AsyncGenerator[Line]:
    """Yield a connection to a server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def request_of(operation: Operation) -> bytes:
    """Return an operation as an HTTP request."""
    said = {"query": operation.query, "variables": operation.variables}
    return posted(said, f"Authorization: Bearer {operation.token}")


def posted(said: object, header: str, path: str = "/graphql") -> bytes:
    """Return an HTTP request that says something to GraphQL, with one more header."""
    body = orjson.dumps(said)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{header}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(server: Server, operation: Operation) -> bytes:
    """Return one answer."""
    async with line_to(server) as line:
        return await line.ask(request_of(operation))


async def measure(
    server: Server, operation: Operation, expected: bytes, *, requests: int, at_once: int
) -> Cost:
    """Send so many requests, so many at once. Raise NotTheSame for an answer that is not as expected."""
    request = request_of(operation)
    waits: list[float] = []
    left = iter(range(requests))
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(line_to(server)) for _ in range(at_once)]
        used, began = server.cpu_seconds(), time.perf_counter()
        await asyncio.gather(*(in_turn(line, request, expected, left, waits) for line in lines))
        took, used = time.perf_counter() - began, server.cpu_seconds() - used
    return Cost(used / requests, took, waits)


async def in_turn(
    line: Line, request: bytes, expected: bytes, left: Iterator[int], waits: list[float]
) -> None:
    """Send one request after the other while any are left; the first answer is compared, then lengths."""
    for number in left:
        began = time.perf_counter()
        body = await line.ask(request)
        waits.append(time.perf_counter() - began)
        is_first = number == 0
        if (body != expected) if is_first else (len(body) != len(expected)):
            raise NotTheSame(body.decode())
