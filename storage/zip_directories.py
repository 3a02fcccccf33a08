"""The directory of a zip: what an office file says that it holds, read from its end, with nothing unpacked.

The standard library reads the list of entries. What is checked besides is that the list is the only one, that
it speaks of the whole file, and that the entries lie one behind the other: zip bombs, and files that are two
at once, need a zip that is not so. One entry is unpacked, within bounds: the list of types of OOXML.
"""

import asyncio
import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from core.errors import UnsupportedType
from storage import zip_heads
from storage.random_access import RandomAccess, damaged

TAIL = 1 << 20
"""Bytes from the end within which the directory lies; 5,000 entries take about half of it."""

MOST_ENTRIES = 5000
"""A presentation of 500 slides with notes and pictures has about 3,000."""

HARMLESS = 100 << 20
"""Bytes that may come out of a file however small it is: sheets of many like rows pack a hundredfold."""
MOST_SWELLING = 100
LARGEST_ENTRY = 2 << 30
LARGEST_TYPES = 1 << 20
"""The list of types has a line for each part; with 5,000 parts it takes 700 kB."""

SLACK = (1 << 16) + 24
"""Bytes between two entries that are taken on trust: a local header's extra field and a data descriptor."""

_END = struct.Struct("<4s4xHHIIH")
_END64 = struct.Struct("<4s28xQQQ")
_LOCATOR = struct.Struct("<4s4xQ4x")
_END_MARK = b"PK\5\6"
_LOCAL = struct.Struct("<4s22xHH")
LONGEST_COMMENT = (1 << 16) - 1
ENCRYPTED = 0x2041
"""Flags of an entry: encrypted, strongly, and with its local header masked."""

_BAD_NAME = re.compile(r"^$|[\x00-\x1f\\]|^/|^[a-z]:|(^|/)\.\.(/|$)", re.IGNORECASE)
_TYPES = "[content_types].xml"
# Ways of writing XML in which a type is not seen by searching for its letters.
_HIDING = re.compile(rb"\x00|<!|&#|^[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directory:
    """`entries` in the order in which they lie in the file; `starts` is where the directory itself does."""

    entries: list[ZipInfo]
    starts: int


async def require_ooxml(file: RandomAccess, folder: bytes, *, with_macros: bool = False) -> None:
    """Raise UnsupportedType for what is no tidy file of Word, Excel or PowerPoint, or has macros unasked."""
    directory = await _directory(file)
    if not with_macros:
        _require_no_macros(directory)
    listed = [it for it in directory.entries if it.orig_filename.lower() == _TYPES]
    if not listed:
        raise UnsupportedType
    types = await _unpacked(file, listed[0])
    if not with_macros and zip_heads.MACROS.search(types):
        raise UnsupportedType("Documents with macros are not accepted.")
    if _HIDING.search(types) or not zip_heads.has_main(types, folder, with_macros=with_macros):
        raise UnsupportedType


async def require_opendocument(file: RandomAccess, media_type: bytes) -> None:
    """Raise UnsupportedType for what is no tidy OpenDocument file of this type, or has macros."""
    directory = await _directory(file)
    _require_no_macros(directory)
    if any(it.orig_filename == "encrypted-package" for it in directory.entries):
        raise UnsupportedType("The document is protected with a password. Take it off first.")
    is_named = directory.entries[0].orig_filename == "mimetype"
    if not is_named or not zip_heads.is_opendocument(await file.up_to(0, 4096), media_type):
        raise UnsupportedType


async def require_none(file: RandomAccess) -> None:
    """Raise UnsupportedType when a file of another kind is a zip too, whose end is its own."""
    tail = await file.last(LONGEST_COMMENT + _END.size)
    at = tail.find(_END_MARK)
    while at >= 0:
        if at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
            raise _two_files()
        at = tail.find(_END_MARK, at + 1)


async def _directory(file: RandomAccess) -> Directory:
    tail = await file.last(TAIL)
    # Some tens of milliseconds of plain Python, in which others should be answered.
    return await asyncio.to_thread(_checked, tail, file.byte_size - len(tail))


def _checked(tail: bytes, tail_starts: int) -> Directory:
    directory = _read(tail, tail_starts)
    _require_open(directory)
    _require_tidy_names(directory)
    _require_in_a_row(directory)
    _require_no_bomb(directory)
    return directory


def _read(tail: bytes, tail_starts: int) -> Directory:
    count, starts = _end(tail, tail_starts)
    if count > MOST_ENTRIES or starts < tail_starts:
        raise UnsupportedType("The document has more than 5,000 parts.")
    try:
        with ZipFile(BytesIO(tail)) as archive:
            entries = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, struct.error):
        raise damaged() from None
    if not entries or len(entries) != count:
        raise damaged()
    for entry in entries:
        # The library takes what is missing before the tail for a directory that is out of place.
        entry.header_offset += tail_starts
    return Directory(sorted(entries, key=lambda it: it.header_offset), starts)


