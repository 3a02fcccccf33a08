"""Damaged files: what the store gives back is the truth up to where the damage is, and then an error.

Whoever can write to the disk or the bucket can turn bits, cut off, add, move and put back what was there.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import obstore
import pytest
from obstore.exceptions import BaseError

from storage.files import Damaged, Files, Stored
from storage.sealing import CLEAR_BYTES, FIRST_CLEAR_BYTES, HEADER_BYTES, SEGMENT_BYTES, TAG_BYTES
from storage.store import Missing
from tests.storage.uploads import LICENCE, PLENTY, Backend, OnDisk, drain, read, sent

SECOND: Final = FIRST_CLEAR_BYTES
THIRD: Final = SECOND + CLEAR_BYTES
CONTENT: Final = os.urandom(THIRD + 5_000)
"""Three segments, the last one short."""
EVEN: Final = os.urandom(THIRD)
"""Two whole segments."""
SMALL: Final = b"Huwelijkscontract"


class Object:
    """An object of the store, as one sees and changes it behind the store's back."""

    def __init__(self, backend: Backend, stored: Stored) -> None:
        self._objects = backend.objects
        self.key = stored.object_key

    async def text(self) -> bytes:
        return bytes(await (await obstore.get_async(self._objects, self.key)).bytes_async())

    async def become(self, text: bytes) -> None:
        await obstore.put_async(self._objects, self.key, text, use_multipart=False)


async def put(backend: Backend, content: bytes) -> tuple[Stored, Object]:
    stored = await Files(backend.store).put(LICENCE, sent(content), limit=PLENTY)
    return stored, Object(backend, stored)


async def got(backend: Backend, stored: Stored, *, start: int = 0, end: int | None = None) -> bytes:
    """All that is given before the damage is said, which it must be."""
    given = bytearray()

    async def reading() -> None:
        await drain(await Files(backend.store).get(stored, start=start, end=end), given)

    with pytest.raises(Damaged) as refusal:
        await reading()
    assert str(refusal.value) == stored.object_key
    return bytes(given)


async def insist(backend: Backend, stored: Stored, truth: bytes, *, up_to: int) -> None:
    """A reader gets the truth up to a byte and then an error; whoever checks the file hears of it too."""
    assert await got(backend, stored) == truth[:up_to]
    with pytest.raises(Damaged):
        await Files(backend.store).check(stored)


def flipped(text: bytes, at: int) -> bytes:
    return text[:at] + bytes([text[at] ^ 1 << at % 8]) + text[at + 1 :]


