"""Uploads that fail: whatever stops one, nothing of it stays, on a folder as on a real S3 server."""

import asyncio
import os
import resource
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager

import pytest
from obstore.exceptions import BaseError

from core.errors import Required, TooLarge
from storage.files import Files
from tests.storage.uploads import LICENCE, MIB, PLENTY, Backend, OnDisk, SourceBroke, breaking, sent, zeros


class Stalling:
    """A client who sends 18 MiB, and then nothing; more than two parts."""

    def __init__(self) -> None:
        self.stalled = asyncio.Event()
        self.closed = asyncio.Event()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in zeros(18):
                yield chunk
            self.stalled.set()
            await asyncio.Event().wait()
        finally:
            self.closed.set()


@pytest.mark.parametrize("chunks", [(), (b"",), (b"", b"")])
async def test_an_empty_file_is_refused_and_leaves_nothing(
    backend: Backend, chunks: tuple[bytes, ...]
) -> None:
    with pytest.raises(Required):
        await Files(backend.store).put(LICENCE, sent(*chunks), limit=PLENTY)
    assert backend.left() == []


async def test_a_byte_over_the_limit_is_refused_and_leaves_nothing(backend: Backend) -> None:
    with pytest.raises(TooLarge) as refusal:
        await Files(backend.store).put(LICENCE, sent(b"12345", b"678901"), limit=10)
    assert refusal.value.values == {"limit": 10}
    assert backend.left() == []


async def test_a_file_over_the_limit_is_not_read_to_its_end(backend: Backend) -> None:
    source = zeros(40)
    with pytest.raises(TooLarge):
        await Files(backend.store).put(LICENCE, source, limit=18 * MIB)
    assert await anext(source, None) is not None
    assert backend.left() == []


async def test_a_source_that_breaks_leaves_nothing(backend: Backend) -> None:
    with pytest.raises(SourceBroke):
        await Files(backend.store).put(LICENCE, breaking(18), limit=PLENTY)
    assert backend.left() == []


async def test_a_cancelled_upload_leaves_nothing_and_closes_its_source(backend: Backend) -> None:
    source = Stalling()
    upload = asyncio.create_task(Files(backend.store).put(LICENCE, source.chunks(), limit=PLENTY))
    await source.stalled.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert source.closed.is_set()
    assert backend.left() == []


async def test_cancelling_again_does_not_stop_the_cleaning(backend: Backend) -> None:
    source = Stalling()
    upload = asyncio.create_task(Files(backend.store).put(LICENCE, source.chunks(), limit=PLENTY))
    await source.stalled.wait()
    while not upload.done():
        upload.cancel()
        await asyncio.sleep(0)
    assert upload.cancelled()
    assert backend.left() == []


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_an_upload_cancelled_at_any_moment_is_whole_or_absent(backend: Backend, turns: int) -> None:
    chunks = sent(b"a" * MIB, b"b")
    upload = asyncio.create_task(Files(backend.store).put(LICENCE, chunks, limit=PLENTY))
    for _ in range(turns):
        await asyncio.sleep(0.0002)
    upload.cancel()
    try:
        stored = await upload
    except asyncio.CancelledError:
        assert backend.left() == []
    else:
        assert backend.left() == [stored.object_key]
        await Files(backend.store).check(stored)


# the disk ---------------------------------------------------------------------------------------------------


@pytest.fixture
def files(on_disk: OnDisk) -> Files:
    return Files(on_disk.store)


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
    on_disk: OnDisk, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_disk = SlowDisk(monkeypatch)
    upload = asyncio.create_task(files.put(LICENCE, sent(b"x"), limit=PLENTY))
    await slow_disk.stopped.wait()
    assert len(on_disk.left()) == 1
    for _ in range(5):
        upload.cancel()
        await asyncio.sleep(0)
    assert not upload.done()
    slow_disk.go_on()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert on_disk.left() == []


async def test_a_cancellation_while_cleaning_is_not_forgotten(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_disk = SlowDisk(monkeypatch)
    upload = asyncio.create_task(files.put(LICENCE, sent(b"too much"), limit=1))
    await slow_disk.stopped.wait()
    upload.cancel()
    await asyncio.sleep(0)
    slow_disk.go_on()
    with pytest.raises(asyncio.CancelledError):
        await upload


@contextmanager
def files_of_at_most(byte_size: int) -> Generator[None, None, None]:
    """A disk that is full, as far as one file can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_refuses_ends_the_upload_and_leaves_nothing(on_disk: OnDisk, files: Files) -> None:
    source = zeros(100)
    with files_of_at_most(12 * MIB), pytest.raises(BaseError):
        await files.put(LICENCE, source, limit=PLENTY)
    assert await anext(source, None) is not None
    assert on_disk.left() == []


async def test_an_object_that_can_not_be_made_durable_is_not_kept(
    on_disk: OnDisk, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(5, f"the disk is broken at {descriptor}")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="the disk is broken"):
        await files.put(LICENCE, sent(b"x"), limit=PLENTY)
    assert on_disk.left() == []
