"""Zip directories: an office file whose list of parts is not the plain truth is refused."""

import struct
import zipfile

import pytest

from storage import media_types
from storage.media_types import DOCM, DOCX, JPEG, ODS, ODT, PDF, PPTM, PPTX, TEXT, XLSM, XLSX
from tests.storage.inspections import (
    ACCEPTED,
    BAD_NAMES,
    DAMAGED,
    MACROS,
    NOT_ACCEPTED,
    PASSWORD,
    TOO_LARGE,
    TOO_MANY_PARTS,
    TWICE,
    TWO_FILES,
    inspected,
)
from tests.storage.zips import (
    MACRO_MAIN,
    MAIN,
    End,
    Entry,
    office,
    opendocument,
    parts,
    streamed,
    types,
    with_macros,
    with_types,
    word,
    zipped,
)

MIB = 1 << 20
SHEET = b"<sheet/>"


# what office programs write ---------------------------------------------------------------------------------

GROWTH = b"\x20\xa2" + struct.pack("<H", 500) + bytes(500)
"""The room that Excel leaves in its first local header."""

EXCEL = zipped([Entry(*it, flags=6, local_extra=GROWTH) for it in parts("xl")])
SHARED = b"<sst>" + b"<si><t>a name</t></si>" * 500_000 + b"</sst>"


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (DOCX, word()),
        (
            DOCX,
            office(
                "word", Entry("word/"), Entry("word/embeddings/sheet1.xlsx", b"PK"), Entry("[trash]/0000.dat")
            ),
        ),
        (DOCX, office("word", Entry("word/media/\u00e9.png", b"x", flags=0x800))),
        (DOCX, streamed(parts("word"))),
        (DOCX, with_types(b"\xef\xbb\xbf" + types(MAIN["word"]), method=0)),
        (DOCX, with_types(b"<Types ContentType='" + MAIN["word"].encode() + b"'/>")),
        (XLSX, EXCEL),
        (XLSX, streamed(parts("xl"))),
        (XLSX, office("xl", end=End(wide=True))),
        (XLSX, office("xl", end=End(count=0xFFFF, size=0xFFFF_FFFF, starts=0xFFFF_FFFF, wide=True))),
        (XLSX, office("xl", Entry("xl/sharedStrings.xml", SHARED))),
        (PPTX, office("ppt", *(Entry(f"ppt/media/image{number}.png") for number in range(4_990)))),
        (ODT, opendocument()),
        (ODS, opendocument(media_type=ODS)),
        (DOCM, with_macros("word")),
        (XLSM, with_macros("xl")),
        (PPTM, with_macros("ppt")),
    ],
)
async def test_a_real_office_file_is_accepted(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content) == ACCEPTED


# bombs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "packed", "answer"),
    [
        (99 * MIB, 10, ACCEPTED),
        (101 * MIB, MIB, TOO_LARGE),
        (101 * MIB, 2 * MIB, ACCEPTED),
        (2 << 30, 22 * MIB, ACCEPTED),
        ((2 << 30) + 1, 22 * MIB, TOO_LARGE),
    ],
)
async def test_a_part_that_swells_a_hundredfold_past_what_is_harmless_is_refused(
    size: int, packed: int, answer: str
) -> None:
    content = office("word", Entry("word/big.xml", bytes(packed), method=0, size=size))
    assert await inspected(DOCX, content) == answer


async def test_entries_that_swell_together_are_refused_too() -> None:
    each = [Entry(f"word/{number}.xml", size=MIB) for number in range(200)]
    assert await inspected(DOCX, office("word", *each)) == TOO_LARGE


async def test_a_sheet_that_says_less_than_what_comes_out_is_not_unpacked_here() -> None:
    said = Entry("xl/worksheets/sheet1.xml", bytes(5 * MIB), size=10)
    assert await inspected(XLSX, office("xl", said)) == ACCEPTED


