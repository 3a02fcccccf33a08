"""The store on S3: what only a server can do to it."""

import asyncio
import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from obstore.exceptions import BaseError

from storage import store as limits
from storage.files import Files
from storage.store import Store, new_key
from tests.storage import s3 as server
from tests.storage.s3 import BUCKET, S3
from tests.storage.uploads import LICENCE, MIB, PLENTY, OnS3, SourceBroke, breaking, read, sent, zeros

SOON: Final = 60.0
"""Seconds that nothing here takes."""


async def put(store: Store) -> str:
    key = new_key(LICENCE)
    await store.put(key, sent(b"x"))
    return key


# a real one -------------------------------------------------------------------------------------------------


async def test_a_large_file_leaves_no_unfinished_parts(on_s3: OnS3) -> None:
    key = new_key(LICENCE)
    await on_s3.store.put(key, zeros(20))
    assert on_s3.left() == [key]


async def test_a_list_is_whole_though_the_server_tells_of_a_thousand_at_a_time(on_s3: OnS3) -> None:
    made: set[str] = set()
    for _ in range(41):
        made.update(await asyncio.gather(*(put(on_s3.store) for _ in range(25))))
    assert len(made) > 1000
    assert {it.key async for some in on_s3.store.listed(LICENCE) for it in some} == made


async def test_a_stranger_gets_no_object(on_s3: OnS3) -> None:
    key = await put(on_s3.store)
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.get(f"{on_s3.server.endpoint}/{BUCKET}/{on_s3.prefix}/{key}")
    assert answer.status_code == 403


async def test_the_parts_of_an_upload_that_fails_are_given_up(on_s3: OnS3) -> None:
    begun: list[list[str]] = []

    async def noting() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(20):
            yield chunk
        begun.append(on_s3.left())
        async for chunk in breaking(0):
            yield chunk

    with pytest.raises(SourceBroke):
        await on_s3.store.put(new_key(LICENCE), noting())
    assert begun == [["unfinished"]]
    assert on_s3.left() == []


async def test_the_parts_of_an_upload_that_is_cancelled_are_given_up(on_s3: OnS3) -> None:
    stalled = asyncio.Event()

    async def stalling() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(20):
            yield chunk
        stalled.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(on_s3.store.put(new_key(LICENCE), stalling()))
    await stalled.wait()
    assert on_s3.left() == ["unfinished"]
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert on_s3.left() == []


# one that does nothing --------------------------------------------------------------------------------------


