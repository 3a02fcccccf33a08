"""Answers that were made to hurt: whatever is in them, they are refused in our own words."""

import json
import tracemalloc
from typing import Any, Final

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import TooLong, WrongCode
from core.tokens import pack
from tests.auth.ceremonies import CREATION, REQUEST, authenticator, counted, key_of, made
from tests.auth.software_authenticator import Said

# Anything that JSON can say, the names and the words of an answer among them.
NAMES: Final = [
    *(
        "id",
        "rawId",
        "type",
        "response",
        "clientDataJSON",
        "authenticatorData",
        "signature",
        "attestationObject",
    ),
    *("userHandle", "transports", "authenticatorAttachment", "tokenBinding", "status", "public-key"),
]
WORDS: Final = st.sampled_from(NAMES)
SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | WORDS
    | st.binary().map(pack)
)
ANYTHING: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)
# Anything that CBOR can say, the numbers in a key and the marks that Python makes objects of among them.
CBOR: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-4, 4) | st.text(max_size=8), inner, max_size=6)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
    ),
    max_leaves=8,
)
KEY: Final = key_of(authenticator())


def refused_as_made(text: str) -> None:
    with pytest.raises((WrongCode, TooLong)):
        made(text)


def refused_as_signed(text: str) -> None:
    with pytest.raises((WrongCode, TooLong)):
        counted(text, KEY)


def with_part(answer: str, name: str, part: bytes) -> str:
    """Return an answer in which a part of its response is another."""
    spoken = json.loads(answer)
    spoken["response"][name] = pack(part)
    return json.dumps(spoken)


def attested(value: Any) -> str:
    """Return what is made of a passkey when this is its attestation."""
    return with_part(authenticator().make(CREATION), "attestationObject", cbor2.dumps(value))


@given(st.text(max_size=200) | ANYTHING.map(json.dumps))
@settings(deadline=None)
def test_whatever_is_no_answer_is_refused(text: str) -> None:
    refused_as_made(text)
    refused_as_signed(text)


@given(
    around=st.dictionaries(WORDS, ANYTHING, max_size=4), within=st.dictionaries(WORDS, ANYTHING, max_size=4)
)
@settings(deadline=None)
def test_whatever_is_put_into_an_answer_it_is_taken_for_what_it_is_or_refused(
    around: dict[str, Any], within: dict[str, Any]
) -> None:
    it = authenticator()
    for answer in (it.make(CREATION), it.sign(REQUEST)):
        spoken = json.loads(answer)
        spoken["response"] |= within
        text = json.dumps(spoken | around)
        try:
            taken = (
                made(text).credential_id if answer.count("attestationObject") else counted(text, key_of(it))
            )
        except (WrongCode, TooLong):
            continue
        assert taken in (it.credential_id, 1)


@given(ANYTHING)
@settings(deadline=None)
def test_whatever_a_browser_says_of_the_page_is_refused(client_data: Any) -> None:
    said = json.dumps(client_data).encode()
    it = authenticator()
    refused_as_made(with_part(it.make(CREATION), "clientDataJSON", said))
    refused_as_signed(with_part(it.sign(REQUEST), "clientDataJSON", said))


@given(CBOR)
@settings(deadline=None)
def test_whatever_stands_for_a_key_or_an_attestation_is_refused(value: Any) -> None:
    refused_as_made(authenticator().make(CREATION, Said(key=cbor2.dumps(value))))
    refused_as_made(attested(value))
    refused_as_made(attested({"fmt": "none", "attStmt": {}, "authData": value}))
    refused_as_made(attested({"fmt": value, "attStmt": value, "authData": b"a" * 37}))


def test_a_number_where_bytes_should_be_takes_no_memory() -> None:
    answer = attested({"fmt": "none", "attStmt": {}, "authData": 100_000_000})
    tracemalloc.start()
    refused_as_made(answer)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_whatever_bytes_an_authenticator_sends_are_refused(garbage: bytes) -> None:
    it = authenticator()
    refused_as_made(with_part(it.make(CREATION), "attestationObject", garbage))
    refused_as_signed(with_part(it.sign(REQUEST), "authenticatorData", garbage))
    refused_as_signed(with_part(it.sign(REQUEST), "signature", garbage))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "[" * 9_000,
        '{"id":' * 2_000,
        "9" * 9_000,
        '{"id":"\\ud800","rawId":"\\ud800","type":"public-key","response":{}}',
        '{"id":"é","rawId":"é","type":"public-key","response":{}}',
    ],
)
def test_json_that_is_made_to_hurt_is_refused(text: str) -> None:
    refused_as_made(text)
    refused_as_signed(text)


@pytest.mark.parametrize(
    "attestation",
    [
        b"\x81" * 9_000,
        b"\xa1" * 9_000,
        # An array, and a text, of nearly endless length.
        bytes.fromhex("9bffffffffffffffff"),
        bytes.fromhex("5b7fffffffffffffff"),
        # What holds itself.
        bytes.fromhex("d81c81d81d00"),
        # Decimals with endless exponents, and a pattern.
        bytes.fromhex("c4821b7fffffffffffffff1b7fffffffffffffff"),
        bytes.fromhex("c5821b7fffffffffffffff1b7fffffffffffffff"),
        bytes.fromhex("d82364286b2b2b"),
    ],
    ids=["arrays", "maps", "an array", "a text", "itself", "a decimal", "a float", "a pattern"],
)
def test_cbor_that_is_made_to_hurt_is_refused(attestation: bytes) -> None:
    it = authenticator()
    refused_as_made(with_part(it.make(CREATION), "attestationObject", attestation))
    refused_as_made(it.make(CREATION, Said(key=attestation)))


@pytest.mark.parametrize(
    "key",
    [b"", b"\x04", b"\xff", cbor2.dumps([]), cbor2.dumps({1: 2, 3: -7}), cbor2.dumps({1: [], 3: {}})],
    ids=["empty", "a point cut short", "garbage", "a list", "no point", "lists"],
)
def test_a_key_that_is_none_refuses_whatever_it_is_to_have_signed(key: bytes) -> None:
    with pytest.raises(WrongCode):
        counted(authenticator().sign(REQUEST), key)
