"""Media types: a file is what both its name and its first bytes say, or it is refused."""

import io
import re
import zipfile
import zlib

import docx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import UnsupportedType
from storage import file_names, media_types
from storage.media_types import EXTENSIONS, HEAD_SIZE, fallback_name, is_inline_safe, recognise

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PPTX_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


# real files -------------------------------------------------------------------------------------------------


def pdf() -> bytes:
    paper = FPDF()
    paper.add_page()
    return bytes(paper.output())


def image(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(file, kind)
    return file.getvalue()


def word() -> bytes:
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Testament")
    document.save(file)
    return file.getvalue()


def zipped(*entries: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def types(main: str, *more: str) -> tuple[str, str]:
    overrides = "".join(f'<Override ContentType="{it}"/>' for it in (main, *more))
    return "[Content_Types].xml", f"<?xml version='1.0'?><Types>{overrides}</Types>"


def opendocument(media_type: str, *entries: tuple[str, str | bytes]) -> bytes:
    mimetype = zipfile.ZipInfo("mimetype")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(mimetype, media_type, zipfile.ZIP_STORED)
        for name, content in (*entries, ("content.xml", "<office/>")):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def heic(brand: bytes = b"heic", *compatible: bytes) -> bytes:
    brands = brand + b"\0\0\0\0" + b"".join(compatible)
    return (len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands + b"\0\0\0\x10meta" + bytes(64)


MAIL = (
    b"Return-Path: <carla@example.org>\r\nReceived: from a\r\n\tby b; Mon, 1 Jun 2026 10:00:00 +0200\r\n"
    b"From: Carla <carla@example.org>\r\nSubject: =?utf-8?q?h=C3=A9?=\r\n\r\nBeste Anna,\r\n"
)

REAL = [
    ("contract.pdf", pdf(), media_types.PDF),
    ("contract.pdf", b"\xef\xbb\xbf\r\n" + pdf(), media_types.PDF),
    ("house.jpg", image("JPEG"), media_types.JPEG),
    ("house.JPEG", image("JPEG"), media_types.JPEG),
    ("house.png", image("PNG"), media_types.PNG),
    ("house.webp", image("WEBP"), media_types.WEBP),
    ("house.tif", image("TIFF"), media_types.TIFF),
    ("house.tiff", b"MM\x00*\x00\x00\x00\x08", media_types.TIFF),
    ("house.heic", heic(b"heic", b"mif1", b"heic"), media_types.HEIC),
    ("house.heif", heic(b"mif1", b"mif1", b"heic"), media_types.HEIC),
    ("will.docx", word(), media_types.DOCX),
    (
        "will.docx",
        zipped(("_rels/.rels", "<r/>"), ("docProps/app.xml", ""), ("word/document.xml", "")),
        media_types.DOCX,
    ),
    ("will.docx", zipped(("word/numbering.xml", "<w/>"), types(DOCX_MAIN)), media_types.DOCX),
    ("will.docx", zipped(types(DOCX_MAIN), method=zipfile.ZIP_STORED), media_types.DOCX),
    ("plan.xlsx", zipped(types(XLSX_MAIN), ("xl/workbook.xml", "")), media_types.XLSX),
    ("plan.xlsx", zipped(("docProps/app.xml", ""), ("xl/theme/theme1.xml", "")), media_types.XLSX),
    ("plan.pptx", zipped(types(PPTX_MAIN), ("ppt/presentation.xml", "")), media_types.PPTX),
    ("will.odt", opendocument(media_types.ODT), media_types.ODT),
    ("plan.ods", opendocument(media_types.ODS), media_types.ODS),
    ("note.txt", "Één brief\nmet regels\t en \f pagina's\r\n".encode(), media_types.TEXT),
    ("note.txt", "\ufeffnaïef".encode(), media_types.TEXT),
    ("note.txt", "naïef, 12 €".encode("windows-1252"), media_types.TEXT),
    ("note.txt", b"<- see above", media_types.TEXT),
    ("accounts.csv", b"naam;saldo\nCarla;1\n", media_types.CSV),
    ("mail.eml", MAIL, media_types.MAIL),
    ("mail.eml", b"Subject: no end\nFrom: a@example.org\nX-Mai", media_types.MAIL),
]


@pytest.mark.parametrize(("name", "content", "media_type"), REAL)
def test_a_real_file_is_recognised_by_its_head(name: str, content: bytes, media_type: str) -> None:
    assert recognise(content[:HEAD_SIZE], name) == media_type


@pytest.mark.parametrize(("name", "content", "media_type"), REAL)
def test_a_real_file_under_another_types_name_is_refused(name: str, content: bytes, media_type: str) -> None:
    text_types = {media_types.TEXT, media_types.CSV, media_types.MAIL}
    for extension, other in EXTENSIONS.items():
        if other == media_type or {other, media_type} <= text_types:
            continue
        with pytest.raises(UnsupportedType):
            recognise(content, f"{name}.{extension}")


def test_every_accepted_type_has_a_real_file_here() -> None:
    assert {media_type for _, _, media_type in REAL} == set(EXTENSIONS.values())


# what is refused --------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG),
        ("a.html", HTML),
        ("a.xhtml", HTML),
        ("a.js", b"alert(1)"),
        ("a.exe", b"MZ" + bytes(100)),
        ("a.docm", word()),
        ("a.xlsm", zipped(types(XLSX_MAIN), ("xl/workbook.xml", ""))),
        ("a.dotx", word()),
        ("a.zip", zipped(("a.txt", "a"))),
        ("a.doc", OLD_OFFICE),
        ("a.msg", OLD_OFFICE),
        ("a.gif", b"GIF89a" + bytes(20)),
        ("pdf", pdf()),
        ("", pdf()),
        ("a.pdf/", pdf()),
        ("a.pdf\u202e.html", pdf()),
    ],
)
def test_a_kind_that_is_not_on_the_list_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(UnsupportedType):
        recognise(content, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("html-then-pdf.pdf", HTML + pdf()),
        ("program-then-pdf.pdf", b"MZ" + bytes(62) + pdf()),
        ("gif-then-pdf.pdf", b"GIF89a" + pdf()),
        ("zip-then-pdf.pdf", zipped(("a", pdf()), method=zipfile.ZIP_STORED)),
        ("pdf-of-no-version.pdf", b"%PDF-\n<html>"),
        ("half-a-mark.jpg", b"\xff\xd8\xff"),
        ("script.jpg", b"\xff\xd8\xff/*" + HTML),
        ("signature-only.png", b"\x89PNG\r\n\x1a\n" + HTML),
        ("sound.webp", b"RIFF\x24\0\0\0WAVEfmt "),
        ("raw.webp", b"RIFF\x24\0\0\0WEBP<svg"),
        ("video.heic", heic(b"isom", b"mp42")),
        ("avif.heic", heic(b"avif", b"mif1")),
        ("endless-box.heic", b"\xff\xff\xff\xffftypmp42" + bytes(100)),
        ("no-box.heic", b"\0\0\0\x18heicheicheicheic"),
        ("big.tif", b"II+\0" + bytes(20)),
        ("any-zip.docx", zipped(("a.txt", "a"))),
        ("jar.docx", zipped(("META-INF/MANIFEST.MF", ""), ("word/document.xml", ""))),
        ("empty-zip.docx", b"PK\x05\x06" + bytes(18)),
        ("no-part.docx", zipped(("docProps/app.xml", ""), ("docProps/core.xml", ""))),
        ("two-kinds.docx", zipped(types(DOCX_MAIN), ("word/document.xml", ""), ("xl/workbook.xml", ""))),
        ("two-kinds.docx", zipped(types(DOCX_MAIN, XLSX_MAIN))),
        ("macros-listed.docx", zipped(types(DOCX_MAIN, MACRO_MAIN), ("word/document.xml", ""))),
        ("macros-only.docx", zipped(types(MACRO_MAIN), ("word/document.xml", ""))),
        ("macros-inside.docx", zipped(types(DOCX_MAIN), ("word/vbaProject.bin", "x"))),
        ("macros-inside.docx", zipped(types(DOCX_MAIN), ("word/VBAPROJECT.BIN", "x"))),
        ("old-macros.xlsx", zipped(types(XLSX_MAIN), ("xl/macrosheets/sheet1.xml", "x"))),
        ("with-password.docx", OLD_OFFICE),
        ("cut.docx", b"PK\x03\x04"),
        ("spoilt.docx", zipped(types(DOCX_MAIN))[:49] + b"\xff" * 40),
        ("template.odt", opendocument(media_types.ODT + "-template")),
        ("basic.odt", opendocument(media_types.ODT, ("Basic/script-lc.xml", "x"))),
        ("scripts.ods", opendocument(media_types.ODS, ("Scripts/python/a.py", "x"))),
        ("not-first.odt", zipped(("content.xml", ""), ("mimetype", media_types.ODT))),
        ("packed.odt", zipped(("mimetype", media_types.ODT))),
        ("svg.txt", SVG),
        ("html.txt", b"\xef\xbb\xbf \n" + HTML),
        ("xml.csv", b"<?xml version='1.0'?>"),
        ("shell.txt", b"#!/bin/sh\n"),
        ("batch.txt", b"@ECHO off\r\n"),
        ("rich.txt", b"{\\rtf1 a}"),
        ("paper.txt", pdf()),
        ("paper.txt", b"%PDF-1.7\n"),
        ("nul.txt", b"a\0b"),
        ("utf16.txt", "abc".encode("utf-16")),
        ("neither.txt", b"\x81\x8d"),
        ("html.eml", HTML),
        ("no-origin.eml", b"Subject: hello\r\n\r\nFrom: body\r\n"),
        ("page.eml", b"From: a@example.org\r\n<html>\r\n\r\n"),
        ("box.eml", b"From a@example.org Mon Jun 1\r\nFrom: a@example.org\r\n\r\n"),
        ("nul.eml", b"From: a\0\r\n\r\n"),
        ("nothing.pdf", b""),
        ("nothing.docx", b""),
        ("nothing.heic", b""),
        ("nothing.eml", b""),
    ],
)
def test_bytes_that_contradict_the_name_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(UnsupportedType):
        recognise(content[:HEAD_SIZE], name)


