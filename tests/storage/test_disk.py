"""The disk: what a store on a folder keeps is private, survives a power cut, and leaves no rests."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import disk
from storage.store import Store, new_key
from tests.storage.uploads import LICENCE, OTHER_LICENCE, OnDisk, OnS3, sent

OLD = 1_000_000_000.0
"""A time in 2001, in seconds since 1970."""
MOMENT = datetime.fromtimestamp(OLD, UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def store(on_disk: OnDisk) -> Store:
    return on_disk.store


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is synced from now on, as the numbers of inodes."""
    synced: list[int] = []
    real = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    return synced


async def put(store: Store) -> str:
    key = new_key(LICENCE)
    await store.put(key, sent(b"x"))
    return key


def rest_of(key: str, root: Path, *, at: float) -> Path:
    """A file as obstore leaves it when the process is killed in the middle of a write."""
    path = root / f"{key}#1"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (at, at))
    return path


async def test_the_object_and_every_folder_to_it_are_synced(
    store: Store, root: Path, synced: list[int]
) -> None:
    path = root / await put(store)
    assert synced == [it.stat().st_ino for it in (path, path.parent, path.parent.parent, root)]


async def test_the_folder_is_synced_after_a_removal(store: Store, root: Path, synced: list[int]) -> None:
    key = await put(store)
    synced.clear()
    await store.delete(key)
    assert synced == [(root / key).parent.stat().st_ino]


async def test_removing_from_a_folder_that_never_was_syncs_nothing(store: Store, synced: list[int]) -> None:
    await store.delete(new_key(LICENCE))
    assert synced == []


async def test_folders_and_files_are_for_the_owner_only(store: Store, root: Path) -> None:
    before = os.umask(0)
    try:
        path = root / await put(store)
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert {mode(folder) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_the_root_is_made_for_the_owner_only_with_the_folders_above_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Store.open(tmp_path / "srv" / "files")
    finally:
        os.umask(before)
    assert mode(tmp_path / "srv" / "files") == 0o700


def test_a_second_store_on_the_same_folder_is_no_error(root: Path) -> None:
    disk.make_root(root)
    disk.make_root(root)
    assert mode(root) == 0o700


async def test_a_store_stays_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store.open(Path("files"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    key = await put(store)
    assert (tmp_path / "files" / key).read_bytes() == b"x"


# rests ------------------------------------------------------------------------------------------------------


async def test_rests_of_before_the_moment_are_cleared_and_nothing_else(on_disk: OnDisk) -> None:
    store, root = on_disk.store, on_disk.root
    whole = await put(store)
    os.utime(root / whole, (OLD - 100, OLD - 100))
    old = [rest_of(new_key(LICENCE), root, at=OLD - 1) for _ in range(2)]
    kept = [
        rest_of(new_key(LICENCE), root, at=OLD),
        rest_of(new_key(OTHER_LICENCE), root, at=OLD - 1),
        root / whole,
    ]
    assert await store.clear_rests(LICENCE, before=MOMENT) == 2
    assert not any(it.exists() for it in old)
    assert all(it.exists() for it in kept)
    assert await store.clear_rests(LICENCE, before=MOMENT) == 0


async def test_a_rest_that_is_gone_meanwhile_does_not_stop_the_clearing(store: Store, root: Path) -> None:
    # A link to nowhere is listed, and then is not there.
    gone = root / f"{new_key(LICENCE)}#1"
    gone.parent.mkdir(parents=True)
    gone.symlink_to("nowhere")
    rest_of(new_key(LICENCE), root, at=OLD - 1)
    assert await store.clear_rests(LICENCE, before=MOMENT) == 1


async def test_a_licence_without_a_folder_has_no_rests(store: Store) -> None:
    assert await store.clear_rests(LICENCE, before=MOMENT) == 0


async def test_rests_are_neither_listed_nor_in_the_way(store: Store, root: Path) -> None:
    key = await put(store)
    rest_of(key, root, at=OLD)
    assert [it.key async for some in store.listed(LICENCE) for it in some] == [key]


async def test_an_s3_store_has_no_rests_to_clear(on_s3: OnS3) -> None:
    key = await put(on_s3.store)
    assert await on_s3.store.clear_rests(LICENCE, before=datetime.max.replace(tzinfo=UTC)) == 0
    assert on_s3.left() == [key]
