"""What a server asks of an authenticator, and what it makes of the answer, with neither page nor database."""

from typing import Final

import cbor2

from auth import passkeys
from auth.passkeys import Made, RelyingParty
from tests.auth.software_authenticator import SoftwareAuthenticator

ORIGIN: Final = "https://portal.example"
PARTY: Final = RelyingParty.among([ORIGIN, "https://office.portal.example:8443", "https://elsewhere.example"])
NONCE: Final = b"n" * 32
OTHER_NONCE: Final = b"o" * 32
CREATION: Final = passkeys.creation_options(PARTY, NONCE, b"handle", "bert", "Bert Callewaert", [b"an id"])
REQUEST: Final = passkeys.request_options(PARTY, NONCE, [b"an id"])


def authenticator() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(ORIGIN)


def made(answer: str, nonce: bytes = NONCE) -> Made:
    return passkeys.made(PARTY, answer, nonce)


def counted(answer: str, public_key: bytes, nonce: bytes = NONCE) -> int:
    return passkeys.sign_count_of(PARTY, passkeys.read_assertion(answer), nonce, public_key)


def key_of(it: SoftwareAuthenticator) -> bytes:
    return cbor2.dumps(it.cose_key())
