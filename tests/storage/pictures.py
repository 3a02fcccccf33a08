"""Pictures: real ones as Pillow writes them, and headers that say any size one likes."""

import io
import struct
from typing import Any

from PIL import Image


def saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (64, 48)).save(file, kind, **options)
    return file.getvalue()


def frames(count: int, mode: str = "RGB") -> dict[str, Any]:
    """Return the options with which Pillow saves a picture of several pages or frames."""
    # Frames that are alike would be left out.
    more = [Image.new(mode, (64, 48), color=1 + number % 200) for number in range(1, count)]
    return {"save_all": True, "append_images": more}


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", width, height) + b"\x08\2\0\0\0" + bytes(4)


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame_header(width: int, height: int, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")


def jpeg(*segments: bytes) -> bytes:
    beginning = b"\xff\xd8" + segment(0xE0, b"JFIF\0" + bytes(9))
    return beginning + b"".join(segments) + segment(0xDA, bytes(6)) + b"scan"


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossy(width: int, height: int) -> bytes:
    return chunk(b"VP8 ", b"\x10\0\0\x9d\1\x2a" + struct.pack("<HH", width, height))


def lossless(width: int, height: int) -> bytes:
    return chunk(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))


def canvas(width: int, height: int) -> bytes:
    return chunk(b"VP8X", bytes(4) + three(width - 1) + three(height - 1))


def animation_frame(width: int, height: int) -> bytes:
    return chunk(b"ANMF", bytes(6) + three(width - 1) + three(height - 1) + bytes(4))


def three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def page(order: str, *fields: tuple[int, int, int], following: int = 0) -> bytes:
    """Return a page's table of fields: each a tag, a type and one value."""
    layouts = {3: f"{order}HHIH2x"}
    table = b"".join(
        struct.pack(layouts.get(kind, f"{order}HHII"), tag, kind, 1, value) for tag, kind, value in fields
    )
    return struct.pack(f"{order}H", len(fields)) + table + struct.pack(f"{order}I", following)


def tiff(*tables: bytes, order: str = "<", first: int = 8) -> bytes:
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", first) + b"".join(tables)


def pages(count: int, width: int = 10, height: int = 10) -> bytes:
    """Return a TIFF of pages that are one behind the other."""
    length = 2 + 2 * 12 + 4
    fields = ((256, 4, width), (257, 3, height))
    tables = [page("<", *fields, following=8 + number * length) for number in range(1, count)]
    return tiff(*tables, page("<", *fields))


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + kind + body


def heic(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + b"".join(boxes)


def meta(*boxes: bytes) -> bytes:
    return box(b"meta", bytes(4), box(b"hdlr", bytes(24)), *boxes)


def sized(width: int, height: int) -> bytes:
    """Return the properties of a picture that says this size."""
    size = box(b"ispe", bytes(4), struct.pack(">II", width, height))
    return box(b"iprp", box(b"ipco", box(b"hvcC", bytes(30)), size))


def items(*kinds: bytes) -> bytes:
    """Return the list of pictures of these kinds, numbered from 1."""
    entries = [
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), kind, b"\0")
        for number, kind in enumerate(kinds, 1)
    ]
    return box(b"iinf", bytes(4), struct.pack(">H", len(entries)), *entries)


def located(item: int, *, method: int, start: int) -> bytes:
    """Return where one item's body is: a piece of 8 bytes in the file (0) or in the meta box (1)."""
    head = b"\1\0\0\0\x44\0" + struct.pack(">H", 1)
    return box(b"iloc", head, struct.pack(">HHHH", item, method, 0, 1), struct.pack(">II", start, 8))


def grid(width: int, height: int) -> bytes:
    """Return the body of a picture of four tiles; a large one says its size in wider fields."""
    wide = max(width, height) > 0xFFFF
    return struct.pack(">BBBB", 0, wide, 1, 1) + struct.pack(">II" if wide else ">HH", width, height)
