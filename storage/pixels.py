"""Pixels: how large the pictures of a file say that they are, before anything unpacks one.

A few bytes can say 65,000 by 65,000, and whoever believes them needs 12 GB of memory. All sizes are read that
a decoder could believe: of each page of a TIFF, of each frame of a WebP, wherever they lie in the file.
"""

import re
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from math import prod

from core.errors import UnsupportedType
from storage import heif_boxes
from storage.media_types import HEIC, JPEG, PNG, TIFF, WEBP
from storage.random_access import RandomAccess, damaged

MOST_PIXELS = 50_000_000
"""An A4 page at 600 dots per inch has 35 million; the largest photo of a usual phone 48."""

MOST_PAGES = 10_000
MOST_STEPS = 10_000
"""Segments of a JPEG or chunks of a WebP that are walked past; a photo has a few hundred at most."""

MOST_FIELDS = 500_000
"""Of all pages of a TIFF together; a page has about 20."""

Sizes = AsyncGenerator[tuple[int, int], None]

# A run of 0xFF before it is skipped: a pattern that held the run would be tried anew from each of its bytes.
_MARKER = re.compile(rb"\xff([^\x00\xff])")
JUNK_AT_MOST = 4096
"""Bytes between two segments of a JPEG: decoders skip what some programs leave there."""

SCAN, END = 0xDA, 0xD9
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers that no length follows."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# Of the whole picture, and of the tiles it may be cut into; a decoder makes room for one of these at a time.
_TIFF_SIZES = ((256, 257), (322, 323))
_TIFF_NUMBERS = {1: "B", 3: "H", 4: "I"}


async def require_few(media_type: str, file: RandomAccess) -> None:
    """Raise UnsupportedType when a picture has more than MOST_PIXELS, says no size, or has too many pages."""
    pages = 0
    async with aclosing(_SIZES[media_type](file)) as sizes:
        async for width, height in sizes:
            pages += 1
            _require_sensible(width, height, pages)
    if not pages:
        raise UnsupportedType("The picture is damaged: it does not say how large it is.")


def _require_sensible(width: int, height: int, pages: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnsupportedType("The picture has more than 50 million pixels.")
    if not width * height:
        raise UnsupportedType("The picture is damaged: it does not say how large it is.")
    if pages > MOST_PAGES:
        raise UnsupportedType("The picture has more than 10,000 pages.")


async def _of_jpeg(file: RandomAccess) -> Sizes:
    """Yield the size of each frame header before the first scan (ITU-T T.81 annex B)."""
    at = 2
    for _ in range(MOST_STEPS):
        marker, at = await _next_marker(file, at)
        if marker in {SCAN, END}:
            return
        if marker in _BARE:
            continue
        (length,) = struct.unpack(">H", await file.exactly(at, 2))
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", await file.exactly(at + 3, 4))
            yield width, height
        at += length
    raise damaged()


async def _next_marker(file: RandomAccess, at: int) -> tuple[int, int]:
    """Return the next marker, and where it ends."""
    piece = await file.up_to(at, JUNK_AT_MOST)
    found = _MARKER.search(piece)
    if not found:
        raise damaged()
    return found[1][0], at + found.end()


async def _of_png(file: RandomAccess) -> Sizes:
    header = await file.exactly(0, 24)
    yield struct.unpack(">II", header[16:])


async def _of_webp(file: RandomAccess) -> Sizes:
    """Yield the size of the canvas, of each frame on it, and of the bit stream (RFC 9649)."""
    ends = min(int.from_bytes(await file.exactly(4, 4), "little") + 8, file.byte_size)
    at = 12
    for _ in range(MOST_STEPS):
        if at + 8 > ends:
            return
        kind, length = struct.unpack("<4sI", await file.exactly(at, 8))
        if kind in _WEBP_CHUNKS:
            yield _WEBP_CHUNKS[kind](await file.up_to(at + 8, 12))
        at += 8 + length + length % 2
    raise damaged()


def _lossy(chunk: bytes) -> tuple[int, int]:
    return _little(chunk[6:8]) & 0x3FFF, _little(chunk[8:10]) & 0x3FFF


def _lossless(chunk: bytes) -> tuple[int, int]:
    bits = _little(chunk[1:5])
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas(chunk: bytes) -> tuple[int, int]:
    return _little(chunk[4:7]) + 1, _little(chunk[7:10]) + 1


def _frame(chunk: bytes) -> tuple[int, int]:
    return _little(chunk[6:9]) + 1, _little(chunk[9:12]) + 1


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")


_WEBP_CHUNKS = {b"VP8 ": _lossy, b"VP8L": _lossless, b"VP8X": _canvas, b"ANMF": _frame}


async def _of_tiff(file: RandomAccess) -> Sizes:
    """Yield the size of each page, and of its tiles, along the chain of pages (TIFF 6.0 section 2)."""
    order = "<" if await file.exactly(0, 2) == b"II" else ">"
    (at,) = struct.unpack(f"{order}I", await file.exactly(4, 4))
    seen: set[int] = set()
    fields = 0
    while at:
        (count,) = struct.unpack(f"{order}H", await file.exactly(at, 2))
        fields += count
        if at in seen or fields > MOST_FIELDS:
            raise damaged()
        seen.add(at)
        yield _size_of_page(order, await file.exactly(at + 2, count * 12))
        # Some programs leave out the last page's "no more".
        following = await file.up_to(at + 2 + count * 12, 4)
        (at,) = struct.unpack(f"{order}I", following.ljust(4, b"\0"))


def _size_of_page(order: str, table: bytes) -> tuple[int, int]:
    found: dict[int, int] = {}
    for tag, kind, value in struct.iter_unpack(f"{order}HH4x4s", table):
        if tag in _TIFF_TAGS and kind in _TIFF_NUMBERS:
            (number,) = struct.unpack_from(order + _TIFF_NUMBERS[kind], value)
            # Which of two a decoder believes is its own affair.
            found[tag] = max(number, found.get(tag, 0))
    whole, tile = ((found.get(width, 0), found.get(height, 0)) for width, height in _TIFF_SIZES)
    return max(whole, tile, key=prod) if all(whole) else whole


_TIFF_TAGS = frozenset(tag for pair in _TIFF_SIZES for tag in pair)

_SIZES: dict[str, Callable[[RandomAccess], Sizes]] = {
    JPEG: _of_jpeg,
    PNG: _of_png,
    WEBP: _of_webp,
    TIFF: _of_tiff,
    HEIC: heif_boxes.sizes,
}
