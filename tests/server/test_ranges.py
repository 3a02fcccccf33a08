"""Ranges and conditional requests, compared with a naive reading of RFC 9110."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from server.ranges import NotSatisfiable, Part, is_known, part_of

ETAG = '"0123456789abcdef"'
OTHER = '"fedcba9876543210"'
NUMBERS = st.one_of(st.integers(0, 40), st.integers(0, 10**18))


def asked(size: int, **headers: str) -> list[int] | str:
    """Return which bytes of a file are sent: their numbers, "whole" or "none"."""
    said = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    try:
        part = part_of(said, ETAG, size)
    except NotSatisfiable:
        return "none"
    return "whole" if part is None else list(range(part.start, part.end))


def read_naively(text: str, size: int) -> list[int] | str:
    """Return the same for one range, byte by byte (RFC 9110, sections 14.1.1 and 14.1.2)."""
    first, _, last = text.removeprefix("bytes=").partition("-")
    if not first:
        chosen = [it for it in range(size) if size - it <= int(last)]
    elif last and int(last) < int(first):
        return "whole"  # an invalid range is ignored
    else:
        chosen = [it for it in range(size) if int(first) <= it and (not last or it <= int(last))]
    return chosen or "none"


@given(
    st.one_of(
        st.builds("bytes={}-{}".format, NUMBERS, NUMBERS),
        st.builds("bytes={}-".format, NUMBERS),
        st.builds("bytes=-{}".format, NUMBERS),
    ),
    st.integers(1, 30),
)
@example("bytes=0-0", 1)
@example("bytes=-0", 5)
@example("bytes=4-4", 5)
@example("bytes=5-5", 5)
@example("bytes=9-8", 5)
@example("bytes=1-0", 5)
def test_one_range_is_what_the_rfc_says(text: str, size: int) -> None:
    assert asked(size, range=text) == read_naively(text, size)


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n")), st.integers(1, 30))
def test_what_is_no_single_range_is_the_whole_file(text: str, size: int) -> None:
    if not re.fullmatch(r"bytes=(\d+-\d*|-\d+)", text.strip(), re.ASCII):
        assert asked(size, range=text) == "whole"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=1.0-2",
        "bytes=1 -2",
        "bytes=1-2x",
        "xbytes=1-2",
        "octets=1-2",
        "bytes=0-1,3-4",
        "bytes=0-1,",
        "bytes=0-0" + ",0-0" * 1000,
        "bytes=" + "9" * 20 + "-",
        "bytes=-" + "9" * 5000,
        "bytes=\u00b2-\u00b3",
    ],
)
def test_several_ranges_and_rubbish_are_the_whole_file(text: str) -> None:
    assert asked(5, range=text) == "whole"


def test_blanks_around_a_range_do_not_matter() -> None:
    assert asked(5, range=" bytes=1-2\t") == [1, 2]


def test_without_a_range_it_is_the_whole_file() -> None:
    assert asked(5) == "whole"


def test_a_part_says_where_it_begins_and_what_it_ends_before() -> None:
    assert part_of(Headers({"range": "bytes=1-3"}), ETAG, 5) == Part(1, 4)


@pytest.mark.parametrize("etag", [ETAG, f" {ETAG} "])
def test_a_part_of_the_file_that_was_meant(etag: str) -> None:
    assert asked(5, range="bytes=1-2", if_range=etag) == [1, 2]


@pytest.mark.parametrize(
    "etag", [OTHER, f"W/{ETAG}", "", "*", "Fri, 30 Jan 2026 09:00:00 GMT", ETAG.strip('"')]
)
@pytest.mark.parametrize("text", ["bytes=1-2", "bytes=9-"])
def test_the_whole_of_another_file_than_was_meant(etag: str, text: str) -> None:
    assert asked(5, range=text, if_range=etag) == "whole"


@pytest.mark.parametrize(
    "said",
    [
        ETAG,
        f"W/{ETAG}",
        f" {ETAG} ",
        "*",
        " * ",
        f"{OTHER}, {ETAG}",
        f"{OTHER},W/{ETAG},{OTHER}",
    ],
)
def test_who_has_the_file_already_is_known_to(said: str) -> None:
    assert is_known(Headers({"if-none-match": said}), ETAG)


@pytest.mark.parametrize(
    "said", ["", OTHER, ETAG.strip('"'), f"w/{ETAG}", f"W/W/{ETAG}", '"*"', f"{OTHER}, *"]
)
def test_who_has_another_one_is_not(said: str) -> None:
    assert not is_known(Headers({"if-none-match": said}), ETAG)


def test_who_says_nothing_has_nothing() -> None:
    assert not is_known(Headers({}), ETAG)
    assert not is_known(Headers({"if-match": ETAG}), ETAG)
