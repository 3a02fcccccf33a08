"""Tokens: read as they were written, in one spelling, and kept where nobody sees them."""

from collections.abc import Callable
from hashlib import sha256
from math import log2
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tokens import SECRET_BYTES, TYPEABLE, Token, pack, typeable_password, unpack

LICENCE = UUID("01890000-0000-7000-8000-000000000001")
OTHER_SPELLINGS: list[Callable[[str], str]] = [
    lambda text: text + "=",
    lambda text: text + "AAAA",
    lambda text: text[:-1],
    lambda text: text[:-4],
    lambda text: f" {text}",
    lambda text: f"{text}\n",
    lambda text: text[:8] + "!" + text[8:],
    lambda text: text[:-1] + "é",
    lambda _: "",
]
SECRETS = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)


@given(st.uuids(), SECRETS)
def test_a_token_is_read_as_it_was_written(licence_id: UUID, secret: bytes) -> None:
    token = Token(licence_id, secret)
    assert Token.parse(str(token)) == token


@pytest.mark.parametrize("change", OTHER_SPELLINGS)
def test_what_is_spelled_in_any_other_way_is_no_token(change: Callable[[str], str]) -> None:
    assert Token.parse(change(str(Token.new(LICENCE)))) is None


@given(st.binary())
def test_bytes_are_read_as_they_were_packed(raw: bytes) -> None:
    assert unpack(pack(raw)) == raw


@given(st.text("AQRg-_=+/ é", max_size=6))
def test_bytes_have_one_spelling(text: str) -> None:
    raw = unpack(text)
    assert raw is None or pack(raw) == text


def test_bits_that_say_nothing_must_be_unset() -> None:
    assert unpack("QQ") == b"A"
    assert unpack("QR") is None


def test_two_tokens_of_a_licence_have_nothing_in_common_but_the_licence() -> None:
    one, other = Token.new(LICENCE), Token.new(LICENCE)
    assert one.licence_id == other.licence_id == LICENCE
    assert one.secret != other.secret
    assert len(one.secret) * 8 == 256


def test_a_token_is_shown_without_its_secret() -> None:
    token = Token.new(LICENCE)
    shown = repr(token)
    assert str(LICENCE) in shown
    assert str(token) not in shown
    assert pack(token.secret) not in shown
    assert token.secret.hex() not in shown
    assert repr(token.secret) not in shown


def test_what_is_stored_is_a_digest_of_the_secret_alone() -> None:
    token = Token.new(LICENCE)
    assert token.digest == sha256(token.secret).digest()
    assert token.digest == Token(uuid4(), token.secret).digest


def test_a_first_password_has_at_least_80_bits() -> None:
    password = typeable_password().replace("-", "")
    assert log2(len(set(TYPEABLE))) * len(password) >= 80


def test_a_first_password_has_no_letters_that_are_mistaken_for_one_another() -> None:
    assert not set("0o1il") & set(TYPEABLE)
    assert TYPEABLE.lower() == TYPEABLE
    assert set(typeable_password()) <= set(TYPEABLE) | {"-"}


def test_a_first_password_has_four_groups() -> None:
    assert [len(group) for group in typeable_password().split("-")] == [4, 4, 4, 5]


def test_first_passwords_use_every_letter_and_never_repeat() -> None:
    passwords = [typeable_password() for _ in range(200)]
    assert len(set(passwords)) == len(passwords)
    # 3400 letters out of 31: the chance that one is missing is below 10^-46.
    assert set("".join(passwords)) == set(TYPEABLE) | {"-"}
