"""How a secret can be written down: as it was shown, in other letters, in base 64, in hexadecimal digits."""

import re
from base64 import b32decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Final

from core.tokens import unpack

# As short as this, it stands somewhere in any long row of digits.
SHORT: Final = 6
HYPHENS: Final = re.compile(r"[-\s]")
BASE_32: Final = re.compile(r"[A-Z2-7]+")
TOKEN: Final = re.compile(r"[\w-]{64}$")


def found_in(text: str, secret: str) -> list[str]:
    """Return the spellings of a secret that stand in a text, in whatever case."""
    within = text.lower()
    return sorted(it for it in set(spellings(secret)) if stands_in(within, it))


def stands_in(text: str, spelled: str) -> bool:
    """Return whether a spelling stands in a text; a short one as a word of its own."""
    if len(spelled) > SHORT:
        return spelled in text
    return re.search(rf"(?<![\w.]){re.escape(spelled)}(?!\w)", text) is not None


def spellings(secret: str) -> Iterator[str]:
    """Yield how a secret can be written, in small letters; base 64 also within something longer."""
    bare = HYPHENS.sub("", secret)
    yield from (secret.lower(), bare.lower())
    for raw in bytes_of(secret, bare):
        yield raw.hex()
        yield from (it.lower() for it in in_base64(raw))


def bytes_of(secret: str, bare: str) -> set[bytes]:
    """Return the bytes of a secret: of its letters, and those that the letters spell."""
    written = {it.encode() for text in (secret, bare) for it in (text, text.lower(), text.upper())}
    return written | {it for it in (of_base32(bare.upper()), of_token(secret)) if it}


def of_base32(letters: str) -> bytes:
    """Return what letters of base 32 spell, as apps and recovery codes are written; else nothing."""
    return b32decode(letters) if BASE_32.fullmatch(letters) and len(letters) % 8 == 0 else b""


def of_token(text: str) -> bytes:
    """Return the secret within a token, without its licence; else nothing."""
    last = TOKEN.search(text)
    return (unpack(last[0]) or b"")[16:] if last else b""


def in_base64(raw: bytes) -> Iterator[str]:
    """Yield how bytes look in base 64, wherever in something longer they begin (RFC 4648, section 4)."""
    for before in range(3):
        # Only letters that no neighbour has a part in: each stands for six bits.
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(before) + raw).decode()[first:last]
