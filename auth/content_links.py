"""Addresses of a document's bytes: they work by themselves for a minute, for one viewer and one document."""

import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from core.tokens import pack, unpack

LASTS_FOR: Final = timedelta(seconds=60)
# licence, session, document, version, whether to open it in the browser, when it ends (seconds since 1970)
FORM = struct.Struct(">16s16s16sI?Q")
SEAL_BYTES = 32


@dataclass(frozen=True, slots=True)
class ContentLink:
    """What an address of content says; session, account and right are read again when it is used."""

    licence_id: UUID
    session_id: UUID
    document_id: UUID
    version: int
    inline: bool
    expires_at: datetime

    def sign(self, key: bytes) -> str:
        """Return the text that goes into the address."""
        said = FORM.pack(
            self.licence_id.bytes,
            self.session_id.bytes,
            self.document_id.bytes,
            self.version,
            self.inline,
            int(self.expires_at.timestamp()),
        )
        return pack(said + seal(key, said))


def read(key: bytes, text: str, now: datetime) -> ContentLink | None:
    """Return what a genuine address says, or None when it is not ours or its minute is over."""
    raw = unpack(text)
    if raw is None or len(raw) != FORM.size + SEAL_BYTES:
        return None
    said, shown = raw[: FORM.size], raw[FORM.size :]
    if not hmac.compare_digest(seal(key, said), shown):
        return None
    licence, session, document, version, inline, ends = FORM.unpack(said)
    expires_at = datetime.fromtimestamp(ends, UTC)
    if expires_at <= now:
        return None
    return ContentLink(
        UUID(bytes=licence), UUID(bytes=session), UUID(bytes=document), version, inline, expires_at
    )


def seal(key: bytes, said: bytes) -> bytes:
    """Return the HMAC-SHA256 of what an address says (RFC 2104)."""
    return hmac.new(key, b"content" + said, sha256).digest()
