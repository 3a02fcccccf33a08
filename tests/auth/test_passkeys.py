"""Passkeys by themselves: what is asked of an authenticator, and which of its answers are right."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn import verify_registration_response

from auth import passkeys
from auth.passkeys import LONGEST, LONGEST_ID, Made, RelyingParty
from core.errors import TooLong, WrongCode
from core.tokens import pack, unpack
from tests.auth.attestations import as_of_old, by_certificate, by_itself
from tests.auth.ceremonies import (
    CREATION,
    NONCE,
    ORIGIN,
    OTHER_NONCE,
    PARTY,
    REQUEST,
    authenticator,
    counted,
    key_of,
    made,
)
from tests.auth.software_authenticator import PRESENT, VERIFIED, Attest, Said, SoftwareAuthenticator, changed


def test_a_passkey_works_on_the_host_that_it_is_made_for_and_below_it() -> None:
    assert PARTY.id == "portal.example"
    assert PARTY.origins == (ORIGIN, "https://office.portal.example:8443")


@pytest.mark.parametrize("origin", ["https://notportal.example", "https://portal.example.evil.example"])
def test_a_host_that_only_looks_like_it_is_another(origin: str) -> None:
    assert RelyingParty.among([ORIGIN, origin]).origins == (ORIGIN,)


def test_an_authenticator_is_told_what_it_is_to_make() -> None:
    asked = json.loads(CREATION)
    assert asked["rp"] == {"name": "Kluis", "id": "portal.example"}
    assert asked["user"] == {"id": pack(b"handle"), "name": "bert", "displayName": "Bert Callewaert"}
    assert asked["challenge"] == pack(NONCE)
    assert [it["alg"] for it in asked["pubKeyCredParams"]] == [-8, -7, -257]
    assert asked["excludeCredentials"] == [{"id": pack(b"an id"), "type": "public-key"}]
    assert asked["authenticatorSelection"] == {
        "residentKey": "preferred",
        "requireResidentKey": False,
        "userVerification": "preferred",
    }
    assert (asked["attestation"], asked["timeout"]) == ("none", 300_000)


def test_an_authenticator_is_told_what_it_is_to_sign() -> None:
    assert json.loads(REQUEST) == {
        "challenge": pack(NONCE),
        "timeout": 300_000,
        "rpId": "portal.example",
        "allowCredentials": [{"id": pack(b"an id"), "type": "public-key"}],
        "userVerification": "preferred",
    }


def test_no_two_nonces_are_alike() -> None:
    assert len({passkeys.new_nonce() for _ in range(100)}) == 100
    assert len(passkeys.new_nonce()) == 32


def test_what_is_kept_of_a_passkey_is_its_id_its_key_and_its_count() -> None:
    it = SoftwareAuthenticator(ORIGIN, sign_count=7)
    assert made(it.make(CREATION)) == Made(it.credential_id, key_of(it), 7)


def test_a_passkey_that_attests_itself_is_taken() -> None:
    it = authenticator()
    assert made(it.make(CREATION, Said(fmt="packed", attest=by_itself))).credential_id == it.credential_id


@pytest.mark.parametrize("origin", PARTY.origins)
def test_a_passkey_signs_on_every_page_of_its_party(origin: str) -> None:
    it = authenticator()
    key = made(it.make(CREATION, Said(origin=origin))).public_key
    assert [counted(it.sign(REQUEST, Said(origin=origin)), key) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("flags", [PRESENT, PRESENT | VERIFIED])
def test_whoever_is_there_need_not_be_verified_beside_his_password(flags: int) -> None:
    it = authenticator()
    key = made(it.make(CREATION, Said(flags=flags))).public_key
    assert counted(it.sign(REQUEST, Said(flags=flags)), key) == 1


WRONG: Final = {
    "another page": Said(origin="https://elsewhere.example"),
    "another scheme": Said(origin="http://portal.example"),
    "another port": Said(origin="https://portal.example:444"),
    "a page below that nobody allowed": Said(origin="https://other.portal.example"),
    "another party": Said(rp_id="elsewhere.example"),
    "a party below": Said(rp_id="office.portal.example"),
    "another challenge": Said(challenge=pack(OTHER_NONCE)),
    "no challenge": Said(challenge="A"),
    "another purpose": Said(type="payment.get"),
    "nobody present": Said(flags=0),
    "only verified": Said(flags=VERIFIED),
    "kept elsewhere though it can not be": Said(flags=PRESENT | 0x10),
    "a page of somebody else around it": Said(cross_origin=True),
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_a_passkey_that_is_made_wrong_is_refused(said: Said) -> None:
    with pytest.raises(WrongCode) as refused:
        made(authenticator().make(CREATION, said))
    assert refused.value.path == ("input", "credential")


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_what_is_signed_wrong_is_refused(said: Said) -> None:
    it = authenticator()
    with pytest.raises(WrongCode) as refused:
        counted(it.sign(REQUEST, said), key_of(it))
    assert refused.value.path == ("input", "credential")


def test_a_page_of_ones_own_around_it_is_no_reason() -> None:
    it = authenticator()
    assert made(it.make(CREATION, Said(cross_origin=False)))
    assert counted(it.sign(REQUEST, Said(cross_origin=False)), key_of(it))


def test_the_making_of_a_passkey_is_no_signature_and_a_signature_makes_none() -> None:
    it = authenticator()
    with pytest.raises(WrongCode):
        counted(it.sign(REQUEST, Said(type="webauthn.create")), key_of(it))
    with pytest.raises(WrongCode):
        made(it.make(CREATION, Said(type="webauthn.get")))
    with pytest.raises(WrongCode):
        made(it.sign(REQUEST))
    with pytest.raises(WrongCode):
        counted(it.make(CREATION), key_of(it))


def test_the_signature_of_another_key_is_refused() -> None:
    it, other = authenticator(), authenticator()
    with pytest.raises(WrongCode):
        counted(it.sign(REQUEST), key_of(other))


def test_a_signature_for_another_challenge_is_refused() -> None:
    it = authenticator()
    with pytest.raises(WrongCode):
        counted(it.sign(REQUEST), key_of(it), OTHER_NONCE)
    with pytest.raises(WrongCode):
        made(it.make(CREATION), OTHER_NONCE)


@given(
    st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]),
    st.integers(0, 10_000),
    st.integers(0, 7),
)
@settings(deadline=None)
def test_whichever_bit_is_another_the_signature_is_refused(part: str, at: int, bit: int) -> None:
    it = authenticator()
    answer = it.sign(REQUEST)
    length = len(unpack(json.loads(answer)["response"][part]) or b"")
    with pytest.raises(WrongCode):
        counted(changed(answer, part, at % length, bit), key_of(it))


UNUSABLE: Final[dict[str, Callable[[dict[int, Any]], Any]]] = {
    "a point off the curve": lambda key: key | {-3: bytes(32)},
    "another curve": lambda key: key | {-1: 99},
    "another algorithm": lambda key: key | {3: -65535},
    "no algorithm": lambda key: {name: it for name, it in key.items() if name != 3},
    "another kind": lambda key: key | {1: 99},
    "a number for a point": lambda key: key | {-2: 5},
    "a list": lambda key: list(key.values()),
    "a text": lambda _: "key",
    "nothing": lambda _: {},
}


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_a_key_that_could_sign_nothing_is_refused(spoil: Callable[[dict[int, Any]], Any]) -> None:
    it = authenticator()
    with pytest.raises(WrongCode):
        made(it.make(CREATION, Said(key=cbor2.dumps(spoil(it.cose_key())))))


@pytest.mark.parametrize(
    ("fmt", "statement"),
    [
        ("none", {"sig": b"s"}),
        ("packed", {}),
        ("packed", {"alg": -7, "sig": b"s"}),
        ("packed", {"alg": -7, "sig": b"s", "x5c": [b"a certificate"]}),
        ("fido-u2f", {"sig": b"s", "x5c": [b"a certificate"]}),
        ("android-safetynet", {"ver": "1", "response": b"x.y.z"}),
        ("tpm", {}),
        ("new", {}),
    ],
)
def test_what_attests_nothing_is_not_taken(fmt: str, statement: dict[str, Any]) -> None:
    with pytest.raises(WrongCode):
        made(authenticator().make(CREATION, Said(fmt=fmt, statement=statement)))


def takes_all(**_: object) -> bool:
    return True


@pytest.mark.parametrize("fmt", ["android-safetynet", "android-key", "apple", "fido-u2f", "tpm"])
def test_kinds_of_attestation_that_no_browser_sends_unasked_are_not_looked_at(
    fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = import_module("webauthn.registration.verify_registration_response")
    monkeypatch.setattr(library, f"verify_{fmt.replace('-', '_')}", takes_all)
    said = Said(fmt=fmt)
    assert verify_registration_response(
        credential=authenticator().make(CREATION, said),
        expected_challenge=NONCE,
        expected_rp_id=PARTY.id,
        expected_origin=ORIGIN,
    )
    with pytest.raises(WrongCode):
        made(authenticator().make(CREATION, said))


@pytest.mark.parametrize(("fmt", "attest"), [("packed", by_certificate), ("fido-u2f", as_of_old)])
def test_certificates_are_not_asked_for_and_not_taken_though_they_are_right(fmt: str, attest: Attest) -> None:
    it, said = authenticator(), Said(fmt=fmt, attest=attest)
    verified = verify_registration_response(
        credential=it.make(CREATION, said),
        expected_challenge=NONCE,
        expected_rp_id=PARTY.id,
        expected_origin=ORIGIN,
    )
    assert verified.credential_id == it.credential_id
    with pytest.raises(WrongCode):
        made(it.make(CREATION, said))


@pytest.mark.parametrize(
    ("length", "taken"), [(1, True), (LONGEST_ID, True), (LONGEST_ID + 1, False), (0, False)]
)
def test_the_id_of_a_passkey_is_as_long_as_may_be(*, length: int, taken: bool) -> None:
    it = SoftwareAuthenticator(ORIGIN, credential_id=b"i" * length)
    if taken:
        assert made(it.make(CREATION)).credential_id == it.credential_id
    else:
        with pytest.raises(WrongCode):
            made(it.make(CREATION))


def test_sixteen_kibibytes_are_looked_at_and_no_more() -> None:
    it = authenticator()
    answer = it.sign(REQUEST)
    assert counted(answer.ljust(LONGEST), key_of(it)) == 1
    assert made(it.make(CREATION).ljust(LONGEST))
    for look in (passkeys.read_assertion, made):
        with pytest.raises(TooLong) as refused:
            look(answer.ljust(LONGEST + 1))
        assert refused.value.path == ("input", "credential")
