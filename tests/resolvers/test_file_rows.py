"""What rows keep of files opens in the row that it was sealed for, and in no other."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import asdict
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from auth.keys import Keys, open_keys
from resolvers.file_rows import OF_FILE, Place
from storage.files import Damaged, Files, Stored
from storage.store import Missing, Store

LICENCE = UUID("01890000-0000-7000-8000-000000000001")
OTHER_LICENCE = UUID("01890000-0000-7000-8000-000000000002")
ONE = UUID("01890000-0000-7000-8000-000000000003")
TWO = UUID("01890000-0000-7000-8000-000000000004")
PLACES: dict[str, Place] = {
    "a version": Place.of_version(LICENCE, ONE, 1),
    "its next version": Place.of_version(LICENCE, ONE, 2),
    "a version of another document": Place.of_version(LICENCE, TWO, 1),
    "a version of another firm": Place.of_version(OTHER_LICENCE, ONE, 1),
    "an upload": Place.of_upload(LICENCE, ONE),
    "another upload": Place.of_upload(LICENCE, TWO),
    "an upload of another firm": Place.of_upload(OTHER_LICENCE, ONE),
    "a picture": Place.of_preview(LICENCE, ONE, 1, 320),
    "a larger picture": Place.of_preview(LICENCE, ONE, 1, 1280),
    "a picture of the next version": Place.of_preview(LICENCE, ONE, 2, 320),
    "a picture of another document": Place.of_preview(LICENCE, TWO, 1, 320),
    "a picture of another firm": Place.of_preview(OTHER_LICENCE, ONE, 1, 320),
}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return open_keys(tmp_path / "keys.json")


@pytest.fixture
async def stored(tmp_path: Path) -> Stored:
    """A file in a store."""
    return await Files(Store.open(tmp_path / "files")).put(LICENCE, words(), limit=100)


async def words() -> AsyncGenerator[bytes]:
    yield b"words"


def row_of(columns: dict[str, Any]) -> Any:
    return SimpleNamespace(**columns)


@pytest.mark.parametrize("name", PLACES)
async def test_a_file_opens_in_its_own_row(keys: Keys, stored: Stored, name: str) -> None:
    columns = PLACES[name].columns(keys, stored)
    assert set(columns) == set(OF_FILE)
    assert asdict(PLACES[name].stored(keys, row_of(columns))) == asdict(stored)


def test_a_row_keeps_nothing_that_opens_a_file_by_itself(keys: Keys, stored: Stored) -> None:
    for value in PLACES["a version"].columns(keys, stored).values():
        assert stored.secret not in str(value).encode() + (value if isinstance(value, bytes) else b"")


@pytest.mark.parametrize(("name", "other"), list(permutations(PLACES, 2)))
def test_in_another_row_it_is_damaged(keys: Keys, stored: Stored, name: str, other: str) -> None:
    assert PLACES[name].bound_to != PLACES[other].bound_to
    with pytest.raises(Damaged):
        PLACES[other].stored(keys, row_of(PLACES[name].columns(keys, stored)))


CHANGES: list[Callable[[bytes], bytes]] = [
    lambda it: it[:0],
    lambda it: it[:-1],
    lambda it: it + b"\0",
    lambda it: it[:-1] + bytes([it[-1] ^ 1]),
    lambda it: bytes([it[0] ^ 1]) + it[1:],
]


@pytest.mark.parametrize("change", CHANGES)
def test_with_another_seal_it_is_damaged(
    keys: Keys, stored: Stored, change: Callable[[bytes], bytes]
) -> None:
    place = PLACES["a version"]
    columns = place.columns(keys, stored)
    columns["sealed_key"] = change(columns["sealed_key"])
    with pytest.raises(Damaged, match=stored.object_key):
        place.stored(keys, row_of(columns))


def test_with_the_keys_of_another_installation_it_is_damaged(
    keys: Keys, stored: Stored, tmp_path: Path
) -> None:
    columns = PLACES["a version"].columns(keys, stored)
    with pytest.raises(Damaged):
        PLACES["a version"].stored(open_keys(tmp_path / "others.json"), row_of(columns))


def test_what_was_given_up_is_missing(keys: Keys, stored: Stored) -> None:
    columns = PLACES["a version"].columns(keys, stored) | {"sealed_key": None}
    with pytest.raises(Missing, match=stored.object_key):
        PLACES["a version"].stored(keys, row_of(columns))
