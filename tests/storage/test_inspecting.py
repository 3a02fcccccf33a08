"""Inspecting: hostile files of many makes come to what they are to come to; real ones are accepted."""

import pytest

from storage import media_types
from storage.file_names import cleaned
from storage.inspecting import PDF_ENDS_WITHIN
from storage.media_types import (
    ACTIVE,
    EXTENSIONS,
    HEAD_SIZE,
    fallback_name,
    is_inline_safe,
    recognise,
    sent_as,
)
from tests.storage.genuine import REAL, RUNNING
from tests.storage.hostile import (
    HTML,
    JAR,
    KEPT_NAMES,
    LETTERS,
    MAIL,
    PROGRAM,
    ROWS,
    SVG,
    Row,
    pdf,
)
from tests.storage.inspections import (
    ACCEPTED,
    DAMAGED,
    NOT_ACCEPTED,
    NOT_TEXT,
    TWO_FILES,
    inspected,
    taken_in,
)
from tests.storage.zips import with_macros, word

# what comes of files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_name", REAL)
async def test_a_real_file_is_accepted(file_name: str) -> None:
    assert await taken_in(REAL[file_name], file_name) == ACCEPTED


def test_every_accepted_type_has_a_real_file_here() -> None:
    assert {recognise(content[:HEAD_SIZE], name) for name, content in REAL.items()} == set(
        EXTENSIONS.values()
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_hostile_file_comes_to_what_it_is_to_come_to(row: Row) -> None:
    assert await taken_in(row.content, row.file_name) == row.answer


@pytest.mark.parametrize(("sent", "kept"), KEPT_NAMES, ids=lambda name: ascii(name[:30]))
def test_of_a_hostile_name_the_harmless_part_is_kept(sent: str, kept: str) -> None:
    assert cleaned(sent, fallback=fallback_name(media_types.PDF)) == kept


async def test_a_type_that_is_not_on_the_list_is_refused() -> None:
    assert await inspected("application/x-unknown", pdf()) == NOT_ACCEPTED
    assert await inspected("", b"") == NOT_ACCEPTED


# papers and texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behind",
    [b"", b"\r\n", bytes(40_000), b"<html>" + b"footer " * 800, b"%%EOF" * 3, b" " * (PDF_ENDS_WITHIN - 50)],
)
async def test_a_paper_with_padding_behind_its_end_is_accepted(behind: bytes) -> None:
    assert await inspected(media_types.PDF, pdf() + behind) == ACCEPTED


async def test_a_paper_whose_last_mark_is_cut_short_is_accepted() -> None:
    assert await inspected(media_types.PDF, pdf().rstrip()[:-1]) == ACCEPTED


async def test_a_paper_that_ends_in_the_middle_is_refused() -> None:
    whole = b"%PDF-1.7\nstartxref\n0\n%%EOF\n" + bytes(PDF_ENDS_WITHIN)
    assert await inspected(media_types.PDF, whole) == DAMAGED


@pytest.mark.parametrize("at", [0, 1, 2, 3])
async def test_a_text_may_be_cut_within_a_character_where_the_last_look_begins(at: int) -> None:
    assert await inspected(media_types.TEXT, "\u0441\u0401".encode() * 40_000 + b"a" * at) == ACCEPTED


async def test_a_text_whose_last_look_begins_like_a_page_is_a_text() -> None:
    assert await inspected(media_types.TEXT, b"a" * 70_000 + b"<p>" + b"b" * ((64 << 10) - 3)) == ACCEPTED


@pytest.mark.parametrize("media_type", [media_types.TEXT, media_types.CSV, media_types.MAIL])
async def test_a_text_is_one_at_both_ends(media_type: str) -> None:
    head = MAIL if media_type == media_types.MAIL else b""
    assert await inspected(media_type, head + LETTERS) == ACCEPTED
    assert await inspected(media_type, head + b"\0" + LETTERS) == NOT_TEXT
    assert await inspected(media_type, head + LETTERS + b"\0") == NOT_TEXT


