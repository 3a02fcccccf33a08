"""Random secrets: how they are made, written down and kept."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Self
from uuid import UUID

SECRET_BYTES = 32
# No letters or digits that are mistaken for one another (0 O 1 I L), so that it can be typed from paper.
TYPEABLE = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Token:
    """A 256-bit secret that carries its licence, so that it can be looked up before a viewer is known."""

    licence_id: UUID
    secret: bytes

    @classmethod
    def new(cls, licence_id: UUID) -> Self:
        """Return a fresh token of a licence."""
        return cls(licence_id, secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the token that `text` spells, or None when it spells none."""
        raw = unpack(text)
        if raw is None or len(raw) != 16 + SECRET_BYTES:
            return None
        return cls(UUID(bytes=raw[:16]), raw[16:])

    def __str__(self) -> str:
        return pack(self.licence_id.bytes + self.secret)

    def __repr__(self) -> str:
        """Return a text without the secret: tokens must not reach a log."""
        return f"Token({self.licence_id})"

    @property
    def digest(self) -> bytes:
        """Return what may be stored: 32 bytes from which the token can not be made again."""
        return sha256(self.secret).digest()


def pack(raw: bytes) -> str:
    """Return bytes as URL-safe text without padding (RFC 4648 section 5)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpack(text: str) -> bytes | None:
    """Return the bytes that `pack` wrote as `text`, or None when it is no such text."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    # Python's decoder skips what it does not know; only the one spelling counts.
    return raw if pack(raw) == text else None


def typeable_password() -> str:
    """Return a first password of 84 random bits in four groups, easy to type (S034)."""
    # 17 characters out of 31 are 84.2 bits.
    characters = [secrets.choice(TYPEABLE) for _ in range(17)]
    groups = (characters[0:4], characters[4:8], characters[8:12], characters[12:17])
    return "-".join("".join(group) for group in groups)
