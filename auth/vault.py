"""The vault: what seals secrets, with a key set that can be rotated while servers run.

The key set is Tink's: the newest key seals, all open. AWS, Google Cloud or Vault can hold a key instead of
the file: Tink calls that an envelope, and it is an `Aead` too.
"""

import hmac
import json
import logging
from pathlib import Path
from typing import Any, Final

import tink
from tink import aead, json_proto_keyset_format, secret_key_access

TINKS: Final = b"\x01"
"""What begins whatever a key of Tink's has sealed; the number of the key follows, in four bytes."""
MARK_BYTES: Final = 5

log = logging.getLogger("kluis.keys")


def fresh() -> dict[str, Any]:
    """Return a key set with one new key."""
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    return json.loads(json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def rotated(key_set: dict[str, Any]) -> dict[str, Any]:
    """Return a key set with a new key in front: it seals from now on, and the others still open."""
    new = fresh()
    return {"primaryKeyId": new["primaryKeyId"], "key": [*new["key"], *key_set["key"]]}


def without_old(key_set: dict[str, Any]) -> dict[str, Any]:
    """Return a key set with nothing but the key that seals."""
    newest = key_set["primaryKeyId"]
    return {"primaryKeyId": newest, "key": [it for it in key_set["key"] if it["keyId"] == newest]}


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """Return whose a key file is, and its key set. Raise OSError, ValueError, KeyError or TypeError."""
    content = json.loads(path.read_text())
    return content["ids"], content["vault"]


def number_of(mark: bytes) -> int:
    """Return the number of the key that has sealed what begins like this."""
    return int.from_bytes(mark.removeprefix(TINKS))


class Vault:
    """Seals and opens; looks at its file again where somebody may have rotated the keys."""

    def __init__(self, path: Path) -> None:
        """Raise OSError, ValueError, KeyError, TypeError or TinkError for a file without a key set."""
        self.path = path
        self._ids: str | None = None
        self._version = self._load()

    @property
    def mark(self) -> bytes:
        """Return how everything begins that the newest key has sealed: 5 bytes."""
        self._look_again()
        return TINKS + self._newest.to_bytes(4, "big")

    def seal(self, clear: bytes, *, bound_to: bytes) -> bytes:
        """Return `clear` encrypted with the newest key; it opens only with the same `bound_to`."""
        self._look_again()
        return self._aead.encrypt(clear, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Return what was sealed; raise tink.TinkError for anything else than what `seal` returned."""
        try:
            return self._aead.decrypt(sealed, bound_to)
        except tink.TinkError:
            # Sealed by another process, with a key that is newer than what this one has read.
            if not self._look_again():
                raise
            return self._aead.decrypt(sealed, bound_to)

    def _look_again(self) -> bool:
        """Read the file again if it is another one; return whether it was."""
        try:
            if self._stamp() == self._version:
                return False
            self._version = self._load()
        except (OSError, ValueError, KeyError, TypeError, tink.TinkError) as error:
            # The keys that are known still open what they opened: nobody is locked out by a broken file.
            # The kind alone: what an error of JSON quotes can be a key.
            log.error("the key file can not be read again (%s)", type(error).__name__)  # noqa: TRY400
            return False
        return True

    def _stamp(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_mtime_ns

    def _load(self) -> tuple[int, int]:
        version = self._stamp()
        ids, key_set = read(self.path)
        # What would be sealed with the keys of another installation would open nowhere.
        if self._ids is not None and not hmac.compare_digest(self._ids, ids):
            raise ValueError("these are the keys of another installation")
        handle = json_proto_keyset_format.parse(json.dumps(key_set), secret_key_access.TOKEN)
        self._aead = handle.primitive(aead.Aead)
        self._newest = int(key_set["primaryKeyId"])
        self._ids = ids
        return version
