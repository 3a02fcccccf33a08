"""Addresses that work by themselves for a while, for one viewer and one thing: they say both, sealed."""

import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.tokens import pack, unpack
from core.viewer import Viewer

# licence, session or API key, whether it is a key, when it ends (seconds since 1970)
FORM: Final = struct.Struct(">16s16s?Q")
NONCE_BYTES: Final = 12


class Purpose(StrEnum):
    """What an address is for; one for this never passes for one for that."""

    CONTENT = "content"
    PREVIEW = "preview"
    ARCHIVE = "archive"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom an address was made for; session or key, account and rights are read again when it is used."""

    licence_id: UUID
    session_id: UUID
    """Of a program its API key."""
    is_program: bool = False

    @classmethod
    def of(cls, viewer: Viewer) -> "Holder":
        """Return the holder of the addresses that this viewer asks for."""
        return cls(viewer.licence_id, viewer.session_id, viewer.is_program)


@dataclass(frozen=True, slots=True)
class Link:
    """What an address says."""

    holder: Holder
    expires_at: datetime
    said: bytes
    """Of what; its form depends on the purpose."""

    def seal(self, key: bytes, purpose: Purpose) -> str:
        """Return the text that goes into the address: it can neither be read nor be changed (RFC 5116)."""
        holder = self.holder
        head = FORM.pack(
            holder.licence_id.bytes,
            holder.session_id.bytes,
            holder.is_program,
            int(self.expires_at.timestamp()),
        )
        nonce = secrets.token_bytes(NONCE_BYTES)
        return pack(nonce + AESGCM(key).encrypt(nonce, head + self.said, purpose.encode()))


def read(key: bytes, purpose: Purpose, text: str, now: datetime) -> Link | None:
    """Return what a genuine address says, or None when it is not ours, not for this, or over."""
    raw = unpack(text) or b""
    try:
        clear = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError):
        return None
    licence, session, is_program, ends = FORM.unpack_from(clear)
    expires_at = datetime.fromtimestamp(ends, UTC)
    if expires_at <= now:
        return None
    holder = Holder(UUID(bytes=licence), UUID(bytes=session), is_program)
    return Link(holder, expires_at, clear[FORM.size :])