BITS: Final = [
    (0, 0),
    (HEADER_BYTES - 1, 0),
    (HEADER_BYTES, 0),
    (SEGMENT_BYTES // 2, 0),
    (SEGMENT_BYTES - TAG_BYTES, 0),
    (SEGMENT_BYTES - 1, 0),
    (SEGMENT_BYTES, SECOND),
    (2 * SEGMENT_BYTES - 1, SECOND),
    (2 * SEGMENT_BYTES, THIRD),
    (-1, THIRD),
]
"""Where a bit is turned, and how many bytes of the file lie before the segment that it is in."""


@pytest.mark.parametrize(("at", "up_to"), BITS)
async def test_a_bit_that_was_turned_is_damage(backend: Backend, at: int, up_to: int) -> None:
    stored, found = await put(backend, CONTENT)
    text = await found.text()
    await found.become(flipped(text, at % len(text)))
    await insist(backend, stored, CONTENT, up_to=up_to)


async def test_every_byte_of_a_small_file_counts(on_disk: OnDisk) -> None:
    backend = on_disk
    stored, found = await put(backend, SMALL)
    text = await found.text()
    for at in range(len(text)):
        await found.become(flipped(text, at))
        await insist(backend, stored, SMALL, up_to=0)
    await found.become(text)
    await Files(backend.store).check(stored)


CUTS: Final = [
    0,
    1,
    HEADER_BYTES,
    HEADER_BYTES + TAG_BYTES,
    SEGMENT_BYTES // 2,
    SEGMENT_BYTES - 1,
    SEGMENT_BYTES,
    SEGMENT_BYTES + 1,
    2 * SEGMENT_BYTES - TAG_BYTES,
    2 * SEGMENT_BYTES,
    2 * SEGMENT_BYTES + TAG_BYTES,
    -1,
]
"""How many bytes are left; -1 is all but the last one."""


@pytest.mark.parametrize("left", CUTS)
async def test_an_end_that_was_cut_off_is_damage(backend: Backend, left: int) -> None:
    stored, found = await put(backend, CONTENT)
    await found.become((await found.text())[:left])
    await insist(backend, stored, CONTENT, up_to=0)


@pytest.mark.parametrize(("content", "said", "segments"), [(CONTENT, THIRD, 2), (EVEN, SECOND, 1)])
async def test_a_row_that_says_less_does_not_make_a_shorter_file(
    backend: Backend, content: bytes, said: int, segments: int
) -> None:
    stored, found = await put(backend, content)
    await found.become((await found.text())[: segments * SEGMENT_BYTES])
    before = 0 if segments == 1 else SECOND
    assert await got(backend, replace(stored, byte_size=said)) == content[:before]


@pytest.mark.parametrize("content", [CONTENT, EVEN, SMALL])
async def test_an_end_that_was_added_is_damage(backend: Backend, content: bytes) -> None:
    stored, found = await put(backend, content)
    text = await found.text()
    for added in (b"\0", text[-SEGMENT_BYTES:], text[:SEGMENT_BYTES]):
        await found.become(text + added)
        await insist(backend, stored, content, up_to=0)


async def test_two_objects_that_changed_places_are_damage(backend: Backend) -> None:
    one, other = os.urandom(len(CONTENT)), os.urandom(len(CONTENT))
    stored, found = await put(backend, one)
    stored_too, found_too = await put(backend, other)
    text, text_too = await found.text(), await found_too.text()
    await found.become(text_too)
    await found_too.become(text)
    await insist(backend, stored, one, up_to=0)
    await insist(backend, stored_too, other, up_to=0)
    # Not even with what opens the other: a file is bound to its key.
    await insist(backend, replace(stored_too, object_key=stored.object_key), other, up_to=0)


async def test_two_segments_that_changed_places_are_damage(backend: Backend) -> None:
    content = os.urandom(FIRST_CLEAR_BYTES + 3 * CLEAR_BYTES)
    stored, found = await put(backend, content)
    one, two, three, four = pieces = cut(await found.text())
    for moved, up_to in [
        ([one, three, two, four], SECOND),
        ([two, one, three, four], 0),
        ([one, two, four, three], THIRD),
        ([one, two, two, four], THIRD),
        ([one, two, three, three], THIRD + CLEAR_BYTES),
    ]:
        await found.become(b"".join(moved))
        await insist(backend, stored, content, up_to=up_to)
    await found.become(b"".join(pieces))
    await Files(backend.store).check(stored)


def cut(text: bytes) -> list[bytes]:
    return [text[it : it + SEGMENT_BYTES] for it in range(0, len(text), SEGMENT_BYTES)]


async def test_a_segment_of_another_file_is_damage(backend: Backend) -> None:
    stored, found = await put(backend, CONTENT)
    _, twin = await put(backend, CONTENT)
    one, two, three = cut(await found.text())
    others = cut(await twin.text())
    for mixed, up_to in [
        ([others[0], two, three], 0),
        ([one, others[1], three], SECOND),
        ([one, two, others[2]], THIRD),
        # With the right header, and the rest of the other's first segment.
        ([one[:HEADER_BYTES] + others[0][HEADER_BYTES:], two, three], 0),
    ]:
        await found.become(b"".join(mixed))
        await insist(backend, stored, CONTENT, up_to=up_to)


async def test_an_older_object_under_the_same_key_is_damage(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same_key(_: object) -> str:
        return key

    older, found = await put(backend, SMALL)
    text, key = await found.text(), older.object_key
    monkeypatch.setattr("storage.store.new_key", same_key)
    newer, _ = await put(backend, SMALL[::-1])
    assert newer.object_key == older.object_key
    assert await read(await Files(backend.store).get(newer)) == SMALL[::-1]
    await found.become(text)
    await insist(backend, newer, SMALL[::-1], up_to=0)


async def test_what_opens_another_file_opens_nothing(backend: Backend) -> None:
    stored, _ = await put(backend, SMALL)
    other, _ = await put(backend, SMALL)
    await insist(backend, replace(stored, secret=other.secret), SMALL, up_to=0)


# parts of damaged files -------------------------------------------------------------------------------------


async def test_a_part_is_refused_only_when_the_damage_is_in_its_segments(backend: Backend) -> None:
    stored, found = await put(backend, CONTENT)
    await found.become(flipped(await found.text(), SEGMENT_BYTES + 500_000))
    files = Files(backend.store)
    for start, end in [(0, 1), (0, SECOND), (SECOND - 1, SECOND), (THIRD, len(CONTENT)), (THIRD, THIRD + 1)]:
        assert await read(await files.get(stored, start=start, end=end)) == CONTENT[start:end]
        assert await files.read_at(stored, start, end - start) == CONTENT[start:end]
    for start, end in [(SECOND, SECOND + 1), (SECOND, THIRD), (THIRD - 1, THIRD), (THIRD - 1, THIRD + 1)]:
        assert await got(backend, stored, start=start, end=end) == b""
    assert await got(backend, stored, start=SECOND - 10, end=THIRD + 10) == CONTENT[SECOND - 10 : SECOND]
    with pytest.raises(Damaged):
        await files.read_at(stored, SECOND - 10, 20)


async def test_damage_of_the_first_piece_is_said_before_an_answer_begins(backend: Backend) -> None:
    stored, found = await put(backend, CONTENT)
    await found.become(flipped(await found.text(), 100))
    with pytest.raises(Damaged):
        await Files(backend.store).get(stored)


# while it is read -------------------------------------------------------------------------------------------

LONG: Final = os.urandom(FIRST_CLEAR_BYTES + 11 * CLEAR_BYTES + 99)
"""Thirteen segments, in four stretches of the store, of which two are read when the first piece is given."""
CHANGES: Final[list[Callable[[bytes], bytes]]] = [
    lambda text: bytes(len(text)),
    lambda text: text[:-1] + bytes([text[-1] ^ 1]),
    lambda text: text[: 9 * SEGMENT_BYTES + 5] + text[9 * SEGMENT_BYTES + 6 :],
    lambda text: text[:-SEGMENT_BYTES],
    lambda text: text[: 12 * SEGMENT_BYTES],
    lambda text: text[: 8 * SEGMENT_BYTES],
    lambda text: text[:SEGMENT_BYTES],
    lambda _: b"",
]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_file_that_is_changed_while_it_is_read_gives_no_wrong_byte(
    backend: Backend, change: Callable[[bytes], bytes]
) -> None:
    stored, found = await put(backend, LONG)
    pieces = await Files(backend.store).get(stored)
    given = bytearray(await anext(pieces))
    await found.become(change(await found.text()))
    # A range that begins past the end is refused by a store in its own words.
    with pytest.raises((Damaged, BaseError)):
        await drain(pieces, given)
    assert len(given) < len(LONG)
    assert given == LONG[: len(given)]


async def test_a_file_that_is_deleted_while_it_is_read_is_missing(backend: Backend) -> None:
    stored, _ = await put(backend, LONG)
    pieces = await Files(backend.store).get(stored)
    given = bytearray(await anext(pieces))
    await backend.store.delete(stored.object_key)
    with pytest.raises(Missing):
        await drain(pieces, given)
    assert given == LONG[: len(given)]


async def test_a_file_that_became_shorter_after_its_size_was_asked_is_damage(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, found = await put(backend, CONTENT)
    real = backend.store.size

    async def shortening(key: str) -> int:
        size = await real(key)
        await found.become((await found.text())[: 2 * SEGMENT_BYTES])
        return size

    monkeypatch.setattr(backend.store, "size", shortening)
    assert await got(backend, stored) == CONTENT[:THIRD]
