"""An authenticator in software (WebAuthn, section 6): makes passkeys and signs with them, also as none may.

It does what browser and authenticator do together: from the options that a server sends, as JSON, to the JSON
that a page sends back.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key
from cryptography.hazmat.primitives.hashes import SHA256

from core.tokens import pack, unpack

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
ATTESTED: Final = 0x40
ES256: Final = -7
P256: Final = 1
EC2: Final = 2
NO_MODEL: Final = bytes(16)


@dataclass
class Said:
    """What an answer claims; what is None is said as it is."""

    origin: str | None = None
    rp_id: str | None = None
    challenge: str | None = None
    type: str | None = None
    flags: int = PRESENT | VERIFIED
    cross_origin: bool | None = None
    fmt: str = "none"
    statement: dict[str, Any] = field(default_factory=dict[str, Any])
    attest: "Attest | None" = None
    """What makes the statement, where it is not the one above."""
    key: bytes | None = None


Attest = Callable[["SoftwareAuthenticator", bytes, bytes], dict[str, Any]]
"""Returns an attestation of what an authenticator and a browser say."""


@dataclass
class SoftwareAuthenticator:
    """Holds one passkey."""

    origin: str
    counts: bool = True
    """Whether it counts its signatures; passkeys that are kept on several devices do not."""
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: new_key(SECP256R1()))

    def make(self, options: str, said: Said | None = None) -> str:
        """Return what `navigator.credentials.create` answers to these options."""
        asked, said = json.loads(options), said or Said()
        client_data = self.collected("webauthn.create", asked["challenge"], said)
        attested = NO_MODEL + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        attested += cbor2.dumps(self.cose_key()) if said.key is None else said.key
        authenticator_data = self.about(said.rp_id or asked["rp"]["id"], said.flags | ATTESTED) + attested
        statement = said.attest(self, authenticator_data, client_data) if said.attest else said.statement
        attestation = {"fmt": said.fmt, "attStmt": statement, "authData": authenticator_data}
        return self.written(clientDataJSON=client_data, attestationObject=cbor2.dumps(attestation))

    def sign(self, options: str, said: Said | None = None) -> str:
        """Return what `navigator.credentials.get` answers to these options."""
        asked, said = json.loads(options), said or Said()
        client_data = self.collected("webauthn.get", asked["challenge"], said)
        self.sign_count += self.counts
        authenticator_data = self.about(said.rp_id or asked["rpId"], said.flags)
        return self.written(
            clientDataJSON=client_data,
            authenticatorData=authenticator_data,
            signature=self.signature(authenticator_data, client_data),
        )

    def signature(self, authenticator_data: bytes, client_data: bytes) -> bytes:
        """Return what the key signs (section 6.3.3)."""
        return self.key.sign(authenticator_data + sha256(client_data).digest(), ECDSA(SHA256()))

    def collected(self, type_: str, challenge: str, said: Said) -> bytes:
        """Return what the browser says of the page that asks."""
        spoken: dict[str, Any] = {
            "type": said.type or type_,
            "challenge": said.challenge or challenge,
            "origin": said.origin or self.origin,
        }
        if said.cross_origin is not None:
            spoken["crossOrigin"] = said.cross_origin
        return json.dumps(spoken).encode()

    def about(self, rp_id: str, flags: int) -> bytes:
        """Return what the authenticator says of itself (section 6.1)."""
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def cose_key(self) -> dict[int, Any]:
        """Return the public key (RFC 9053, section 7.1.1)."""
        point = self.key.public_key().public_numbers()
        return {1: EC2, 3: ES256, -1: P256, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    def written(self, **response: bytes) -> str:
        """Return an answer as `PublicKeyCredential.toJSON()` writes it."""
        id_ = pack(self.credential_id)
        spelled = {name: pack(it) for name, it in response.items()}
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": spelled})


def changed(answer: str, name: str, at: int, bit: int) -> str:
    """Return an answer in which one bit of a part of its response is another."""
    spoken = json.loads(answer)
    part = bytearray(unpack(spoken["response"][name]) or b"")
    part[at] ^= 1 << bit
    spoken["response"][name] = pack(bytes(part))
    return json.dumps(spoken)