class Loopback:
    """A listening socket, and what it has been asked."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._taken: list[socket.socket] = []

    def answer(self, how: Callable[[socket.socket], None]) -> None:
        """Take connections from now on, and answer the first request of each."""

        def take() -> None:
            while True:
                try:
                    taken = self._listening.accept()[0]
                except OSError:
                    return
                self._taken.append(taken)
                threading.Thread(target=how, args=[taken], daemon=True).start()

        threading.Thread(target=take, daemon=True).start()

    def close(self) -> None:
        if self._listening.fileno() >= 0:
            self._listening.shutdown(socket.SHUT_RDWR)  # who waits for a connection hears of no mere close
        for it in (self._listening, *self._taken):
            it.close()


@pytest.fixture
def loopback() -> Generator[Loopback, None, None]:
    made = Loopback()
    yield made
    made.close()


@pytest.fixture
def impatient(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Store]:
    """A store at that socket, with every limit as many seconds."""

    def opened(seconds: float) -> Store:
        named = {"ENDPOINT": loopback.address, "REGION": "nowhere", "ACCESS_KEY_ID": "x"}
        for name, value in {**named, "SECRET_ACCESS_KEY": "x"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        for name in ("CONNECTING", "SILENT", "TRIED_AGAIN", "PAUSE"):
            monkeypatch.setattr(limits, name, timedelta(seconds=seconds))
        return Store.open(f"s3://{BUCKET}")

    return opened


async def listed(store: Store) -> None:
    async for _ in store.listed(LICENCE):
        pass


KEY: Final = new_key(LICENCE)
REQUESTS: Final[dict[str, Callable[[Store], Awaitable[object]]]] = {
    "get": lambda store: store.get(KEY),
    "size": lambda store: store.size(KEY),
    "delete": lambda store: store.delete(KEY),
    "list": listed,
    "put": lambda store: store.put(KEY, sent(b"x")),
    "put a large one": lambda store: store.put(KEY, zeros(18)),
    "put a file": lambda store: Files(store).put(LICENCE, sent(b"x"), limit=PLENTY),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_a_store_that_takes_connections_and_never_answers_is_an_error(
    loopback: Loopback,
    impatient: Callable[[float], Store],
    request_: Callable[[Store], Awaitable[object]],
) -> None:
    loopback.answer(lambda _: None)
    async with asyncio.timeout(SOON):
        with pytest.raises(BaseError):
            await request_(impatient(0.2))


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_a_store_that_takes_no_connection_is_an_error(
    loopback: Loopback,
    impatient: Callable[[float], Store],
    request_: Callable[[Store], Awaitable[object]],
) -> None:
    store = impatient(0.2)
    loopback.close()
    async with asyncio.timeout(SOON):
        with pytest.raises(BaseError):
            await request_(store)


def test_the_limits_come_to_about_half_a_minute() -> None:
    # What fails is asked for, and then removed.
    never_answers = 2 * max(limits.SILENT, limits.TRIED_AGAIN)
    takes_no_connection = 2 * (limits.TRIED_AGAIN + limits.PAUSE + limits.CONNECTING)
    assert limits.SILENT > limits.TRIED_AGAIN  # so that one who said nothing is not asked again
    assert max(never_answers, takes_no_connection) < timedelta(seconds=35)


def test_obstore_is_told_the_limits(impatient: Callable[[float], Store]) -> None:
    objects: Any = impatient(2)._objects  # pyright: ignore[reportPrivateUsage]
    assert objects.retry_config["retry_timeout"] == timedelta(seconds=2)
    assert objects.retry_config["backoff"]["max_backoff"] == timedelta(seconds=2)
    assert objects.client_options["connect_timeout"] == objects.client_options["read_timeout"] == "2s"
    assert objects.client_options["timeout"] == "30days"


# one that is slow -------------------------------------------------------------------------------------------


def slowly(taken: socket.socket) -> None:
    """Answer with twelve bytes, one each quarter of a second."""
    taken.recv(1 << 16)
    last = "Last-Modified: Fri, 30 Jan 2026 09:00:00 GMT"
    kind = 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-11/12\r\nETag: "x"'
    taken.sendall(f"{kind}\r\n{last}\r\nContent-Length: 12\r\n\r\n".encode())
    for number in range(12):
        taken.sendall(b"%x" % number)
        time.sleep(0.25)


async def test_a_line_that_is_slow_is_waited_for_longer_than_one_that_is_silent(
    loopback: Loopback, impatient: Callable[[float], Store]
) -> None:
    loopback.answer(slowly)
    assert await read(await impatient(2).get(KEY, end=12)) == b"0123456789ab"


async def test_a_client_who_sends_slowly_and_one_who_reads_slowly_are_waited_for(
    on_s3: OnS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trickling() -> AsyncGenerator[bytes, None]:
        for number in range(18):
            yield bytes([number]) * MIB
            await asyncio.sleep(0.2)

    monkeypatch.setattr(limits, "SILENT", timedelta(seconds=3))
    store, key = Store.open(on_s3.address), new_key(LICENCE)
    await store.put(key, trickling())
    found = bytearray()
    async for stretch in await store.get(key):
        found += stretch
        await asyncio.sleep(0.8)
    assert found == b"".join(bytes([number]) * MIB for number in range(18))


# the server of the tests ------------------------------------------------------------------------------------


def test_whoever_asks_gets_the_same_server_and_it_ends_with_its_owner(s3: S3, tmp_path: Path) -> None:
    def ask(owner: int) -> S3:
        return server.shared(tmp_path, owner=owner)

    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as owner, ThreadPoolExecutor(3) as threads:
        one, *others = threads.map(ask, [owner.pid] * 3)
        assert one != s3
        assert others == [one, one]
        ends = [os.pidfd_open(pid) for pid in one.pids]
        assert select.select(ends, [], [], 0)[0] == []
        owner.kill()
    for end in ends:
        assert select.select([end], [], [], SOON)[0] == [end]
        os.close(end)