async def test_entries_that_share_their_bytes_are_refused() -> None:
    start = len(b"".join(Entry(*it).local() for it in parts("word")))
    kernel = Entry("word/0.xml", bytes(MIB))
    shared = [Entry(f"word/{number}.xml", bytes(MIB), place=start) for number in range(1, 50)]
    whole = office("word", kernel, *shared)
    assert await inspected(DOCX, whole) == TOO_LARGE


async def test_an_entry_that_quotes_the_next_ones_header_is_refused() -> None:
    kernel = Entry("word/1.xml", bytes(MIB))
    # The first is stored deflate blocks whose content is the second's header, and then goes on as it does.
    quoting = Entry("word/0.xml", b"", method=0, packed_size=len(kernel.local()), size=2 * MIB)
    assert await inspected(DOCX, office("word", quoting, kernel)) == TOO_LARGE


async def test_more_than_five_thousand_parts_are_refused() -> None:
    names = [Entry(f"ppt/media/{number}.png") for number in range(5_001)]
    assert await inspected(PPTX, office("ppt", *names)) == TOO_MANY_PARTS
    assert await inspected(PPTX, office("ppt", *names, end=End(count=9))) == DAMAGED
    assert await inspected(PPTX, office("ppt", *names, end=End(count=0xFFFF, wide=True))) == TOO_MANY_PARTS


async def test_a_directory_of_more_than_a_mebibyte_is_refused() -> None:
    names = [Entry(f"ppt/media/{number}{'x' * 1000}.png") for number in range(1100)]
    assert await inspected(PPTX, office("ppt", *names)) == TOO_MANY_PARTS


# two files in one -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        word() + b"behind",
        word() + b"\0",
        b"before" + word(),
        word() + word(),
        office("word", shift=6),
        b"before" + office("word", shift=6),
        office("word", end=End(comment=b"a comment")),
        office("word", gap=bytes(70_000)),
        zipped([Entry(*it) for it in parts("word")][1:], shift=0)[40:],
        office("word", end=End(starts=7)),
        office("word", end=End(size=7)),
        office("word", end=End(wide=True, starts=0xFFFF_FFFF)) + b"behind",
    ],
)
async def test_bytes_that_belong_to_no_part_are_refused(content: bytes) -> None:
    assert await inspected(DOCX, content) == TWO_FILES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4",
        word()[:-1],
        word()[:-22],
        word()[:-30],
        word()[:4096],
        b"PK\5\6" + bytes(18),
        office("word", end=End(count=3)),
        office("word", end=End(count=5)),
        office("word", end=End(wide=True, count=5)),
        office("word", end=End(wide=True, starts=5)),
        office("word", end=End(wide=True, wide_count=9, count=0xFFFF)),
        office("word", end=End(wide=True, wide_place=1)),
        b"PK\6\7" + bytes(16) + b"PK\5\6" + bytes(18),
        word()[:-2] + b"\1\0",
        office("word").replace(b"PK\1\2", b"PK\1\3", 2),
        office("word").replace(b"PK\1\2\x14\0\x14\0", b"PK\1\2\x14\0\xff\0"),
        office("word", Entry(b"word/\xff.xml", flags=0x800)),
        office("word", Entry("word/a.xml", extra=b"\1\0\x40\0")),
        office("word", Entry("word/a.xml", size=0xFFFF_FFFF, extra=b"\1\0\4\0abcd")),
    ],
)
async def test_a_directory_that_contradicts_itself_is_refused(content: bytes) -> None:
    assert await inspected(DOCX, content) == DAMAGED


@pytest.mark.parametrize("media_type", [PDF, JPEG, TEXT])
@pytest.mark.parametrize("comment", [b"", b"a comment", b"PK\5\6" * 9, bytes(0xFFFF)])
async def test_another_kind_of_file_with_a_zip_at_its_end_is_refused(media_type: str, comment: bytes) -> None:
    assert (
        await inspected(media_type, b"PK\5\6 whatever" * 9000 + office("word", end=End(comment=comment)))
        == TWO_FILES
    )


