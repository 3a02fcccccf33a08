"""Files: what goes in comes out, counted and digested, on a folder as on a real S3 server."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import TooLarge
from storage.files import Damaged, Files, Stored
from storage.sealing import CLEAR_BYTES, FIRST_CLEAR_BYTES, HEADER_BYTES, KEY_BYTES, sealed_size
from storage.store import KEY, Missing
from tests.storage.uploads import LICENCE, MIB, OTHER_LICENCE, PLENTY, Backend, read, sent

ROOT = Path(__file__).parents[2]
STATUS = Path("/proc/self/status")
SIZES = [
    1,
    17,
    FIRST_CLEAR_BYTES - 1,
    FIRST_CLEAR_BYTES,
    FIRST_CLEAR_BYTES + 1,
    FIRST_CLEAR_BYTES + CLEAR_BYTES,
    FIRST_CLEAR_BYTES + CLEAR_BYTES + 1,
]
"""To the byte around where a segment ends."""


async def put(files: Files, *chunks: bytes) -> Stored:
    return await files.put(LICENCE, sent(*chunks), limit=PLENTY)


async def test_what_is_put_comes_back_in_pieces_of_at_most_a_mebibyte(files: Files) -> None:
    content = os.urandom(2 * MIB + 5)
    stored = await put(files, content[:70_000], content[70_000:])
    pieces = [piece async for piece in await files.get(stored)]
    rest = len(content) - FIRST_CLEAR_BYTES - CLEAR_BYTES
    assert [len(piece) for piece in pieces] == [FIRST_CLEAR_BYTES, CLEAR_BYTES, rest]
    assert b"".join(pieces) == content
    await files.check(stored)


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_of_any_size_comes_back_and_takes_as_much_room_as_was_said(
    files: Files, size: int
) -> None:
    content = os.urandom(size)
    stored = await put(files, content)
    assert await read(await files.get(stored)) == content
    assert await files.store.size(stored.object_key) == sealed_size(size)


async def test_size_and_digest_are_those_of_the_bytes(files: Files) -> None:
    stored = await put(files, b"con", b"", b"tract")
    assert stored.byte_size == 8
    assert stored.sha256 == hashlib.sha256(b"contract").digest()


async def test_a_file_may_be_as_large_as_the_limit(files: Files) -> None:
    stored = await files.put(LICENCE, sent(b"12345", b"67890"), limit=10)
    assert await read(await files.get(stored)) == b"1234567890"
    with pytest.raises(TooLarge):
        await files.put(LICENCE, sent(b"12345", b"67890"), limit=9)


async def test_a_file_lies_sealed_under_a_key_of_its_licence(backend: Backend) -> None:
    content = b"Huwelijkscontract " * 100
    stored = await put(Files(backend.store), content)
    assert backend.left() == [stored.object_key]
    assert KEY.fullmatch(stored.object_key)
    assert stored.object_key.startswith(LICENCE.hex)
    lies = await read(await backend.store.get(stored.object_key))
    assert b"Huwelijks" not in lies
    assert stored.secret[:KEY_BYTES] not in lies
    assert lies[:HEADER_BYTES] == stored.secret[KEY_BYTES:]


async def test_the_same_bytes_are_never_sealed_alike(files: Files) -> None:
    one, other = await put(files, b"same"), await put(files, b"same")
    assert one.object_key != other.object_key
    assert one.secret[:KEY_BYTES] != other.secret[:KEY_BYTES]
    assert one.secret[KEY_BYTES:] != other.secret[KEY_BYTES:]
    assert one.sha256 == other.sha256


async def test_what_is_said_of_a_file_in_a_log_tells_no_secret(files: Files) -> None:
    stored = await put(files, b"x")
    assert repr(stored) == f"Stored({stored.object_key})"


# parts of files ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content() -> bytes:
    """Three segments and a bit."""
    return os.urandom(FIRST_CLEAR_BYTES + 2 * CLEAR_BYTES + 100)


async def test_any_range_is_that_part_of_the_file(files: Files, content: bytes) -> None:
    stored = await put(files, content)
    borders = (0, FIRST_CLEAR_BYTES, FIRST_CLEAR_BYTES + CLEAR_BYTES, len(content))
    places = sorted({at + by for at in borders for by in (-1, 0, 1) if 0 <= at + by <= len(content)})
    for start in places[:-1]:
        for end in (it for it in places if it > start):
            assert await read(await files.get(stored, start=start, end=end)) == content[start:end]
        assert await read(await files.get(stored, start=start)) == content[start:]


@pytest.mark.parametrize(
    ("start", "end"), [(-1, None), (-1, 3), (3, 3), (4, 3), (0, 11), (10, None), (10, 10)]
)
async def test_a_range_without_a_byte_or_past_the_end_is_refused(
    files: Files, start: int, end: int | None
) -> None:
    stored = await put(files, b"0123456789")
    with pytest.raises(ValueError, match="range"):
        await files.get(stored, start=start, end=end)


async def test_reading_at_a_place_gives_what_there_is(files: Files, content: bytes) -> None:
    stored = await put(files, content)
    for start in (0, 5, FIRST_CLEAR_BYTES - 3, len(content) - 3):
        for length in (0, 1, 7, CLEAR_BYTES):
            assert await files.read_at(stored, start, length) == content[start : start + length]
    for start in (len(content), len(content) + 7):
        assert await files.read_at(stored, start, 7) == b""


# what is not there ------------------------------------------------------------------------------------------


async def test_a_file_that_is_gone_is_said_before_the_first_piece(files: Files) -> None:
    stored = await put(files, b"x")
    await files.delete(stored.object_key)
    await files.delete(stored.object_key)
    for asked in (files.get(stored), files.read_at(stored, 0, 1), files.check(stored)):
        with pytest.raises(Missing):
            await asked


async def test_files_of_one_licence_are_found_without_those_of_another(files: Files) -> None:
    own = await put(files, b"x")
    other = await files.put(OTHER_LICENCE, sent(b"x"), limit=PLENTY)
    assert [it.key async for some in files.store.listed(LICENCE) for it in some] == [own.object_key]
    await files.delete(own.object_key)
    assert await read(await files.get(other)) == b"x"


async def test_a_reader_who_leaves_early_is_no_trouble(files: Files, content: bytes) -> None:
    stored = await put(files, content)
    pieces = await files.get(stored)
    assert await anext(pieces) == content[:FIRST_CLEAR_BYTES]
    await pieces.aclose()
    assert await anext(pieces, None) is None
    await (await files.get(stored)).aclose()
    await files.check(stored)


async def test_what_a_row_says_of_a_file_is_not_believed(files: Files) -> None:
    stored = await put(files, b"0123456789")
    await files.check(stored)
    wrong = replace(stored, sha256=bytes(32))
    assert await read(await files.get(wrong)) == b"0123456789"
    with pytest.raises(Damaged):
        await files.check(wrong)


# memory -----------------------------------------------------------------------------------------------------

# The peak is the kernel's word for this program alone: what getrusage tells after a fork counts the parent's.
PROGRAM = """
import asyncio, sys
from tests.storage.uploads import LICENCE, PLENTY, zeros
from storage.files import Files
from storage.store import Store
from pathlib import Path

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024

async def there_and_back(files, mebibytes):
    stored = await files.put(LICENCE, zeros(mebibytes), limit=PLENTY)
    size = 0
    async for piece in await files.get(stored):
        size += len(piece)
    await files.delete(stored.object_key)
    return size

async def main():
    files = Files(Store.open(sys.argv[1]))
    await there_and_back(files, 1)
    before = peak()
    print(await there_and_back(files, int(sys.argv[2])), peak() - before)

asyncio.run(main())
"""


def needed(address: str, mebibytes: int) -> int:
    """How many bytes a program grows by that puts and gets a file."""
    command = [sys.executable, "-c", PROGRAM, address, str(mebibytes)]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT).stdout
    byte_size, growth = map(int, said.split())
    assert byte_size == mebibytes * MIB
    return growth


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells the peak of memory")
def test_a_large_upload_and_its_download_need_little_memory(backend: Backend) -> None:
    assert needed(backend.address, 128) < 64 * MIB
