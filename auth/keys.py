"""The installation's keys: one file, made at the first start, that nobody else on the machine can read."""

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tink
from tink import aead, json_proto_keyset_format, secret_key_access

MODE = 0o600
IDS_LENGTH = 16  # bytes
LINKS_LENGTH = 32  # bytes


class BadKeys(Exception):
    """The key file can not be used; the text says why, for the one at the terminal."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What keeps ids opaque, addresses genuine and secrets sealed."""

    ids: bytes
    """IDS_LENGTH bytes. It never changes: partners keep the ids that it makes."""
    links: bytes
    """LINKS_LENGTH bytes."""
    vault: Any
    """Tink's AEAD over a key set that can be rotated."""

    def mark(self, text: str) -> str:
        """Return 64 hexadecimal digits for a text that nobody is to read in a dump, nor to guess."""
        key = hmac.digest(self.links, b"marks", "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()

    def seal(self, clear: bytes, *, bound_to: bytes) -> bytes:
        """Return `clear` encrypted; it opens only with the same `bound_to`."""
        return self.vault.encrypt(clear, bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Return what was sealed; raise tink.TinkError for anything else than what `seal` returned."""
        return self.vault.decrypt(sealed, bound_to)


def open_keys(path: Path) -> Keys:
    """Return the keys in the file at `path`, which is made when there is none. Raise BadKeys."""
    aead.register()
    try:
        if not path.exists():
            write_new(path)
        if path.stat().st_mode & 0o077:
            raise BadKeys(f"{path}: others can read the keys. Run: chmod 600 {path}")
        return parse(path.read_text())
    except OSError as error:
        raise BadKeys(f"{path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, tink.TinkError) as error:
        raise BadKeys(f"{path}: this is not a file of keys.") from error


def parse(text: str) -> Keys:
    """Return the keys that `text` spells. Raise ValueError, KeyError, TypeError or TinkError for none."""
    content = json.loads(text)
    handle = json_proto_keyset_format.parse(json.dumps(content["vault"]), secret_key_access.TOKEN)
    ids, links = bytes.fromhex(content["ids"]), bytes.fromhex(content["links"])
    if (len(ids), len(links)) != (IDS_LENGTH, LINKS_LENGTH):
        raise ValueError("a key is not as long as it must be")
    return Keys(ids, links, handle.primitive(aead.Aead))


def write_new(path: Path) -> None:
    """Write fresh keys; of several programs that start together, the first one's stay."""
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    vault = json.loads(json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))
    content = {
        "ids": secrets.token_hex(IDS_LENGTH),
        "links": secrets.token_hex(LINKS_LENGTH),
        "vault": vault,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, unlike a rename, never replaces keys that another program has just written.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
