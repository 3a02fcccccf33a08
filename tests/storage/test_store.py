"""The store on a real folder: what is put comes back whole, private and durable."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from obstore.store import MemoryStore, S3Store

from core.errors import TooLarge
from storage import disk
from storage.store import KEY, Missing, Store
from tests.storage.uploads import MIB, PLENTY, files, read, sent, zeros

CLEAR_PEAK = Path("/proc/self/clear_refs")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# putting and getting ----------------------------------------------------------------------------------------


async def test_what_is_put_comes_back_in_pieces_of_a_mebibyte(store: Store) -> None:
    content = os.urandom(2 * MIB + 5)
    stored = await store.put(sent(content[:70_000], content[70_000:]), limit=PLENTY)
    pieces = [bytes(piece) async for piece in await store.get(stored.key)]
    assert [len(piece) for piece in pieces] == [MIB, MIB, 5]
    assert b"".join(pieces) == content


async def test_size_and_digest_are_those_of_the_bytes(store: Store) -> None:
    stored = await store.put(sent(b"con", b"", b"tract"), limit=PLENTY)
    assert stored.byte_size == 8
    assert stored.sha256 == hashlib.sha256(b"contract").digest()


async def test_a_file_may_be_as_large_as_the_limit(store: Store) -> None:
    stored = await store.put(sent(b"12345", b"67890"), limit=10)
    assert await read(await store.get(stored.key)) == b"1234567890"


async def test_two_puts_of_the_same_bytes_never_share_a_key(store: Store) -> None:
    keys = {(await store.put(sent(b"same"), limit=PLENTY)).key for _ in range(20)}
    assert len(keys) == 20


async def test_a_key_is_160_random_bits_under_two_folders(store: Store) -> None:
    key = (await store.put(sent(b"x"), limit=PLENTY)).key
    assert KEY.fullmatch(key)
    assert len(key.replace("/", "")) * 5 == 160


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 1, b"0"),
        (3, None, b"3456789"),
        (3, 4, b"3456"),
        (9, 1, b"9"),
        (8, 100, b"89"),
    ],
)
async def test_a_range_is_that_part_of_the_file(
    store: Store, start: int, length: int | None, expected: bytes
) -> None:
    key = (await store.put(sent(b"0123456789"), limit=PLENTY)).key
    assert await read(await store.get(key, start=start, length=length)) == expected


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, 0), (0, -1)])
async def test_a_range_without_a_byte_is_refused(store: Store, start: int, length: int) -> None:
    key = (await store.put(sent(b"0123456789"), limit=PLENTY)).key
    with pytest.raises(ValueError, match="range"):
        await store.get(key, start=start, length=length)


async def test_a_missing_object_is_said_before_the_first_piece(store: Store) -> None:
    with pytest.raises(Missing):
        await store.get("aa/aa/" + "a" * 28)


# deleting ---------------------------------------------------------------------------------------------------


async def test_a_deleted_object_is_gone(store: Store, root: Path) -> None:
    key = (await store.put(sent(b"x"), limit=PLENTY)).key
    await store.delete(key)
    assert files(root) == []
    with pytest.raises(Missing):
        await store.get(key)


async def test_deleting_twice_is_no_error(store: Store) -> None:
    key = (await store.put(sent(b"x"), limit=PLENTY)).key
    await store.delete(key)
    await store.delete(key)


async def test_deleting_what_never_was_is_no_error(store: Store) -> None:
    await store.delete("aa/aa/" + "a" * 28)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../outside",
        "aa/aa/../../../outside",
        "/etc/passwd",
        "aa/aa",
        "aa/aa/" + "a" * 28 + "\n",
        "aa/aa/" + "a" * 28 + "#1",
        "AA/aa/" + "a" * 28,
        "aa\\aa\\" + "a" * 28,
    ],
)
async def test_a_key_that_is_none_of_ours_is_refused(store: Store, root: Path, key: str) -> None:
    outside = root.parent / "outside"
    outside.write_bytes(b"secret")
    with pytest.raises(ValueError, match="no key"):
        await store.get(key)
    with pytest.raises(ValueError, match="no key"):
        await store.delete(key)
    assert outside.read_bytes() == b"secret"


async def test_a_store_that_is_no_folder_keeps_the_same_promises() -> None:
    store = Store(MemoryStore())
    stored = await store.put(sent(b"x"), limit=PLENTY)
    assert await read(await store.get(stored.key)) == b"x"
    await store.delete(stored.key)
    await store.delete(stored.key)
    with pytest.raises(Missing):
        await store.get(stored.key)
    with pytest.raises(TooLarge):
        await store.put(zeros(1), limit=1)


# the folder -------------------------------------------------------------------------------------------------


async def test_the_object_and_every_folder_to_it_are_synced(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    key = (await store.put(sent(b"x"), limit=PLENTY)).key
    path = root / key
    assert synced == [it.stat().st_ino for it in (path, path.parent, path.parent.parent, root)]
    synced.clear()
    await store.delete(key)
    assert synced == [path.parent.stat().st_ino]


async def test_folders_and_files_are_for_the_owner_only(store: Store, root: Path) -> None:
    before = os.umask(0)
    try:
        stored = await store.put(sent(b"x"), limit=PLENTY)
    finally:
        os.umask(before)
    path = root / stored.key
    assert mode(path) == 0o600
    assert {mode(folder) for folder in (root, path.parent, path.parent.parent)} == {0o700}


def test_a_second_store_on_the_same_folder_is_no_error(root: Path) -> None:
    disk.make_root(root)
    disk.make_root(root)
    assert mode(root) == 0o700


@pytest.mark.skipif(not CLEAR_PEAK.exists(), reason="only Linux forgets a peak of memory")
async def test_a_large_upload_and_its_download_need_little_memory(store: Store) -> None:
    # Resident memory, because what obstore holds is not Python's.
    await store.put(zeros(1), limit=PLENTY)
    before = peak_memory(since_now=True)
    stored = await store.put(zeros(192), limit=PLENTY)
    byte_size = 0
    async for piece in await store.get(stored.key):
        byte_size += len(piece)
    assert byte_size == 192 * MIB
    assert peak_memory() - before < 96 * MIB


def peak_memory(*, since_now: bool = False) -> int:
    """Bytes, since the peak was last forgotten."""
    if since_now:
        CLEAR_PEAK.write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


# addresses --------------------------------------------------------------------------------------------------


async def test_a_file_address_names_a_folder(tmp_path: Path) -> None:
    store = Store.open(f"file://{tmp_path}/all%20files")
    stored = await store.put(sent(b"x"), limit=PLENTY)
    assert files(tmp_path) == [tmp_path / "all files" / stored.key]


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