async def test_a_paper_with_an_office_file_within_is_accepted() -> None:
    paper = b"%PDF-1.7\n1 0 obj stream\n" + word() + b"\nendstream\nstartxref\n0\n%%EOF\n"
    assert await inspected(PDF, paper) == ACCEPTED


# names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "word/../../evil",
        "word/..",
        "/etc/passwd",
        "C:/evil",
        "word\\evil",
        "word/a\0.xml",
        "a\r\nb",
        "\x1f",
        b"",
    ],
)
async def test_a_part_whose_name_leads_elsewhere_is_refused(name: str | bytes) -> None:
    assert await inspected(DOCX, office("word", Entry(name))) == BAD_NAMES
    assert await inspected(ODT, opendocument((str(name) if name else "\0", b""))) == BAD_NAMES


@pytest.mark.parametrize("name", ["word/a..b.xml", "word/...", "word/.rels", "a:b"])
async def test_dots_and_colons_within_a_name_are_harmless(name: str) -> None:
    wanted = BAD_NAMES if name == "a:b" else ACCEPTED
    assert await inspected(DOCX, office("word", Entry(name))) == wanted


@pytest.mark.parametrize("name", ["word/document.xml", "WORD/Document.xml", "[content_types].xml"])
async def test_two_parts_with_one_name_are_refused(name: str) -> None:
    assert await inspected(DOCX, office("word", Entry(name))) == TWICE


# passwords and macros ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [0x1, 0x40, 0x2000])
async def test_an_encrypted_part_is_refused(flags: int) -> None:
    assert await inspected(DOCX, office("word", Entry("word/a.xml", flags=flags))) == PASSWORD


async def test_an_opendocument_file_that_is_encrypted_whole_is_refused() -> None:
    assert await inspected(ODT, opendocument(("encrypted-package", b"x"))) == PASSWORD


FAR = Entry("word/media/photo.jpg", bytes(9000), method=0)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (DOCX, office("word", FAR, Entry("word/vbaProject.bin"))),
        (DOCX, office("word", FAR, Entry("word/VBADATA.xml"))),
        (DOCX, with_macros("word")),
        (DOCX, with_types(types(MAIN["word"], MACRO_MAIN["word"]))),
        (DOCX, with_types(types(MAIN["word"], "application/vnd.ms-office.vbaProject"))),
        (DOCX, with_types(types(MAIN["word"], "application/vnd.ms-excel.sheet.MacroEnabled.12"))),
        (XLSX, office("xl", FAR, Entry("xl/macrosheets/sheet1.xml"))),
        (PPTX, office("ppt", FAR, Entry("ppt/vbaProject.bin"))),
        (ODT, opendocument(("Basic/Standard/Module1.xml", b""))),
        (ODS, opendocument(("Scripts/python/a.py", b""), media_type=ODS)),
    ],
)
async def test_macros_are_found_wherever_they_are_named(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content) == MACROS


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (ODT, opendocument(media_type=ODS)),
        (ODS, opendocument()),
        (ODT, zipped([Entry("mimetype", ODT.encode(), method=zipfile.ZIP_DEFLATED), Entry("content.xml")])),
        (ODT, zipped([Entry("content.xml"), Entry("mimetype", ODT.encode(), method=0)])),
        (
            ODT,
            zipped([Entry("mimetype", ODT.encode(), method=0, local_name=b"mimetypf"), Entry("content.xml")]),
        ),
        (
            ODT,
            zipped([Entry("mimetypf", ODT.encode(), method=0, local_name=b"mimetype"), Entry("content.xml")]),
        ),
        (ODT, word()),
    ],
)
async def test_an_opendocument_file_names_its_type_first(media_type: str, content: bytes) -> None:
    assert await inspected(media_type, content) == NOT_ACCEPTED


def test_every_office_type_is_here() -> None:
    office_types = {
        it for it in media_types.EXTENSIONS.values() if "officedocument" in it or "opendocument" in it
    }
    assert office_types == {DOCX, XLSX, PPTX, ODT, ODS}
