"""Recovery codes: ten of 80 random bits each, shown once, kept as digests, each of which works once."""

import secrets
from base64 import b32encode
from hashlib import sha256
from typing import Final
from uuid import UUID

HOW_MANY: Final = 10
BYTES: Final = 10


def new_codes() -> list[str]:
    """Return fresh codes, as people write them down: four groups of four letters and digits (base 32)."""
    return [grouped(b32encode(secrets.token_bytes(BYTES)).decode()) for _ in range(HOW_MANY)]


def grouped(letters: str) -> str:
    """Return letters in groups of four."""
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4)).lower()


def digest(account_id: UUID, code: str) -> bytes:
    """Return what is kept of a code: 32 bytes. Case, blanks and hyphens do not matter.

    A digest of 80 random bits can not be searched, so that none of it needs to be slow (ASVS 6.5.2).
    """
    bare = "".join(it for it in code.upper() if it.isalnum())
    return sha256(account_id.bytes + bare.encode()).digest()
