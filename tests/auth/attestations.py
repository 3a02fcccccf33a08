"""Attestations that are right: by a passkey's own key, and by an authenticator's certificate."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from tests.auth.software_authenticator import ES256, SoftwareAuthenticator

KEY: Final = new_key(SECP256R1())
MAKER: Final = Name([NameAttribute(NameOID.COMMON_NAME, "A maker of authenticators")])
CERTIFICATE: Final = (
    CertificateBuilder(MAKER, MAKER, KEY.public_key(), 1)
    .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
    .sign(KEY, SHA256())
    .public_bytes(Encoding.DER)
)


def by_itself(it: SoftwareAuthenticator, authenticator_data: bytes, client_data: bytes) -> dict[str, Any]:
    """Return an attestation by the passkey itself (WebAuthn, section 8.2)."""
    return {"alg": ES256, "sig": it.signature(authenticator_data, client_data)}


def by_certificate(_: SoftwareAuthenticator, authenticator_data: bytes, client_data: bytes) -> dict[str, Any]:
    """Return an attestation by the maker (section 8.2)."""
    signed = KEY.sign(authenticator_data + sha256(client_data).digest(), ECDSA(SHA256()))
    return {"alg": ES256, "sig": signed, "x5c": [CERTIFICATE]}


def as_of_old(it: SoftwareAuthenticator, authenticator_data: bytes, client_data: bytes) -> dict[str, Any]:
    """Return an attestation by the maker of a key of FIDO U2F (section 8.6)."""
    key = it.cose_key()
    point = b"\x04" + key[-2] + key[-3]
    spoken = b"\0" + authenticator_data[:32] + sha256(client_data).digest() + it.credential_id + point
    return {"sig": KEY.sign(spoken, ECDSA(SHA256())), "x5c": [CERTIFICATE]}
