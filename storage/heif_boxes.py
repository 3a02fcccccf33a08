"""The boxes of a HEIC file: what it says of the sizes of its pictures (ISO/IEC 23008-12, 14496-12).

A photo is a grid of tiles. Each tile and the whole have a property `ispe` with a size; the grid says the size
of the whole once more in a body of its own, which is the one that decoders make room for. The size in the
HEVC stream itself is not read: whoever decodes a picture does so within limits of memory.
"""

from collections.abc import AsyncGenerator, Iterator
from io import BytesIO

from storage.random_access import RandomAccess, damaged

LARGEST_META = 1 << 20
"""A photo's has some kilobytes."""

MOST_BOXES = 1000
"""Beside each other in the file itself: a photo has three or four."""

# Where width and height stand in the body of a picture that is made of others.
_MADE_OF_OTHERS = {b"grid": 4, b"iovl": 10}
_LOOKED_INTO = frozenset({b"iprp", b"iinf", b"iloc", b"idat"})
_IN_FILE, _IN_META = 0, 1


async def sizes(file: RandomAccess) -> AsyncGenerator[tuple[int, int], None]:
    """Yield every width and height that the file says. Raise UnsupportedType when its boxes make no sense."""
    boxes = _one_of_each(await _meta(file))
    for properties in _bodies(boxes.get(b"iprp", b""), b"ipco"):
        for size in _bodies(properties, b"ispe"):
            yield _number(size[4:8]), _number(size[8:12])
    made = _made_of_others(boxes.get(b"iinf", b""))
    for item, method, start in _places(boxes.get(b"iloc", b"")) if made else ():
        if item in made:
            body = await _body(file, method, start, boxes.get(b"idat", b""))
            yield _size_in(body, _MADE_OF_OTHERS[made[item]])


async def _meta(file: RandomAccess) -> bytes:
    """Return the body of the one box that describes the pictures."""
    at = 0
    found: bytes | None = None
    for _ in range(MOST_BOXES):
        header = await file.up_to(at, 16)
        if not header:
            break
        kind, skipped, length = _header(header, file.byte_size - at)
        if kind == b"meta":
            if found is not None or length > LARGEST_META:
                raise damaged()
            found = await file.exactly(at + skipped, length - skipped)
        at += length
    return found if found is not None else b""


def _header(header: bytes, rest: int) -> tuple[bytes, int, int]:
    """Return the kind of a box, the length of its header, and its own length in all."""
    length, skipped = _number(header[:4]), 8
    if length == 1:
        length, skipped = _number(header[8:16]), 16
    if length == 0:
        length = rest
    if length < skipped:
        raise damaged()
    return header[4:8], skipped, length


def _one_of_each(meta: bytes) -> dict[bytes, bytes]:
    """Return the boxes that are looked into; which of two a decoder believes is its own affair."""
    found: dict[bytes, bytes] = {}
    for kind, body in _boxes(meta[4:]):
        if kind in _LOOKED_INTO:
            if kind in found:
                raise damaged()
            found[kind] = body
    return found


def _bodies(content: bytes, kind: bytes) -> Iterator[bytes]:
    return (body for found, body in _boxes(content) if found == kind)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        kind, skipped, length = _header(content[at : at + 16], len(content) - at)
        yield kind, content[at + skipped : at + length]
        at += length


def _made_of_others(items: bytes) -> dict[int, bytes]:
    """Return the kind of each picture that is made of others, by its id."""
    found: dict[int, bytes] = {}
    for _, body in _boxes(items[6:] if items[:1] == b"\0" else items[8:]):
        width = 4 if body[:1] == b"\3" else 2
        kind = body[6 + width : 10 + width]
        if kind in _MADE_OF_OTHERS:
            found[_number(body[4 : 4 + width])] = kind
    return found


def _places(locations: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each item's id, the method of finding it, and where its first piece starts."""
    fields = _Fields(locations)
    version = fields.next(1)
    fields.next(3)
    sizes = fields.next(2)
    of_offset, of_length, of_start, of_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    of_piece = of_offset + of_length + (of_index if version else 0)
    wide = 4 if version == 2 else 2  # noqa: PLR2004 - the version is a name, not an amount
    for _ in range(fields.next(wide)):
        item = fields.next(wide)
        method = fields.next(2) & 15 if version else _IN_FILE
        fields.next(2)
        start = fields.next(of_start)
        # All pieces at once: their fields may be of no length, and their number is the file's word.
        pieces = fields.bytes(fields.next(2) * of_piece)
        yield item, method, start + _number(pieces[of_piece - of_offset - of_length : of_piece - of_length])


class _Fields:
    """The fields of a box, one after the other; damage when they are more than it holds."""

    def __init__(self, content: bytes) -> None:
        self._content = BytesIO(content)

    def next(self, length: int) -> int:
        return _number(self.bytes(length))

    def bytes(self, length: int) -> bytes:
        found = self._content.read(length)
        if len(found) < length:
            raise damaged()
        return found


async def _body(file: RandomAccess, method: int, start: int, in_meta: bytes) -> bytes:
    if method == _IN_FILE:
        return await file.up_to(start, 20)
    if method == _IN_META:
        return in_meta[start : start + 20]
    raise damaged()


def _size_in(body: bytes, at: int) -> tuple[int, int]:
    width = 4 if _number(body[1:2]) & 1 else 2
    return _number(body[at : at + width]), _number(body[at + width : at + 2 * width])


def _number(field: bytes) -> int:
    return int.from_bytes(field, "big")
