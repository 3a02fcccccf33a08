"""Uploads that fail: whatever stops one, nothing of it stays."""

import asyncio
import os
import resource
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from obstore.exceptions import BaseError

from core.errors import Required, TooLarge
from storage.store import Store
from tests.storage.uploads import MIB, PLENTY, files, sent, zeros


class SourceBroke(Exception):
    """The client's connection was lost."""


@pytest.mark.parametrize("chunks", [(), (b"",), (b"", b"")])
async def test_an_empty_file_is_refused_and_leaves_nothing(
    store: Store, root: Path, chunks: tuple[bytes, ...]
) -> None:
    with pytest.raises(Required):
        await store.put(sent(*chunks), limit=PLENTY)
    assert files(root) == []


async def test_a_byte_over_the_limit_is_refused_and_leaves_nothing(store: Store, root: Path) -> None:
    with pytest.raises(TooLarge) as refusal:
        await store.put(sent(b"12345", b"678901"), limit=10)
    assert refusal.value.values == {"limit": 10}
    assert files(root) == []


async def test_a_file_over_the_limit_is_not_read_to_its_end(store: Store, root: Path) -> None:
    source = zeros(40)
    with pytest.raises(TooLarge):
        await store.put(source, limit=18 * MIB)
    assert await anext(source, None) is not None
    assert files(root) == []


async def test_a_source_that_breaks_leaves_nothing(store: Store, root: Path) -> None:
    async def breaking() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(18):
            yield chunk
        raise SourceBroke

    with pytest.raises(SourceBroke):
        await store.put(breaking(), limit=PLENTY)
    assert files(root) == []


async def test_a_cancelled_upload_leaves_nothing_and_closes_its_source(store: Store, root: Path) -> None:
    stalled = asyncio.Event()
    closed = asyncio.Event()

    async def stalling() -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in zeros(18):
                yield chunk
            stalled.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    upload = asyncio.create_task(store.put(stalling(), limit=PLENTY))
    await stalled.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert closed.is_set()
    assert files(root) == []


async def test_cancelling_again_does_not_stop_the_cleaning(store: Store, root: Path) -> None:
    stalled = asyncio.Event()

    async def stalling() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(18):
            yield chunk
        stalled.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(store.put(stalling(), limit=PLENTY))
    await stalled.wait()
    while not upload.done():
        upload.cancel()
        await asyncio.sleep(0)
    assert upload.cancelled()
    assert files(root) == []


class SlowDisk:
    """A disk that stops at its next sync until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._loop = asyncio.get_running_loop()
        self._may_go_on = threading.Event()
        self._real = os.fsync
        self.stopped = asyncio.Event()
        monkeypatch.setattr(os, "fsync", self.sync)

    def sync(self, descriptor: int) -> None:
        self._loop.call_soon_threadsafe(self.stopped.set)
        self._may_go_on.wait(timeout=30)
        self._real(descriptor)

    def go_on(self) -> None:
        self._may_go_on.set()


async def test_a_whole_object_is_removed_however_often_its_upload_is_cancelled(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_disk = SlowDisk(monkeypatch)
    upload = asyncio.create_task(store.put(sent(b"x"), limit=PLENTY))
    await slow_disk.stopped.wait()
    assert len(files(root)) == 1
    for _ in range(5):
        upload.cancel()
        await asyncio.sleep(0)
    assert not upload.done()
    slow_disk.go_on()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert files(root) == []


async def test_a_cancellation_while_cleaning_is_not_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_disk = SlowDisk(monkeypatch)
    upload = asyncio.create_task(store.put(sent(b"too much"), limit=1))
    await slow_disk.stopped.wait()
    upload.cancel()
    await asyncio.sleep(0)
    slow_disk.go_on()
    with pytest.raises(asyncio.CancelledError):
        await upload


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_an_upload_cancelled_at_any_moment_is_whole_or_absent(
    store: Store, root: Path, turns: int
) -> None:
    upload = asyncio.create_task(store.put(sent(b"a" * MIB, b"b"), limit=PLENTY))
    for _ in range(turns):
        await asyncio.sleep(0.0002)
    upload.cancel()
    try:
        stored = await upload
    except asyncio.CancelledError:
        assert files(root) == []
    else:
        assert files(root) == [root / stored.key]


@contextmanager
def files_of_at_most(byte_size: int) -> Generator[None, None, None]:
    """A disk that is full, as far as one file can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_refuses_ends_the_upload_and_leaves_nothing(store: Store, root: Path) -> None:
    source = zeros(100)
    with files_of_at_most(12 * MIB), pytest.raises(BaseError):
        await store.put(source, limit=PLENTY)
    assert await anext(source, None) is not None
    assert files(root) == []


async def test_an_object_that_can_not_be_made_durable_is_not_kept(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(5, f"the disk is broken at {descriptor}")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="the disk is broken"):
        await store.put(sent(b"x"), limit=PLENTY)
    assert files(root) == []
