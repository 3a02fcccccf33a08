"""Passkeys (WebAuthn, level 3): what an authenticator is asked, and whether what it answers is right."""

import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authentication_credential_json,
    parse_cbor,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from auth.challenges import LASTS_FOR
from core.errors import TooLong, WrongCode

PLACE: Final = ("input", "credential")
NAME: Final = "Kluis"
NONCE_BYTES: Final = 32
LONGEST: Final = 16 << 10
# In bytes (section 7.1).
LONGEST_ID: Final = 1023
ASKED_FOR: Final = int(LASTS_FOR.total_seconds() * 1000)
# What browsers send when no attestation is asked for (section 5.1.3): none, or that of the key itself.
UNATTESTED: Final = (AttestationFormat.NONE, AttestationFormat.PACKED)
# What the library raises for an answer that is no answer; the last ones where it looks at it too trustingly.
REFUSALS: Final = (WebAuthnException, ValueError, TypeError, LookupError, RecursionError)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom passkeys are made for: a host, with the pages on it and below it."""

    id: str
    origins: tuple[str, ...]

    @classmethod
    def among(cls, origins: Sequence[str]) -> "RelyingParty":
        """Return the host of the first of these origins, with those that its passkeys work on."""
        id_ = host_of(origins[0])
        return cls(id_, tuple(it for it in origins if f".{host_of(it)}".endswith(f".{id_}")))


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept of a passkey that an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def host_of(origin: str) -> str:
    """Return the host of an origin."""
    return urlsplit(origin).hostname or ""


def new_nonce() -> bytes:
    """Return what an authenticator is to sign, once: 32 random bytes."""
    return secrets.token_bytes(NONCE_BYTES)


def creation_options(
    party: RelyingParty,
    nonce: bytes,
    user_handle: bytes,
    username: str,
    display_name: str,
    present: Sequence[bytes],
) -> str:
    """Return what `navigator.credentials.create` takes, as JSON; `present` are ids of what is there."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user_handle,
        user_name=username,
        user_display_name=display_name,
        challenge=nonce,
        timeout=ASKED_FOR,
        exclude_credentials=described(present),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def request_options(party: RelyingParty, nonce: bytes, present: Sequence[bytes]) -> str:
    """Return what `navigator.credentials.get` takes, as JSON; `present` are ids of what may sign."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=nonce,
        timeout=ASKED_FOR,
        allow_credentials=described(present),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def described(credential_ids: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    """Return credentials as options name them."""
    return [PublicKeyCredentialDescriptor(id=it) for it in credential_ids]


def made(party: RelyingParty, credential: str, nonce: bytes) -> Made:
    """Return the passkey that was made at this challenge. Raise WrongCode, TooLong."""
    with refusing():
        answer = parse_registration_credential_json(short(credential))
        require_own_page(answer.response.client_data_json)
        require_unattested(answer.response.attestation_object)
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=nonce,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
        )
        key = decode_credential_public_key(verified.credential_public_key)
        # One that is no key would sign nothing, and lock its owner out.
        decoded_public_key_to_cryptography(key)
    if len(verified.credential_id) > LONGEST_ID:
        raise WrongCode(path=PLACE)
    return Made(verified.credential_id, verified.credential_public_key, verified.sign_count)


def read_assertion(credential: str) -> AuthenticationCredential:
    """Return what a passkey says of itself, none of it checked yet. Raise WrongCode, TooLong."""
    with refusing():
        return parse_authentication_credential_json(short(credential))


def sign_count_of(
    party: RelyingParty, assertion: AuthenticationCredential, nonce: bytes, public_key: bytes
) -> int:
    """Return how often a passkey says that it has signed, now that it signed this nonce. Raise WrongCode.

    Whether that is oftener than before, and nobody has copied it, is for whoever counts to tell.
    """
    with refusing():
        require_own_page(assertion.response.client_data_json)
        return verify_authentication_response(
            credential=assertion,
            expected_challenge=nonce,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=public_key,
            credential_current_sign_count=0,
        ).new_sign_count


@contextmanager
def refusing() -> Generator[None]:
    """Let whatever the library finds wrong be WrongCode: nobody is told what it was."""
    try:
        yield
    except REFUSALS as error:
        raise WrongCode(path=PLACE) from error


def short(credential: str) -> str:
    """Return an answer that is not too long to be looked at. Raise TooLong."""
    if len(credential) > LONGEST:
        raise TooLong(path=PLACE, limit=LONGEST)
    return credential


def require_own_page(client_data: bytes) -> None:
    """Require that no page of somebody else's stood around ours (section 7.1). Raise WrongCode."""
    if parse_client_data_json(client_data).cross_origin:
        raise WrongCode(path=PLACE)


def require_unattested(attestation: bytes) -> None:
    """Require that no certificate came along: none was asked for, and none is looked at. Raise WrongCode."""
    found = parse_cbor(attestation)
    # The library makes bytes of whatever stands here: of a number, as many as it says.
    spelled = isinstance(found["authData"], bytes)
    if not spelled or found["fmt"] not in UNATTESTED or "x5c" in found["attStmt"]:
        raise WrongCode(path=PLACE)
