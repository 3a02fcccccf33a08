"""The seal on a file: AES-256-GCM in segments of one MiB, in the format of Tink's streaming AEAD.

The format is AES256_GCM_HKDF_1MB: a header (its length, a salt, the beginning of every nonce), then segments
that each carry their number and whether they are the last. So a bit that was turned, a segment that was moved
and an end that was cut off do not open. Tink reads what is written here, and the other way round; its own
stream can not begin in the middle of a file, and needs a thread for each transfer.
"""

import secrets
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
SALT_BYTES: Final = KEY_BYTES
NONCE_PREFIX_BYTES: Final = 7
HEADER_BYTES: Final = 1 + SALT_BYTES + NONCE_PREFIX_BYTES
TAG_BYTES: Final = 16
SEGMENT_BYTES: Final = 1 << 20
"""Sealed, its tag included; the first one shares them with the header."""
CLEAR_BYTES: Final = SEGMENT_BYTES - TAG_BYTES
FIRST_CLEAR_BYTES: Final = CLEAR_BYTES - HEADER_BYTES


class Broken(Exception):
    """What was read is not what was sealed with this key for this place."""


def sealed_size(byte_size: int) -> int:
    """Return how many bytes a file of `byte_size` bytes takes once it is sealed."""
    return HEADER_BYTES + byte_size + TAG_BYTES * (segment_at(byte_size - 1) + 1)


def segment_at(offset: int) -> int:
    """Return which segment, counted from 0, holds the byte at `offset` of the clear file."""
    return (offset + HEADER_BYTES) // CLEAR_BYTES


def clear_start(number: int) -> int:
    """Return where in the clear file a segment begins."""
    return max(0, number * CLEAR_BYTES - HEADER_BYTES)


class Seal:
    """The seal of one file: closes and opens its segments."""

    def __init__(self, secret: bytes, *, bound_to: bytes) -> None:
        """`secret` is what a seal's `secret` was; nothing opens that was not bound to the same."""
        self.secret = secret
        """The file's key and its header, KEY_BYTES + HEADER_BYTES: to be kept, and from nobody's eyes."""
        key, self._header = secret[:KEY_BYTES], secret[KEY_BYTES:]
        salt = self._header[1 : 1 + SALT_BYTES]
        self._cipher = AESGCM(HKDF(SHA256(), length=KEY_BYTES, salt=salt, info=bound_to).derive(key))

    @classmethod
    def new(cls, *, bound_to: bytes) -> Self:
        """Return a fresh seal."""
        header = bytes([HEADER_BYTES]) + secrets.token_bytes(SALT_BYTES + NONCE_PREFIX_BYTES)
        return cls(secrets.token_bytes(KEY_BYTES) + header, bound_to=bound_to)

    def close(self, number: int, clear: bytes, *, is_last: bool) -> bytes:
        """Return a segment sealed; the first one with the header."""
        sealed = self._cipher.encrypt(self._nonce(number, is_last=is_last), clear, None)
        return sealed if number else self._header + sealed

    def open(self, number: int, sealed: bytes | memoryview, *, is_last: bool) -> bytes:
        """Return the bytes of a segment. Raise Broken when they are not all as they were sealed."""
        if number == 0:
            header, sealed = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
            if header != self._header:
                raise Broken
        try:
            return self._cipher.decrypt(self._nonce(number, is_last=is_last), sealed, None)
        except InvalidTag:
            raise Broken from None

    def _nonce(self, number: int, *, is_last: bool) -> bytes:
        return self._header[-NONCE_PREFIX_BYTES:] + number.to_bytes(4, "big") + bytes([is_last])
