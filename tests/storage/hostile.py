"""Hostile files: what people make to get past checks like ours, a row each, with what is to come of it."""

import struct
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF

from storage.media_types import ODT
from tests.storage import pictures
from tests.storage.inspections import (
    ACCEPTED,
    BAD_NAMES,
    DAMAGED,
    MACROS,
    NOT_ACCEPTED,
    NOT_TEXT,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    TWO_FILES,
)
from tests.storage.zips import MACRO_MAIN, Entry, office, opendocument, parts, types, word, zipped


@dataclass(frozen=True)
class Row:
    name: str
    file_name: str
    content: bytes
    answer: str


def pdf() -> bytes:
    paper = FPDF()
    paper.add_page()
    return bytes(paper.output())


SVG: Final = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML: Final = b"<!DOCTYPE html><script>alert(1)</script>"
SCRIPT: Final = b"alert(document.cookie)\n"
PROGRAM: Final = b"MZ\x90\0" + bytes(60) + b"PE\0\0"
JAR: Final = zipped(
    [Entry("META-INF/MANIFEST.MF", b"Main-Class: A\n"), Entry("A.class", b"\xca\xfe\xba\xbe")]
)
MAIL: Final = b"From: Carla <carla@example.org>\r\nSubject: hello\r\n\r\nBeste Anna,\r\n"
LETTERS: Final = "Één brief. ".encode() * 20_000
TIFF: Final = pictures.saved("TIFF")
HEIC: Final = pictures.heic(pictures.meta(pictures.sized(9, 9)))


def shifted(archive: bytes, by: int) -> bytes:
    """Return a zip that knows that so many bytes lie before it: both files are whole then."""
    (starts,) = struct.unpack_from("<I", archive, len(archive) - 6)
    return archive[:-6] + struct.pack("<I", starts + by) + archive[-2:]


POLYGLOTS: Final = [
    Row("a paper and a jar", "a.pdf", pdf() + JAR, TWO_FILES),
    Row("a paper and a jar that know of each other", "a.pdf", pdf() + shifted(JAR, len(pdf())), TWO_FILES),
    Row("a photo and a jar", "a.jpg", pictures.saved("JPEG") + JAR, TWO_FILES),
    Row("a picture and a Word file", "a.png", pictures.saved("PNG") + word(), TWO_FILES),
    Row("a frame and a jar", "a.webp", pictures.saved("WEBP") + JAR, TWO_FILES),
    Row("a scan and a jar", "a.tif", TIFF + JAR, TWO_FILES),
    Row("a text and a jar", "a.txt", LETTERS + JAR, TWO_FILES),
    Row("a mail and a jar", "a.eml", MAIL + JAR, NOT_ACCEPTED),
    Row("a long mail and a jar", "a.eml", MAIL + LETTERS + JAR, TWO_FILES),
    Row("a Word file and a paper", "a.docx", word() + pdf(), TWO_FILES),
    Row("a Word file and a jar", "a.docx", word() + JAR, TWO_FILES),
    Row("a Word file named as a jar's neighbour", "a.jar", word(), NOT_ACCEPTED),
    Row("a paper before a Word file", "a.docx", pdf() + word(), NOT_ACCEPTED),
    Row("a program before a Word file", "a.docx", PROGRAM + word(), NOT_ACCEPTED),
    Row("a page before a photo", "a.jpg", HTML + pictures.saved("JPEG"), NOT_ACCEPTED),
    Row("a script within a photo's comment", "a.jpg", pictures.saved("JPEG", comment=SCRIPT), ACCEPTED),
    Row("a jar within a photo's comment", "a.jpg", pictures.saved("JPEG", comment=JAR), ACCEPTED),
    Row("a page behind a photo", "a.jpg", pictures.saved("JPEG") + HTML, ACCEPTED),
    Row("a program far on in a text", "a.txt", LETTERS + PROGRAM, NOT_TEXT),
    Row("a program far on in a list", "a.csv", b"a;b\n" * 99_999 + PROGRAM, NOT_TEXT),
    Row("a program after the first look at a text", "a.txt", b"a" * 5000 + PROGRAM + LETTERS, NOT_TEXT),
    Row("a page far on in a text", "a.txt", LETTERS + HTML, ACCEPTED),
    Row("another code page far on in a mail", "a.eml", MAIL + LETTERS + b"\x81\x8d" * 99, ACCEPTED),
]

NAMES: Final = [
    Row("a paper named as a program", "a.pdf.exe", pdf(), NOT_ACCEPTED),
    Row("a program named as a paper", "a.exe.pdf", PROGRAM, NOT_ACCEPTED),
    Row("a paper whose first extension is a program's", "a.exe.pdf", pdf(), ACCEPTED),
    Row("a page named as a picture", "a.html.png", HTML, NOT_ACCEPTED),
    Row("a picture named as a page", "a.png.html", pictures.saved("PNG"), NOT_ACCEPTED),
    Row("an extension after a NUL", "a.pdf\0.exe", pdf(), NOT_ACCEPTED),
    Row("an extension before a NUL", "a.exe\0.pdf", pdf(), ACCEPTED),
    Row("an extension behind a turned one", "a\u202efdp.exe", pdf(), NOT_ACCEPTED),
    Row("a second file behind a colon", "a.pdf:b.exe", pdf(), NOT_ACCEPTED),
    Row("an extension of the old kind", "a.doc", word(), NOT_ACCEPTED),
]

PARTS: Final = [Entry(*it) for it in parts("word")]
NESTED: Final = zipped([Entry(f"lib {number}.zip", bytes(9999)) for number in range(16)])
MACRO_ENTRIES: Final = [Entry(*it) for it in parts("word", MACRO_MAIN["word"])]

