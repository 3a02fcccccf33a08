"""Addresses of a document's bytes: they work by themselves for a minute, for one viewer and one document."""

import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.tokens import pack, unpack

LASTS_FOR: Final = timedelta(seconds=60)
# licence, session or API key, whether it is a key, document, version, whether to open it in the browser,
# when it ends (seconds since 1970)
FORM = struct.Struct(">16s16s?16sI?Q")
NONCE_BYTES: Final = 12
PURPOSE: Final = b"content"


@dataclass(frozen=True, slots=True)
class ContentLink:
    """What an address of content says; session or key, account and right are read again when it is used."""

    licence_id: UUID
    session_id: UUID
    """Of the one whom it was made for; of a program its API key."""
    document_id: UUID
    version: int
    inline: bool
    expires_at: datetime
    is_program: bool = False

    def seal(self, key: bytes) -> str:
        """Return the text that goes into the address: it can neither be read nor be changed (RFC 5116)."""
        said = FORM.pack(
            self.licence_id.bytes,
            self.session_id.bytes,
            self.is_program,
            self.document_id.bytes,
            self.version,
            self.inline,
            int(self.expires_at.timestamp()),
        )
        nonce = secrets.token_bytes(NONCE_BYTES)
        return pack(nonce + AESGCM(key).encrypt(nonce, said, PURPOSE))


def read(key: bytes, text: str, now: datetime) -> ContentLink | None:
    """Return what a genuine address says, or None when it is not ours or its minute is over."""
    raw = unpack(text) or b""
    try:
        said = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE)
    except (InvalidTag, ValueError):
        return None
    licence, session, is_program, document, version, inline, ends = FORM.unpack(said)
    expires_at = datetime.fromtimestamp(ends, UTC)
    if expires_at <= now:
        return None
    return ContentLink(
        UUID(bytes=licence),
        UUID(bytes=session),
        UUID(bytes=document),
        version,
        inline,
        expires_at,
        is_program=is_program,
    )
