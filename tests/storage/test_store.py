"""The store: on a folder as on a real S3 server, what is put comes back whole, until it is deleted."""

import asyncio
import os
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore, S3Store

from storage.store import KEY, Missing, Store, new_key
from tests.storage.uploads import (
    LICENCE,
    MIB,
    OTHER_LICENCE,
    Backend,
    OnDisk,
    OnS3,
    SourceBroke,
    breaking,
    read,
    sent,
)

NOT_OURS = [
    "",
    "..",
    "../outside",
    f"{LICENCE.hex}/aa/../../../outside",
    "/etc/passwd",
    f"{LICENCE.hex}/aa",
    f"{LICENCE.hex}/aa/" + "a" * 30 + "\n",
    f"{LICENCE.hex}/aa/" + "a" * 29,
    f"{LICENCE.hex}/aa/" + "a" * 30 + "#1",
    f"{LICENCE.hex}/AA/" + "a" * 30,
    f"{LICENCE.hex}\\aa\\" + "a" * 30,
    "aa/" + "a" * 30,
]


async def put(store: Store, *pieces: bytes) -> str:
    key = new_key(LICENCE)
    await store.put(key, sent(*pieces))
    return key


# putting and getting ----------------------------------------------------------------------------------------


async def test_what_is_put_comes_back_in_few_stretches_from_far_away(backend: Backend) -> None:
    store, content = backend.store, os.urandom(9 * MIB + 5)
    key = await put(store, content[:70_000], content[70_000:])
    stretches = [bytes(it) async for it in await store.get(key)]
    far = [4 * MIB, 4 * MIB, MIB + 5]
    assert [len(it) for it in stretches] == (far if isinstance(backend, OnS3) else [*[MIB] * 9, 5])
    assert b"".join(stretches) == content
    assert await store.size(key) == len(content)


@pytest.mark.parametrize("size", [4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 8 * MIB])
async def test_an_object_that_ends_where_a_stretch_does_comes_back_whole(store: Store, size: int) -> None:
    content = os.urandom(size)
    key = await put(store, content)
    assert await read(await store.get(key)) == content
    assert await read(await store.get(key, start=1, end=size + 10 * MIB)) == content[1:]


async def test_a_reader_who_leaves_early_leaves_no_task_behind(store: Store) -> None:
    key = await put(store, bytes(9 * MIB))
    stretches = await store.get(key)
    await anext(stretches)
    await stretches.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_two_puts_of_the_same_bytes_never_share_a_key(store: Store) -> None:
    keys = {await put(store, b"same") for _ in range(20)}
    assert len(keys) == 20


def test_a_key_is_160_random_bits_under_the_licence_and_a_folder() -> None:
    key = new_key(LICENCE)
    assert KEY.fullmatch(key)
    licence, *random = key.split("/")
    assert licence == LICENCE.hex
    assert len("".join(random)) * 5 == 160
    assert len({new_key(LICENCE) for _ in range(1000)}) == 1000


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
async def test_a_range_is_that_part_of_the_object(
    store: Store, start: int, end: int | None, expected: bytes
) -> None:
    key = await put(store, b"0123456789")
    assert await read(await store.get(key, start=start, end=end)) == expected


@pytest.mark.parametrize(("start", "end"), [(-1, None), (-1, 3), (0, 0), (5, 5), (5, 4), (0, -1)])
async def test_a_range_without_a_byte_is_refused(store: Store, start: int, end: int | None) -> None:
    key = await put(store, b"0123456789")
    with pytest.raises(ValueError, match="range"):
        await store.get(key, start=start, end=end)


async def test_a_missing_object_is_said_before_the_first_piece(store: Store) -> None:
    with pytest.raises(Missing):
        await store.get(new_key(LICENCE))
    with pytest.raises(Missing):
        await store.size(new_key(LICENCE))


async def test_a_put_that_fails_leaves_nothing(backend: Backend) -> None:
    with pytest.raises(SourceBroke):
        await backend.store.put(new_key(LICENCE), breaking(18))
    assert backend.left() == []


# deleting ---------------------------------------------------------------------------------------------------


async def test_a_deleted_object_is_gone_and_the_others_stay(backend: Backend) -> None:
    store = backend.store
    kept, key = await put(store, b"kept"), await put(store, b"x")
    await store.delete(key)
    assert backend.left() == [kept]
    with pytest.raises(Missing):
        await store.get(key)
    assert await read(await store.get(kept)) == b"kept"


async def test_deleting_twice_is_no_error(store: Store) -> None:
    key = await put(store, b"x")
    await store.delete(key)
    await store.delete(key)


async def test_deleting_what_never_was_is_no_error(store: Store) -> None:
    await store.delete(new_key(LICENCE))


@pytest.mark.parametrize("key", NOT_OURS)
async def test_a_key_that_is_none_of_ours_is_refused(on_disk: OnDisk, key: str) -> None:
    store, outside = on_disk.store, on_disk.root.parent / "outside"
    outside.write_bytes(b"secret")
    for asked in (store.get(key), store.size(key), store.delete(key), store.put(key, sent(b"x"))):
        with pytest.raises(ValueError, match="no key"):
            await asked
    assert outside.read_bytes() == b"secret"
    assert on_disk.left() == []


async def test_a_store_that_is_no_folder_keeps_the_same_promises() -> None:
    store = Store(MemoryStore())
    key = await put(store, b"x")
    assert await read(await store.get(key)) == b"x"
    await store.delete(key)
    await store.delete(key)
    with pytest.raises(Missing):
        await store.get(key)
    with pytest.raises(SourceBroke):
        await store.put(key, breaking(1))
    with pytest.raises(Missing):
        await store.size(key)


# listing ----------------------------------------------------------------------------------------------------


async def test_a_list_has_every_object_of_the_licence_with_its_size_and_time(backend: Backend) -> None:
    store, other = backend.store, new_key(OTHER_LICENCE)
    own = await put(store, b"contract")
    await store.put(other, sent(b"x"))
    listed = [it async for some in store.listed(LICENCE) for it in some]
    assert [(it.key, it.byte_size) for it in listed] == [(own, 8)]
    told = (await obstore.head_async(backend.objects, own))["last_modified"]  # to the second, by S3
    assert [it.modified_at.replace(microsecond=0) for it in listed] == [told.replace(microsecond=0)]
    assert [it.key async for some in store.listed(OTHER_LICENCE) for it in some] == [other]


async def test_a_licence_that_has_nothing_has_an_empty_list(store: Store) -> None:
    await put(store, b"x")
    assert [some async for some in store.listed(OTHER_LICENCE)] == []


# addresses --------------------------------------------------------------------------------------------------


async def test_a_file_address_names_a_folder(tmp_path: Path) -> None:
    store = Store.open(f"file://{tmp_path}/all%20files")
    key = await put(store, b"x")
    assert (tmp_path / "all files" / key).read_bytes() == b"x"


def test_an_s3_address_is_given_to_the_s3_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    store = Store.open("s3://vault/files")
    assert isinstance(store._objects, S3Store)  # pyright: ignore[reportPrivateUsage]
    assert store._objects.prefix == "files"  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "address",
    ["", "/srv/files", "file:", "file://host/srv", "s3:", "memory:///", "https://example.org/x", "gs://x"],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="a store is"):
        Store.open(address)