def test_only_the_head_is_looked_at() -> None:
    late = zipped(types(DOCX_MAIN), ("word/a.bin", bytes(HEAD_SIZE)), ("word/vbaProject.bin", ""), method=0)
    assert recognise(late, "a.docx") == recognise(late[:HEAD_SIZE], "a.docx") == media_types.DOCX


def test_a_first_entry_that_swells_is_not_unpacked_whole() -> None:
    bomb = zipped(
        ("[Content_Types].xml", b" " * (1 << 20) + types(MACRO_MAIN)[1].encode()), ("word/a.xml", "")
    )
    assert len(bomb) < HEAD_SIZE
    assert recognise(bomb, "a.docx") == media_types.DOCX


def test_a_zip_that_was_written_as_a_stream_is_read_too() -> None:
    header = (
        b"PK\x03\x04\x14\x00\x08\x00\x08\x00"
        + bytes(16)
        + len("word/document.xml").to_bytes(2, "little")
        + b"\0\0"
    )
    packed = zlib.compress(b"<w/>", wbits=-15)
    assert (
        recognise(header + b"word/document.xml" + packed + b"PK\x07\x08" + bytes(12), "a.docx")
        == media_types.DOCX
    )


@given(st.binary(max_size=300), st.sampled_from(sorted(EXTENSIONS)))
def test_any_bytes_get_an_answer(content: bytes, extension: str) -> None:
    signatures = [b"", b"PK\x03\x04", b"%PDF-1.7", b"\0\0\0\x18ftyp", b"From: "]
    for signature in signatures:
        try:
            answer = recognise(signature + content, f"a.{extension}")
        except UnsupportedType:
            continue
        assert answer == EXTENSIONS[extension]


@given(st.binary(max_size=300).filter(lambda content: re.search(rb"[\x00-\x08]", content) is not None))
def test_no_text_holds_a_control_character(content: bytes) -> None:
    for name in ("a.txt", "a.csv", "a.eml"):
        with pytest.raises(UnsupportedType):
            recognise(content, name)


# what follows from the type ---------------------------------------------------------------------------------


def test_only_a_pdf_and_three_kinds_of_picture_are_shown_in_place() -> None:
    shown = {
        media_type for media_type in (*EXTENSIONS.values(), "image/svg+xml", "") if is_inline_safe(media_type)
    }
    assert shown == {"application/pdf", "image/jpeg", "image/png", "image/webp"}


@pytest.mark.parametrize("media_type", sorted(set(EXTENSIONS.values())))
def test_the_fallback_name_is_clean_and_of_its_type(media_type: str) -> None:
    name = fallback_name(media_type)
    assert file_names.cleaned(name, fallback="") == name
    assert EXTENSIONS[file_names.extension(name)] == media_type


def test_a_pictures_fallback_name_is_the_usual_one() -> None:
    assert fallback_name(media_types.JPEG) == "document.jpg"
