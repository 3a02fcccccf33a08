"""Transfers of the comparison: a large file sent and fetched, and many files fetched as one ZIP."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bench.load import Line, NotTheSame, line_to, posted
from bench.servers import Server
from demo import world

MIB: Final = 1 << 20
LINE: Final = b"The deed was passed on 30 January 2026 before the notary in Ghent, in two copies.\n"
PART: Final = (LINE * (MIB // len(LINE) + 1))[:MIB]
SMALL: Final = PART[: 64 << 10]
SIGN_IN: Final = """mutation ($input: SignInInput!) { signIn(input: $input) { token } }"""
ANNOUNCE: Final = """
mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } userErrors { message } }
}
"""
COMPLETE: Final = """
mutation ($input: CompleteUploadInput!) {
  completeUpload(input: $input) { document { id contentUrl } userErrors { message } }
}
"""
DELETE: Final = (
    "mutation ($input: DeleteDocumentInput!) { deleteDocument(input: $input) { userErrors { message } } }"
)
ARCHIVE: Final = "query ($ids: [ID!]!) { archiveUrl(documentIds: $ids) }"


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: seconds that it took, and the server's CPU for it in seconds."""

    took: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file there and back, and by how many MiB the server grew meanwhile."""

    there: Way
    back: Way
    grown: float


@dataclass(frozen=True, slots=True)
class Archive:
    """Many files as one ZIP: seconds until its first bytes and until its last, and its size in bytes."""

    first: float
    last: float
    byte_size: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Anna, an advisor of the demo, on a connection of hers."""

    line: Line
    token: str

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return what an operation answers. Raise NotTheSame for an error."""
        said = posted({"query": query, "variables": variables}, f"Authorization: Bearer {self.token}")
        answer = orjson.loads(await self.line.ask(said))
        if "errors" in answer:
            raise NotTheSame(str(answer["errors"]))
        return answer["data"]

    async def announced(self, byte_size: int) -> dict[str, Any]:
        """Return an upload for a text of so many bytes."""
        said = {"fileName": "deed.txt", "mediaType": "text/plain", "byteSize": byte_size}
        return (await self.ask(ANNOUNCE, input=said))["createUpload"]["upload"]

    async def completed(self, upload: dict[str, Any]) -> dict[str, Any]:
        """Return the document that is made of an upload."""
        said = {"uploadId": upload["id"], "description": "Deed"}
        return (await self.ask(COMPLETE, input=said))["completeUpload"]["document"]


@asynccontextmanager
async def calling(server: Server) -> AsyncGenerator[Caller]:
    """Yield somebody who has signed in."""
    async with line_to(server) as line:
        said = {"username": world.ROLES["advisor"], "password": world.PASSWORD}
        answer = orjson.loads(
            await line.ask(posted({"query": SIGN_IN, "variables": {"input": said}}, "X-Of: bench"))
        )
        yield Caller(line, answer["data"]["signIn"]["token"])


async def there_and_back(server: Server, mib: int) -> Transfer:
    """Send a text of so many MiB, fetch it again, and delete it."""
    async with calling(server) as caller:
        upload = await caller.announced(mib * MIB)
        server.forget_peak()
        before = server.peak_mib()
        there = await sent(server, upload["url"], mib)
        document = await caller.completed(upload)
        back = await fetched(server, document["contentUrl"], mib)
        grown = server.peak_mib() - before
        await caller.ask(DELETE, input={"documentId": document["id"]})
        return Transfer(there, back, grown)


async def sent(server: Server, url: str, mib: int) -> Way:
    """Put a text to an address."""
    async with line_to(server) as line:
        cpu, began = server.cpu_seconds(), time.perf_counter()
        line.writer.write(put_head(url, mib * MIB))
        for _ in range(mib):
            line.writer.write(PART)
            await line.writer.drain()
        answer = await line.reader.readuntil(b"\r\n\r\n")
        if b" 204 " not in answer:
            raise NotTheSame(answer.decode())
        return Way(time.perf_counter() - began, server.cpu_seconds() - cpu)


async def fetched(server: Server, url: str, mib: int) -> Way:
    """Get a file, and look at how long it is."""
    async with line_to(server) as line:
        cpu, began = server.cpu_seconds(), time.perf_counter()
        line.writer.write(f"GET {path_of(url)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        await line.reader.readuntil(b"\r\n\r\n")
        left = mib * MIB
        while left:
            piece = await line.reader.read(min(left, MIB))
            if not piece:
                raise NotTheSame("the file ends too early")
            left -= len(piece)
        return Way(time.perf_counter() - began, server.cpu_seconds() - cpu)


async def archived(server: Server, files: int) -> Archive:
    """Send so many small texts, and fetch them as one ZIP."""
    async with calling(server) as caller:
        ids: list[str] = []
        for _ in range(files):
            upload = await caller.announced(len(SMALL))
            caller.line.writer.write(put_head(upload["url"], len(SMALL)) + SMALL)
            await caller.line.reader.readuntil(b"\r\n\r\n")
            ids.append((await caller.completed(upload))["id"])
        url = (await caller.ask(ARCHIVE, ids=ids))["archiveUrl"]
    async with line_to(server) as line:
        began = time.perf_counter()
        line.writer.write(f"GET {path_of(url)} HTTP/1.0\r\n\r\n".encode())
        await line.reader.readuntil(b"\r\n\r\n")
        byte_size = len(await line.reader.read(MIB))
        first = time.perf_counter() - began
        while piece := await line.reader.read(MIB):
            byte_size += len(piece)
        return Archive(first, time.perf_counter() - began, byte_size)


def put_head(url: str, byte_size: int) -> bytes:
    """Return how a request begins that sends so many bytes to an address."""
    return f"PUT {path_of(url)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {byte_size}\r\n\r\n".encode()


def path_of(url: str) -> str:
    """Return what a request asks for, of an address with a host."""
    return "/" + url.split("/", 3)[3]