BOMBS: Final = [
    Row(
        "a zip of zips of zips",
        "42.docx",
        zipped([Entry(f"lib {it}.zip", NESTED) for it in range(16)]),
        NOT_ACCEPTED,
    ),
    Row(
        "zips of zips in a Word file",
        "42.docx",
        office("word", Entry("word/media/lib.zip", NESTED)),
        ACCEPTED,
    ),
    Row(
        "a flat bomb",
        "a.docx",
        office("word", Entry("word/a.xml", bytes(200_000), size=200 << 20)),
        TOO_LARGE,
    ),
    Row(
        "entries that are all the same bytes",
        "a.docx",
        zipped([*PARTS, *(Entry(f"word/{it}", bytes(99_999), place=0) for it in range(999))]),
        TOO_LARGE,
    ),
    Row(
        "a part of four gigabytes", "a.docx", office("word", Entry("word/a.xml", size=0xFFFF_FFFE)), TOO_LARGE
    ),
    Row("a picture of 65,000 by 65,000", "a.png", pictures.png(65_000, 65_000), TOO_MANY_PIXELS),
    Row(
        "a photo of the same", "a.jpg", pictures.jpeg(pictures.frame_header(65_000, 65_000)), TOO_MANY_PIXELS
    ),
    Row(
        "a frame of 16,383 by 16,383",
        "a.webp",
        pictures.webp(pictures.lossy(16_383, 16_383)),
        TOO_MANY_PIXELS,
    ),
    Row("a scan of the same", "a.tif", pictures.pages(3, 65_000, 65_000), TOO_MANY_PIXELS),
    Row(
        "a phone's photo of the same",
        "a.heic",
        pictures.heic(pictures.meta(pictures.sized(65_000, 65_000))),
        TOO_MANY_PIXELS,
    ),
    Row(
        "a photo with 3 MiB before its size",
        "a.jpg",
        pictures.saved("JPEG", icc_profile=bytes(3 << 20)),
        ACCEPTED,
    ),
]

MACRO_FILES: Final = [
    Row(
        "a Word file with macros",
        "a.docx",
        zipped([*MACRO_ENTRIES, Entry("word/vbaProject.bin")]),
        NOT_ACCEPTED,
    ),
    Row(
        "macros behind a photo",
        "a.docx",
        office("word", Entry("word/a.jpg", bytes(9999), method=0), Entry("word/vbaProject.bin")),
        MACROS,
    ),
    Row(
        "macros whose type is told last",
        "a.docx",
        zipped(
            [
                Entry("word/a.jpg", bytes(9999), method=0),
                *PARTS[1:],
                Entry("[Content_Types].xml", types(MACRO_MAIN["word"])),
            ]
        ),
        MACROS,
    ),
    Row("a Basic module in a text", "a.odt", opendocument(("Basic/Standard/A.xml", b"")), NOT_ACCEPTED),
    Row(
        "a Basic module behind a photo",
        "a.odt",
        zipped(
            [
                Entry("mimetype", ODT.encode(), method=0),
                Entry("Pictures/a.jpg", bytes(9999), method=0),
                Entry("Basic/A.xml"),
            ]
        ),
        MACROS,
    ),
    Row("a part that climbs out", "a.docx", office("word", Entry("../../evil.sh")), BAD_NAMES),
]


def cut(file_name: str, content: bytes, answer: str, *, keep: float) -> Row:
    kept = content[: int(len(content) * keep)]
    return Row(f"{keep:.0%} of {file_name}", file_name, kept, answer)


TRUNCATED: Final = [
    *(cut("a.pdf", pdf(), DAMAGED, keep=part) for part in (0.1, 0.5, 0.9)),
    *(cut("a.docx", word(), DAMAGED, keep=part) for part in (0.1, 0.5, 0.99)),
    *(cut("a.odt", opendocument(), DAMAGED, keep=part) for part in (0.1, 0.5, 0.99)),
    *(cut("a.tif", pictures.pages(9), DAMAGED, keep=part) for part in (0.1, 0.5, 0.9)),
    *(cut("a.heic", HEIC, DAMAGED, keep=part) for part in (0.5, 0.9)),
    cut("a.jpg", pictures.saved("JPEG", icc_profile=bytes(99_999)), DAMAGED, keep=0.5),
    cut("a.png", pictures.png(9, 9), DAMAGED, keep=0.6),
    cut("a.webp", pictures.saved("WEBP"), ACCEPTED, keep=0.5),
    cut("a.png", pictures.saved("PNG"), ACCEPTED, keep=0.5),
    cut("a.txt", LETTERS, ACCEPTED, keep=0.500001),
    cut("a.eml", MAIL, ACCEPTED, keep=0.9),
    *(
        cut(f"a.{kind}", b"", NOT_ACCEPTED, keep=1)
        for kind in ("pdf", "docx", "odt", "jpg", "png", "webp", "tif", "heic", "eml")
    ),
]

ROWS: Final = [*POLYGLOTS, *NAMES, *BOMBS, *MACRO_FILES, *TRUNCATED]

KEPT_NAMES: Final = [
    ("in\0voice.pdf", "invoice.pdf"),
    ("invoice.pdf\r\nSet-Cookie: a=b", "invoice.pdfSet-Cookie: a=b"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("..\\..\\windows\\system32.pdf", "system32.pdf"),
    ("annual \u202efdp.exe.pdf", "annual fdp.exe.pdf"),
    ("\u200fa\u200e\u2066b\u2069.pdf", "ab.pdf"),
    ("a" * 10_000 + ".pdf", "a" * 251 + ".pdf"),
    ("\u00e9" * 10_000 + ".pdf", "\u00e9" * 125 + ".pdf"),
    ("." * 10_000 + ".pdf", "document.pdf"),
]
"""Names that a client sends, and what is kept of them."""
