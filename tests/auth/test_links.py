"""Links: genuine while they last and for one purpose, unreadable, and worthless once anything is changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.links import Holder, Link, Purpose, read
from core.tokens import pack, unpack
from core.viewer import ApiScope, Language, Role, Viewer

KEY = b"a key for links that is 32 bytes"
NOW = datetime(2026, 1, 30, 9, 0, tzinfo=UTC)
LASTS_FOR = timedelta(seconds=60)
HOLDER = Holder(UUID("01890000-0000-7000-8000-000000000001"), UUID("01890000-0000-7000-8000-000000000002"))
LINK = Link(HOLDER, NOW + LASTS_FOR, b"a document")
PURPOSE = Purpose.CONTENT
LINKS = st.builds(
    Link,
    holder=st.builds(Holder, licence_id=st.uuids(), session_id=st.uuids(), is_program=st.booleans()),
    # Whole seconds, as a link tells them.
    expires_at=st.integers(1, 10**9).map(lambda it: NOW + timedelta(seconds=it)),
    said=st.binary(max_size=200),
)
OTHER_SPELLINGS: list[Callable[[str], str]] = [
    lambda it: it + "=",
    lambda it: f" {it}",
    lambda it: it + "AAAA",
]


def found(text: str, now: datetime = NOW) -> Link | None:
    return read(KEY, PURPOSE, text, now)


@given(LINKS, st.sampled_from(Purpose))
def test_a_link_is_read_as_it_was_sealed(link: Link, purpose: Purpose) -> None:
    assert read(KEY, purpose, link.seal(KEY, purpose), NOW) == link


@pytest.mark.parametrize(("made_for", "used_for"), list(permutations(Purpose, 2)))
def test_a_link_for_one_thing_is_none_for_another(made_for: Purpose, used_for: Purpose) -> None:
    text = LINK.seal(KEY, made_for)
    assert read(KEY, used_for, text, NOW) is None
    assert read(KEY, made_for, text, NOW) == LINK


def test_a_link_shows_nothing_of_what_it_says() -> None:
    raw = unpack(LINK.seal(KEY, PURPOSE)) or b""
    for secret in (HOLDER.licence_id.bytes, HOLDER.session_id.bytes, LINK.said):
        assert secret not in raw


def test_no_two_links_are_alike() -> None:
    assert LINK.seal(KEY, PURPOSE) != LINK.seal(KEY, PURPOSE)


def test_a_link_lasts_as_long_as_it_says_to_the_second() -> None:
    text = LINK.seal(KEY, PURPOSE)
    assert found(text, NOW + timedelta(seconds=59)) == LINK
    assert found(text, NOW + timedelta(seconds=59, microseconds=999_999)) == LINK
    assert found(text, NOW + timedelta(seconds=60)) is None
    assert found(text, NOW + timedelta(days=1)) is None


def test_a_part_of_a_second_does_not_make_a_link_last_longer() -> None:
    link = replace(LINK, expires_at=LINK.expires_at + timedelta(milliseconds=999))
    assert found(link.seal(KEY, PURPOSE)) == LINK


def test_another_key_opens_nothing() -> None:
    assert read(KEY[::-1], PURPOSE, LINK.seal(KEY, PURPOSE), NOW) is None


def test_every_bit_that_is_flipped_is_found() -> None:
    raw = unpack(LINK.seal(KEY, PURPOSE)) or b""
    assert len(raw) > 60
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        assert found(pack(bytes(changed))) is None


@pytest.mark.parametrize("length", [0, 1, 7, 8, 11, 12, 13, 20, 28, 60])
def test_a_link_that_was_cut_off_is_none(length: int) -> None:
    raw = unpack(LINK.seal(KEY, PURPOSE)) or b""
    assert found(pack(raw[:length])) is None


@given(st.text())
def test_garbage_is_no_link(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize("change", OTHER_SPELLINGS)
def test_a_link_has_one_spelling(change: Callable[[str], str]) -> None:
    assert found(change(LINK.seal(KEY, PURPOSE))) is None


@pytest.mark.parametrize("scopes", [None, frozenset({ApiScope.DOCUMENTS_READ})])
def test_a_link_is_for_whoever_asked_for_it(scopes: frozenset[ApiScope] | None) -> None:
    licence, account = HOLDER.licence_id, UUID("01890000-0000-7000-8000-000000000003")
    roles = frozenset({Role.STAFF})
    viewer = Viewer(licence, account, HOLDER.session_id, NOW, roles, Language.NL, (account,), scopes=scopes)
    assert Holder.of(viewer) == replace(HOLDER, is_program=scopes is not None)
