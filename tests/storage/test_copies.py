"""Objects carried to another store: the same bytes, or nothing."""

import asyncio
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from storage.copies import AT_ONCE, Altered, copy, side_by_side
from storage.store import Missing, Store, new_key

CONTENT = b"sealed" * 500_000


async def pieces() -> AsyncGenerator[bytes]:
    yield CONTENT


@pytest.fixture
async def key(store: Store) -> str:
    """The key of an object in a store."""
    key = new_key(uuid4())
    await store.put(key, pieces())
    return key


async def test_an_object_is_copied_with_its_digest(store: Store, key: str, tmp_path: Path) -> None:
    target = Store.open(tmp_path / "target")
    carried = await copy(store, target, key, wanted=sha256(CONTENT).hexdigest())
    assert (carried.byte_size, carried.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())
    assert (tmp_path / "target" / key).read_bytes() == CONTENT


async def test_what_has_another_digest_is_not_kept(store: Store, key: str, tmp_path: Path) -> None:
    target = Store.open(tmp_path / "target")
    with pytest.raises(Altered, match=key):
        await copy(store, target, key, wanted="0" * 64)
    with pytest.raises(Missing):
        await target.size(key)


async def test_what_fails_first_ends_all_the_others() -> None:
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        if number == AT_ONCE - 1:
            raise Missing(str(number))
        await asyncio.sleep(0)

    with pytest.raises(Missing):
        await side_by_side(work, range(1_000))
    assert len(begun) < 1_000


async def test_everything_is_done_once() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        done.append(number)

    await side_by_side(work, range(100))
    assert sorted(done) == list(range(100))
