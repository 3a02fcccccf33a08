"""Random access: few reads, large ones, and the right bytes."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UnsupportedType
from storage import media_types
from storage.inspecting import inspect
from storage.media_types import HEAD_SIZE, recognise
from storage.random_access import WINDOW, WINDOWS_KEPT, RandomAccess
from tests.storage.genuine import REAL
from tests.storage.hostile import LETTERS
from tests.storage.inspections import Counted
from tests.storage.zips import Entry, office


async def test_a_small_file_is_read_at_once() -> None:
    for name, content in REAL.items():
        stored = Counted(content)
        await inspect(recognise(content[:HEAD_SIZE], name), len(content), stored.read_at)
        assert stored.reads == [(0, len(content))]


async def test_a_large_document_is_read_at_its_ends_alone() -> None:
    large = office("word", Entry("word/media/film.mp4", bytes(20 << 20), method=0))
    stored = Counted(large)
    await inspect(media_types.DOCX, len(large), stored.read_at)
    assert [start for start, _ in stored.reads] == [19 * WINDOW, 20 * WINDOW, 0]


async def test_a_file_that_has_lost_bytes_in_the_store_is_refused() -> None:
    stored = Counted(LETTERS, missing=1)
    with pytest.raises(UnsupportedType, match="damaged"):
        await inspect(media_types.TEXT, len(stored.content), stored.read_at)


async def test_an_error_of_the_store_is_not_taken_for_a_refusal() -> None:
    async def fails(_start: int, _length: int) -> bytes:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await inspect(media_types.PDF, 100, fails)


NUMBERS: Final = b"".join(number.to_bytes(4, "big") for number in range((6 << 18) + 5))
"""Six mebibytes and a bit, of which no four bytes are alike."""


@given(st.lists(st.tuples(st.integers(0, 7 << 20), st.integers(0, 3 << 20)), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None)
async def test_what_is_read_by_place_is_what_lies_there(places: list[tuple[int, int]]) -> None:
    file = RandomAccess(len(NUMBERS), Counted(NUMBERS).read_at)
    for start, length in places:
        assert await file.up_to(start, length) == NUMBERS[start : start + length]
        assert await file.last(length) == NUMBERS[max(len(NUMBERS) - length, 0) :]


async def test_the_windows_that_were_wanted_last_are_kept_and_no_others() -> None:
    stored = Counted(NUMBERS)
    file = RandomAccess(len(NUMBERS), stored.read_at)
    for number in range(WINDOWS_KEPT + 1):
        await file.exactly(number * WINDOW, WINDOW)
        await file.exactly(0, 1)
    assert [start // WINDOW for start, _ in stored.reads] == [0, 1, 2, 3, 4]
    await file.exactly(2 * WINDOW, 1)
    assert len(stored.reads) == WINDOWS_KEPT + 1
    await file.exactly(WINDOW, 1)
    assert len(stored.reads) == WINDOWS_KEPT + 2
