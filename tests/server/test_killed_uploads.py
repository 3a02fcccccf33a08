"""Servers that are killed at any moment of uploads: no row without its object, what was said stays true."""

import asyncio
import random
import shutil
import socket
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from resolvers.orphans import end_uploads, sweep_orphans
from resolvers.scrubbing import scrub
from resolvers.uploads import LASTS_FOR
from resolvers.verifying import compare
from tests.api import Api
from tests.conftest import START
from tests.server import mortal_server

pytestmark = pytest.mark.at_length

KILLED: Final = 200
LONGEST_LIFE: Final = 0.2
"""In seconds: long enough to be killed in the middle of each thing that it does."""
PATIENCE: Final = 120
"""In seconds: a server that does not answer by then never will."""
SENDERS: Final = 3
MEMORY: Final = Path("/dev/shm")  # noqa: S108  a folder of its own is made there
ROOM: Final = 2 << 30
ENOUGH: Final = 40
SIZES: Final = (1_000, 60_000, 300_000, 1_200_000)
SMALL: Final = 100_000
CREATE: Final = """
mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url } userErrors { code } }
}
"""
COMPLETE: Final = """
mutation ($input: CompleteUploadInput!) {
  completeUpload(input: $input) { document { id } userErrors { code } }
}
"""
URL: Final = "query ($id: ID!) { document(id: $id) { contentUrl } }"
GONE: Final = (httpx.TransportError,)


@dataclass
class Sender:
    """Somebody who sends one text after the other, whatever becomes of the server."""

    api: Api
    dice: random.Random
    acknowledged: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """The digests of what a server said that it has, by the ids of the documents."""
    broken: int = 0

    async def run(self) -> None:
        while True:
            content = self.dice.choice(b"abc").to_bytes() * self.dice.choice(SIZES)
            content = self.dice.randbytes(8).hex().encode() + content
            try:
                id_ = await (self.at_once(content) if len(content) < SMALL else self.in_steps(content))
            except GONE:
                self.broken += 1
            else:
                self.acknowledged[id_] = sha256(content).digest()

    async def at_once(self, content: bytes) -> str:
        payload = await self.api.upload("bert", "a.txt", content)
        assert payload["userErrors"] == []
        return payload["document"]["id"]

    async def in_steps(self, content: bytes) -> str:
        """Send it step by step; a server that comes back is asked the same again."""
        said = {"fileName": "a.txt", "mediaType": "text/plain", "byteSize": len(content)}
        said["idempotencyKey"] = content[:16].decode()
        created = await self.until_answered(lambda: self.api.gets("bert", CREATE, input=said))
        ticket = created["createUpload"]["upload"]
        url = ticket["url"].removeprefix(self.api.ports.public_url)
        put = await self.until_answered(lambda: self.api.http.put(url, content=content))
        assert put.status_code == 204, put.text
        done = {"uploadId": ticket["id"], "description": "x"}
        completed = await self.until_answered(lambda: self.api.gets("bert", COMPLETE, input=done))
        return completed["completeUpload"]["document"]["id"]

    async def until_answered(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            try:
                return await ask()
            except GONE:
                self.broken += 1


@pytest.fixture
async def listening() -> AsyncGenerator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as open_:
        yield open_


def in_memory(folder: Path, request: pytest.FixtureRequest) -> None:
    """Let an empty folder be one in memory, where there is enough: many syncs would keep others waiting.

    Whoever is killed, and not the machine, loses nothing of it.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        place = Path(tempfile.mkdtemp(prefix="kluis-files-", dir=MEMORY))
        request.addfinalizer(lambda: shutil.rmtree(place))
        folder.rmdir()
        folder.symlink_to(place)


async def live(database_url: str, folder: Path, listening: socket.socket, work: Awaitable[Any]) -> None:
    """Let a server live as long as something takes."""
    server = mortal_server.begin(database_url, folder, listening)
    try:
        await work
    finally:
        server.kill()
        await asyncio.to_thread(server.join)


async def a_while(http: httpx.AsyncClient, seconds: float) -> None:
    """Wait so long from when a server answers."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(*GONE):
                await http.get("/health/live")
                break
    await asyncio.sleep(seconds)


async def everything_is_read(api: Api, digests: dict[str, bytes]) -> None:
    """Require that every document that was acknowledged can be fetched, as it was sent."""
    for id_, digest in digests.items():
        url = (await api.gets("bert", URL, id=id_))["document"]["contentUrl"]
        answer = await api.http.get(url.removeprefix(api.ports.public_url))
        assert (answer.status_code, sha256(answer.content).digest()) == (200, digest)


async def test_nothing_that_was_acknowledged_is_lost_though_200_servers_are_killed(
    api: Api,
    database_url: str,
    tmp_path: Path,
    listening: socket.socket,
    request: pytest.FixtureRequest,
) -> None:
    dice = random.Random(20260130)  # noqa: S311  dice
    in_memory(tmp_path / "files", request)
    await api.token("bert")
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, timeout=20) as http:
        distant = Api(api.ports, api.world, http)
        distant.tokens = api.tokens
        senders = [Sender(distant, random.Random(it)) for it in range(SENDERS)]  # noqa: S311  dice
        tasks = [asyncio.create_task(it.run()) for it in senders]
        killed = 0
        # Until something was done: on a slow machine that takes some more lives.
        while killed < KILLED or sum(len(it.acknowledged) for it in senders) < ENOUGH:
            await live(database_url, tmp_path, listening, a_while(http, dice.uniform(0, LONGEST_LIFE)))
            assert not any(it.done() for it in tasks)
            killed += 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        said = {id_: digest for it in senders for id_, digest in it.acknowledged.items()}
        # They were killed while there was something to do.
        assert sum(it.broken for it in senders) > ENOUGH
        await live(database_url, tmp_path, listening, everything_is_read(distant, said))
    await no_row_is_without_its_object(api)
    await what_belongs_to_no_row_is_swept(api, tmp_path / "files")


async def no_row_is_without_its_object(api: Api) -> None:
    licence_id = api.world.firm.licence_id
    compared = await compare(api.ports, licence_id, lambda _: None)
    assert compared.agrees
    later = START + timedelta(days=1)
    assert [it async for _, it in scrub(api.ports, licence_id, until=later, now=later) if it] == []


async def what_belongs_to_no_row_is_swept(api: Api, folder: Path) -> None:
    licence_id, files = api.world.firm.licence_id, files_in(folder)
    await end_uploads(api.ports, licence_id, START + LASTS_FOR + timedelta(days=1))
    # Objects are as old as they are, whatever the tests' clock says.
    await sweep_orphans(api.ports, licence_id, datetime.now(UTC) + timedelta(hours=25))
    left = files_in(folder)
    compared = await compare(api.ports, licence_id, lambda _: None)
    assert (compared.objects, compared.unknown, len(left)) == (compared.rows, 0, compared.rows)
    assert len(left) < len(files)


def files_in(folder: Path) -> list[Path]:
    """Return the objects in a store, and what was left of others."""
    return [it for it in folder.resolve().rglob("*") if it.is_file()]
