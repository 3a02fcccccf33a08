"""File names: whatever a client sends, what is kept is one harmless name, and the header says it whole."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.file_names import cleaned, content_disposition, extension

FALLBACK = "document.pdf"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

anything = st.text(st.characters() | st.sampled_from("./\\ \r\n\0" + BIDI + "aé\u0301\ud800"), max_size=400)
endings = st.sampled_from(["", ".pdf", ".PDF", ".tar.gz", ". ", "/"])
hostile = st.tuples(anything, endings).map("".join)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("contract.pdf", "contract.pdf"),
        ("Huwelijkscontract (kopie) 2.PDF", "Huwelijkscontract (kopie) 2.PDF"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\akte.pdf", "akte.pdf"),
        ("a/b\\c/d.pdf", "d.pdf"),
        ("in\r\nvoice\0.pdf", "invoice.pdf"),
        ("in\x7f\x85voice.pdf", "invoice.pdf"),
        ("will\u202efdp.exe", "willfdp.exe"),
        ("\u2066a\u2069\ufeff\u200b.pdf", "a.pdf"),
        ("  . will . .pdf. . ", "will.pdf"),
        (".htaccess", FALLBACK),
        (".pdf", FALLBACK),
        ("", FALLBACK),
        ("folder/", FALLBACK),
        (" .. ", FALLBACK),
        ("\u3000\u00a0", FALLBACK),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
        ("合同.pdf", "合同.pdf"),
        ("क्\u200dष.pdf", "क्\u200dष.pdf"),
        ("👩\u200d👧.png", "👩\u200d👧.png"),
        ("half\ud83d.pdf", "half.pdf"),
        ("no extension", "no extension"),
        ("v1.2 (final version)", "v1.2 (final version)"),
    ],
)
def test_a_name_keeps_what_is_harmless(name: str, kept: str) -> None:
    assert cleaned(name, fallback=FALLBACK) == kept


@pytest.mark.parametrize("mark", sorted(BIDI))
def test_no_mark_turns_the_reading_direction(mark: str) -> None:
    assert cleaned(f"will{mark}fdp.exe", fallback=FALLBACK) == "willfdp.exe"


@pytest.mark.parametrize("letter", ["a", "é", "合", "👧"])
def test_a_long_name_is_cut_before_its_extension_and_between_characters(letter: str) -> None:
    kept = cleaned(letter * 300 + ".docx", fallback=FALLBACK)
    assert 255 - len(letter.encode()) < len(kept.encode()) <= 255
    assert kept == letter * ((255 - 5) // len(letter.encode())) + ".docx"


def test_a_name_cut_at_a_blank_does_not_end_in_it() -> None:
    assert cleaned("a" * 250 + "   b.pdf", fallback=FALLBACK) == "a" * 250 + ".pdf"


def test_a_very_long_name_keeps_its_extension_too() -> None:
    assert cleaned("e\u0301" * 100_000 + ".pdf", fallback=FALLBACK) == "é" * 125 + ".pdf"


@given(hostile)
@example("a" * 300)
@example("." * 300 + "a")
def test_no_name_holds_anything_harmful(name: str) -> None:
    kept = cleaned(name, fallback=FALLBACK)
    assert 0 < len(kept.encode()) <= 255
    assert not set(kept) & set("/\\" + BIDI)
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip(" .")


@given(hostile)
def test_cleaning_a_clean_name_changes_nothing(name: str) -> None:
    once = cleaned(name, fallback=FALLBACK)
    assert cleaned(once, fallback=FALLBACK) == once


@given(anything, st.sampled_from(["pdf", "PDF", "Docx", "jpeg"]))
def test_the_extension_that_is_judged_is_the_one_that_is_kept(stem: str, ending: str) -> None:
    name = f"{stem}.{ending}"
    kept = cleaned(name, fallback=f"document.{ending}")
    assert extension(name) == extension(kept) == ending.lower()
    assert kept.endswith(f".{ending}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PDF", "pdf"),
        ("a.pdf.html", "html"),
        ("a.pdf\u202e.exe", "exe"),
        ("a.pdf. ", "pdf"),
        ("a.pdf/x", ""),
        ("a.p df", ""),
        ("a.päf", ""),
        ("a." + "x" * 17, ""),
        ("pdf", ""),
        ("", ""),
    ],
)
def test_an_extension_is_a_short_word_after_the_last_dot(name: str, expected: str) -> None:
    assert extension(name) == expected


# the header -------------------------------------------------------------------------------------------------

HEADER = re.compile(
    r"(?P<disposition>inline|attachment); "
    r'filename="(?P<plain>[ !#$&-\[\]-~]*)"; '
    r"filename\*=UTF-8''(?P<encoded>(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*)"
)


def parsed(header: str) -> re.Match[str]:
    """RFC 6266 section 4.1 with RFC 8187 section 3.2.1, as a decoder reads them."""
    found = HEADER.fullmatch(header)
    assert found, header
    return found


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("will.pdf", "attachment; filename=\"will.pdf\"; filename*=UTF-8''will.pdf"),
        (
            "één naïef.pdf",
            "attachment; filename=\"een naief.pdf\"; filename*=UTF-8''%C3%A9%C3%A9n%20na%C3%AFef.pdf",
        ),
        ("合同.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"),
        ('a"b\\c%41.pdf', "attachment; filename=\"a_b_c_41.pdf\"; filename*=UTF-8''a%22b%5Cc%2541.pdf"),
        ("a'b(c)*.pdf", "attachment; filename=\"a'b(c)*.pdf\"; filename*=UTF-8''a%27b%28c%29%2A.pdf"),
        (
            "a\r\nSet-Cookie: b",
            "attachment; filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
        ),
        ("\ud800", "attachment; filename=\"_\"; filename*=UTF-8''%3F"),
    ],
)
def test_the_header_says_a_name_twice(name: str, header: str) -> None:
    assert content_disposition(name, inline=False) == header


def test_inline_shows_in_place() -> None:
    assert content_disposition("a.pdf", inline=True).startswith("inline; ")


@given(hostile, st.booleans())
def test_the_header_gives_a_kept_name_back_in_one_line(name: str, inline: bool) -> None:  # noqa: FBT001
    kept = cleaned(name, fallback=FALLBACK)
    found = parsed(content_disposition(kept, inline=inline))
    assert found["disposition"] == ("inline" if inline else "attachment")
    assert unquote(found["encoded"], errors="strict") == kept


@given(anything)
def test_no_text_at_all_breaks_out_of_the_header(name: str) -> None:
    parsed(content_disposition(name, inline=False))
