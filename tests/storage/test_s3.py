"""The store on a real S3 server: the promises are those of the folder."""

import asyncio
import os
import select
import subprocess
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from storage.store import Missing, Store, new_key
from tests.storage import s3 as server
from tests.storage.s3 import BUCKET, S3
from tests.storage.uploads import MIB, read, sent, zeros

s3 = server.s3
SOON = 60.0
"""Seconds that nothing here takes."""
LICENCE = UUID(int=7)
OTHER_LICENCE = UUID(int=8)


class SourceBroke(Exception):
    """The client's connection was lost."""


@pytest.fixture
def prefix() -> str:
    """A part of the bucket that no other test uses."""
    return uuid4().hex


@pytest.fixture
def store(s3: S3, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return Store.open(f"s3://{BUCKET}/{prefix}")


async def keys(store: Store, licence_id: UUID = LICENCE) -> set[str]:
    return {it.key async for some in store.listed(licence_id) for it in some}


async def put(store: Store, *pieces: bytes, licence_id: UUID = LICENCE) -> str:
    key = new_key(licence_id)
    await store.put(key, sent(*pieces))
    return key


# putting and getting ----------------------------------------------------------------------------------------


async def test_what_is_put_comes_back(store: Store) -> None:
    key = await put(store, b"con", b"tract")
    assert await read(await store.get(key)) == b"contract"
    assert await store.size(key) == 8


async def test_a_large_file_goes_in_parts_and_comes_back_whole(store: Store, s3: S3, prefix: str) -> None:
    content = os.urandom(20 * MIB)
    key = await put(store, content[:70_000], content[70_000:])
    assert await read(await store.get(key)) == content
    at = 8 * MIB - 5  # over the border of two parts
    assert await read(await store.get(key, start=at, end=at + 10)) == content[at : at + 10]
    assert await store.size(key) == len(content)
    assert server.unfinished(s3, prefix) == 0


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 1, b"0"),
        (3, None, b"3456789"),
        (3, 7, b"3456"),
        (9, 10, b"9"),
        (8, 108, b"89"),
    ],
)
async def test_a_range_is_that_part_of_the_file(
    store: Store, start: int, end: int | None, expected: bytes
) -> None:
    key = await put(store, b"0123456789")
    assert await read(await store.get(key, start=start, end=end)) == expected


async def test_a_missing_object_is_said_before_the_first_piece(store: Store) -> None:
    with pytest.raises(Missing):
        await store.get(new_key(LICENCE))
    with pytest.raises(Missing):
        await store.size(new_key(LICENCE))


async def test_a_deleted_object_is_gone_and_deleting_again_is_no_error(store: Store) -> None:
    kept, key = await put(store, b"x"), await put(store, b"x")
    await store.delete(key)
    assert await keys(store) == {kept}
    with pytest.raises(Missing):
        await store.get(key)
    await store.delete(key)


# listing ----------------------------------------------------------------------------------------------------


async def test_a_list_has_every_object_of_the_licence_with_its_size(store: Store) -> None:
    own = await put(store, b"contract")
    other = await put(store, b"x", licence_id=OTHER_LICENCE)
    listed = [it async for some in store.listed(LICENCE) for it in some]
    assert [(it.key, it.byte_size) for it in listed] == [(own, 8)]
    assert await keys(store, OTHER_LICENCE) == {other}
    assert await keys(store, UUID(int=9)) == set()


async def test_a_list_is_whole_though_the_server_tells_of_a_thousand_at_a_time(store: Store) -> None:
    made: set[str] = set()
    for _ in range(41):
        made.update(await asyncio.gather(*(put(store, b"x") for _ in range(25))))
    assert len(made) > 1000
    assert await keys(store) == made


async def test_a_stranger_gets_no_object(store: Store, s3: S3, prefix: str) -> None:
    key = await put(store, b"x")
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.get(f"{s3.endpoint}/{BUCKET}/{prefix}/{key}")
    assert answer.status_code == 403


# uploads that fail ------------------------------------------------------------------------------------------


async def test_a_source_that_breaks_leaves_nothing(store: Store, s3: S3, prefix: str) -> None:
    begun: list[int] = []

    async def breaking() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(20):
            yield chunk
        begun.append(server.unfinished(s3, prefix))
        raise SourceBroke

    with pytest.raises(SourceBroke):
        await store.put(new_key(LICENCE), breaking())
    assert begun == [1]
    assert await keys(store) == set()
    assert server.unfinished(s3, prefix) == 0


async def test_a_cancelled_upload_leaves_nothing(store: Store, s3: S3, prefix: str) -> None:
    stalled = asyncio.Event()

    async def stalling() -> AsyncGenerator[bytes, None]:
        async for chunk in zeros(20):
            yield chunk
        stalled.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(store.put(new_key(LICENCE), stalling()))
    await stalled.wait()
    assert server.unfinished(s3, prefix) == 1
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert await keys(store) == set()
    assert server.unfinished(s3, prefix) == 0


# the server -------------------------------------------------------------------------------------------------


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
