"""Content links: genuine for a minute, unreadable, and worthless once anything in them is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.content_links import LASTS_FOR, ContentLink, read
from core.tokens import pack, unpack

KEY = b"a key for links that is 32 bytes"
NOW = datetime(2026, 1, 30, 9, 0, tzinfo=UTC)
LINK = ContentLink(
    licence_id=UUID("01890000-0000-7000-8000-000000000001"),
    session_id=UUID("01890000-0000-7000-8000-000000000002"),
    document_id=UUID("01890000-0000-7000-8000-000000000003"),
    version=3,
    inline=True,
    expires_at=NOW + LASTS_FOR,
)
LINKS = st.builds(
    ContentLink,
    licence_id=st.uuids(),
    session_id=st.uuids(),
    document_id=st.uuids(),
    version=st.integers(0, 2**32 - 1),
    inline=st.booleans(),
    expires_at=st.just(NOW + LASTS_FOR),
    is_program=st.booleans(),
)
OTHER_SPELLINGS: list[Callable[[str], str]] = [
    lambda it: it + "=",
    lambda it: f" {it}",
    lambda it: it + "AAAA",
]


@given(LINKS)
def test_a_link_is_read_as_it_was_sealed(link: ContentLink) -> None:
    assert read(KEY, link.seal(KEY), NOW) == link


def test_a_link_shows_nothing_of_what_it_says() -> None:
    raw = unpack(LINK.seal(KEY)) or b""
    assert LINK.document_id.bytes not in raw
    assert LINK.session_id.bytes not in raw
    assert LINK.seal(KEY) != LINK.seal(KEY)


def test_a_link_lasts_for_a_minute_to_the_second() -> None:
    text = LINK.seal(KEY)
    assert timedelta(seconds=60) == LASTS_FOR
    assert read(KEY, text, NOW + timedelta(seconds=59)) == LINK
    assert read(KEY, text, NOW + timedelta(seconds=59, microseconds=999_999)) == LINK
    assert read(KEY, text, NOW + timedelta(seconds=60)) is None
    assert read(KEY, text, NOW + timedelta(days=1)) is None


def test_a_part_of_a_second_does_not_make_a_link_last_longer() -> None:
    link = replace(LINK, expires_at=LINK.expires_at + timedelta(milliseconds=999))
    assert read(KEY, link.seal(KEY), NOW) == LINK


def test_another_key_opens_nothing() -> None:
    assert read(KEY[::-1], LINK.seal(KEY), NOW) is None


def test_every_bit_that_is_flipped_is_found() -> None:
    raw = unpack(LINK.seal(KEY)) or b""
    assert len(raw) > 60
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        assert read(KEY, pack(bytes(changed)), NOW) is None


@pytest.mark.parametrize("length", [0, 1, 7, 8, 11, 12, 20, 28, 60])
def test_a_link_that_was_cut_off_is_none(length: int) -> None:
    raw = unpack(LINK.seal(KEY)) or b""
    assert read(KEY, pack(raw[:length]), NOW) is None


@given(st.text())
def test_garbage_is_no_link(text: str) -> None:
    assert read(KEY, text, NOW) is None


@pytest.mark.parametrize("change", OTHER_SPELLINGS)
def test_a_link_has_one_spelling(change: Callable[[str], str]) -> None:
    assert read(KEY, change(LINK.seal(KEY)), NOW) is None