async def test_a_text_may_be_in_a_code_page_of_its_own_and_in_no_other_bytes() -> None:
    assert await inspected(media_types.TEXT, "naïef €".encode("windows-1252") * 20_000) == ACCEPTED
    assert await inspected(media_types.TEXT, b"a" * 70_000 + b"a\x81\x8d" * 9) == NOT_TEXT


# what runs when it is opened --------------------------------------------------------------------------------


@pytest.mark.parametrize("file_name", RUNNING)
async def test_what_runs_is_accepted_where_that_is_asked_for_alone(file_name: str) -> None:
    assert await taken_in(RUNNING[file_name], file_name) == NOT_ACCEPTED
    assert await taken_in(RUNNING[file_name], file_name, accepts_active=True) == ACCEPTED


def test_every_type_that_runs_is_here() -> None:
    assert {name.rpartition(".")[2] for name in RUNNING} == set(ACTIVE)
    assert not set(ACTIVE) & set(EXTENSIONS)
    assert not set(ACTIVE.values()) & set(EXTENSIONS.values())


@pytest.mark.parametrize("media_type", sorted(set(ACTIVE.values())))
def test_what_runs_is_never_shown_and_goes_out_as_bytes_of_no_kind(media_type: str) -> None:
    assert not is_inline_safe(media_type)
    assert sent_as(media_type) == "application/octet-stream"
    assert ACTIVE[fallback_name(media_type).rpartition(".")[2]] == media_type


@pytest.mark.parametrize("media_type", sorted(set(EXTENSIONS.values())))
def test_what_does_not_run_goes_out_as_what_it_is(media_type: str) -> None:
    assert sent_as(media_type) == media_type


@pytest.mark.parametrize(
    ("file_name", "content", "answer"),
    [
        ("a.svg", b"\xef\xbb\xbf<svg>", ACCEPTED),
        ("a.svg", b"<!-- a --><!DOCTYPE svg PUBLIC '' [<!ENTITY b 'c'>]>\n<?x y?><SVG/>", ACCEPTED),
        ("a.svg", b"<html><svg></svg></html>", NOT_ACCEPTED),
        ("a.svg", b"<!--<svg>", NOT_ACCEPTED),
        ("a.svg", b"<svgs>", NOT_ACCEPTED),
        ("a.svg", b"<!---->" * 500 + b"<b>", NOT_ACCEPTED),
        ("a.svg", b"<svg>\0", NOT_ACCEPTED),
        ("a.svg", b"<svg>" + LETTERS + b"\0", NOT_TEXT),
        ("a.svg", SVG + JAR, NOT_ACCEPTED),
        ("a.svg", SVG + b" " * 99_999 + JAR, TWO_FILES),
        ("a.html", b"just words", NOT_ACCEPTED),
        ("a.html", pdf(), NOT_ACCEPTED),
        ("a.html", b"<html>\0", NOT_ACCEPTED),
        ("a.js", PROGRAM, NOT_ACCEPTED),
        ("a.js", HTML, NOT_ACCEPTED),
        ("a.docx", with_macros("word"), NOT_ACCEPTED),
        ("a.docm", word(), NOT_ACCEPTED),
        ("a.docm", with_macros("xl"), NOT_ACCEPTED),
        ("a.xlsm", with_macros("ppt"), NOT_ACCEPTED),
        ("a.docm", with_macros("word") + JAR, TWO_FILES),
        ("a.exe", PROGRAM, NOT_ACCEPTED),
        ("a.svg.png", SVG, NOT_ACCEPTED),
        ("a.pdf", pdf(), ACCEPTED),
    ],
)
async def test_where_what_runs_is_accepted_name_and_bytes_agree_too(
    file_name: str, content: bytes, answer: str
) -> None:
    assert await taken_in(content, file_name, accepts_active=True) == answer