def _end(tail: bytes, tail_starts: int) -> tuple[int, int]:
    """Return the number of entries, and where the directory of the whole file starts."""
    ends = len(tail) - _END.size
    found = tail.rfind(_END_MARK)
    if found != ends or ends < 0:
        raise _two_files() if 0 <= found < ends else damaged()
    _, _, count, size, starts, comment = _END.unpack(tail[-_END.size :])
    locator = tail[:ends][-_LOCATOR.size :]
    if locator.startswith(b"PK\6\7"):
        ends -= _LOCATOR.size + 56
        count, size, starts = _end64((count, size, starts), tail[max(ends, 0) :], locator, tail_starts + ends)
    if comment:
        raise damaged()
    if starts + size != tail_starts + ends:
        raise _two_files()
    return count, starts


def _end64(short: tuple[int, int, int], record: bytes, locator: bytes, place: int) -> tuple[int, int, int]:
    """Return the three numbers of the larger record, which says nothing else than the small one does."""
    if len(record) < _END64.size or not record.startswith(b"PK\6\6") or _LOCATOR.unpack(locator)[1] != place:
        raise damaged()
    _, count, size, starts = _END64.unpack(record[: _END64.size])
    limits = (0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
    for small, large, limit in zip(short, (count, size, starts), limits, strict=True):
        if small not in {large, limit}:
            raise damaged()
    return count, size, starts


def _require_open(directory: Directory) -> None:
    if any(it.flag_bits & ENCRYPTED for it in directory.entries):
        raise UnsupportedType("The document is protected with a password. Take it off first.")


def _require_tidy_names(directory: Directory) -> None:
    names = [it.orig_filename for it in directory.entries]
    if any(_BAD_NAME.search(name) for name in names):
        raise UnsupportedType("The document has parts whose names are not allowed.")
    # OPC takes names that differ in case for one (ECMA-376 part 2, 6.2.2.3).
    if len({name.lower() for name in names}) < len(names):
        raise UnsupportedType("The document has two parts with one name.")


def _require_in_a_row(directory: Directory) -> None:
    """Raise UnsupportedType when two entries share bytes, or when there are bytes that belong to none."""
    ends, slack = 0, 0
    for starts, length in [*map(_place, directory.entries), (directory.starts, 0)]:
        if starts < ends:
            raise UnsupportedType("The document would be too large once unpacked.")
        if starts > ends + slack:
            raise _two_files()
        ends, slack = starts + length, SLACK


def _place(entry: ZipInfo) -> tuple[int, int]:
    """Return where an entry starts, and how long it is at least."""
    return entry.header_offset, zip_heads.NAME_AT + len(entry.orig_filename) + entry.compress_size


def _require_no_bomb(directory: Directory) -> None:
    unpacked = sum(it.file_size for it in directory.entries)
    packed = sum(it.compress_size for it in directory.entries)
    is_huge = any(it.file_size > LARGEST_ENTRY for it in directory.entries)
    if is_huge or unpacked > max(HARMLESS, MOST_SWELLING * packed):
        raise UnsupportedType("The document would be too large once unpacked.")


def _require_no_macros(directory: Directory) -> None:
    if any(zip_heads.MACROS.search(it.orig_filename.encode(errors="replace")) for it in directory.entries):
        raise UnsupportedType("Documents with macros are not accepted.")


async def _unpacked(file: RandomAccess, entry: ZipInfo) -> bytes:
    """Return the content of an entry of at most LARGEST_TYPES bytes, as its local header leads to it."""
    at = entry.header_offset
    mark, name_length, extra_length = _LOCAL.unpack(await file.exactly(at, _LOCAL.size))
    name = await file.exactly(at + _LOCAL.size, name_length)
    if mark != zip_heads.ENTRY or name != entry.orig_filename.encode():
        raise damaged()
    if max(entry.compress_size, entry.file_size) > LARGEST_TYPES:
        raise UnsupportedType("The document would be too large once unpacked.")
    packed = await file.exactly(at + _LOCAL.size + name_length + extra_length, entry.compress_size)
    content = _inflated(packed, entry.file_size) if entry.compress_type == ZIP_DEFLATED else packed
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise damaged()
    return content


def _inflated(packed: bytes, size: int) -> bytes:
    """Return what comes out; of what is longer than `size`, one byte more."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
    except zlib.error:
        raise damaged() from None


def _two_files() -> UnsupportedType:
    return UnsupportedType("There is a second file hidden in this file.")
