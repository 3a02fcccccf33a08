"""Zips: office files as several programs write them, and zips that are made wrong byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import docx

from storage import media_types

MAIN = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "ppt": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
MACRO_MAIN = {
    "word": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "xl": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "ppt": "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
}


class Stream(io.RawIOBase):
    """A file that is written as a stream: sizes come behind the contents, as some servers write them."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object, /) -> int:
        self.written += memoryview(piece)  # pyright: ignore[reportArgumentType]
        return memoryview(piece).nbytes  # pyright: ignore[reportArgumentType]


def word() -> bytes:
    """Return a document as python-docx writes it."""
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Testament")
    document.save(file)
    return file.getvalue()


def types(*mains: str) -> bytes:
    overrides = "".join(f'<Override PartName="/a" ContentType="{it}"/>' for it in mains)
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    return f'{head}<Types xmlns="{namespace}">{overrides}</Types>'.encode()


def parts(folder: str, *mains: str) -> list[tuple[str, bytes]]:
    """Return the parts that an office program writes, in its order."""
    return [
        ("[Content_Types].xml", types(*(mains or (MAIN[folder],)))),
        ("_rels/.rels", b"<Relationships/>"),
        (f"{folder}/document.xml", b"<document>" + b"text " * 50 + b"</document>"),
        ("docProps/app.xml", b"<Properties/>"),
    ]


def streamed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return bytes(stream.written)


def opendocument(*more: tuple[str, bytes], media_type: str = media_types.ODT) -> bytes:
    """Return a document as LibreOffice writes it: its type first and stored, the rest packed."""
    names = (
        "Thumbnails/thumbnail.png",
        "content.xml",
        "styles.xml",
        "meta.xml",
        "settings.xml",
        "META-INF/manifest.xml",
    )
    others = [Entry(name, b"<office:document/>" * 9) for name in ("Configurations2/menubar/", *names)]
    return zipped(
        [Entry("mimetype", media_type.encode(), method=0), *others, *(Entry(*it) for it in more)],
    )


@dataclass(frozen=True)
class Entry:
    """An entry of a zip; what is set beside its name and content is said whether it is so or not."""

    name: str | bytes
    content: bytes = b""
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    size: int | None = None
    packed_size: int | None = None
    checksum: int | None = None
    local_name: bytes | None = None
    local_extra: bytes = b""
    extra: bytes = b""
    place: int | None = None

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @cached_property
    def packed(self) -> bytes:
        return zlib.compress(self.content, wbits=-15) if self.method == zipfile.ZIP_DEFLATED else self.content

    def fields(self) -> bytes:
        size = len(self.content) if self.size is None else self.size
        packed_size = len(self.packed) if self.packed_size is None else self.packed_size
        checksum = zlib.crc32(self.content) if self.checksum is None else self.checksum
        return struct.pack("<HHHIIII", 20, self.flags, self.method, 0x21_0000, checksum, packed_size, size)

    def local(self) -> bytes:
        name = self.raw_name if self.local_name is None else self.local_name
        lengths = struct.pack("<HH", len(name), len(self.local_extra))
        return b"PK\3\4" + self.fields() + lengths + name + self.local_extra + self.packed

    def central(self, place: int) -> bytes:
        said = place if self.place is None else self.place
        lengths = struct.pack("<HHHHHII", len(self.raw_name), len(self.extra), 0, 0, 0, 0, said)
        return b"PK\1\2\x14\0" + self.fields() + lengths + self.raw_name + self.extra


@dataclass(frozen=True)
class End:
    """The end record of a zip: what it says beside the truth."""

    count: int | None = None
    size: int | None = None
    starts: int | None = None
    comment: bytes = b""
    wide: bool = False
    wide_count: int | None = None
    wide_place: int = 0

    def of(self, count: int, size: int, starts: int) -> bytes:
        said = [
            truth if word is None else word
            for word, truth in ((self.count, count), (self.size, size), (self.starts, starts))
        ]
        return (self._wide(count, size, starts) if self.wide else b"") + (
            struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, said[0], said[0], said[1], said[2], len(self.comment))
            + self.comment
        )

    def _wide(self, count: int, size: int, starts: int) -> bytes:
        count = count if self.wide_count is None else self.wide_count
        record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, starts)
        return record + struct.pack("<4sIQI", b"PK\6\7", 0, starts + size + self.wide_place, 1)


def zipped(entries: Iterable[Entry], *, end: End = End(), gap: bytes = b"", shift: int = 0) -> bytes:
    """Return a zip; `gap` lies before its directory, and all its places are said to be `shift` further."""
    body, directory, count = bytearray(), bytearray(), 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - the last one is how many there were
        directory += entry.central(len(body) + shift)
        body += entry.local()
    body += gap
    return bytes(body + directory) + end.of(count, len(directory), len(body) + shift)


def office(folder: str, *more: Entry, end: End = End(), gap: bytes = b"", shift: int = 0) -> bytes:
    """Return an office file of this program with more entries at its end."""
    return zipped([*(Entry(*it) for it in parts(folder)), *more], end=end, gap=gap, shift=shift)


def with_types(content: bytes, **said: int | bytes) -> bytes:
    """Return a Word file whose list of types is this."""
    listed = replace(Entry("[Content_Types].xml", content), **said)  # pyright: ignore[reportArgumentType]
    return zipped([listed, *(Entry(*it) for it in parts("word")[1:])])


def with_macros(folder: str, *more: Entry) -> bytes:
    """Return a file of the kind that may have macros, and has some."""
    entries = (Entry(*it) for it in parts(folder, MACRO_MAIN[folder]))
    return zipped([*entries, Entry(f"{folder}/vbaProject.bin", b"macros"), *more])
