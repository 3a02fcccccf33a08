"""The installation's keys: one file, made at the first start, that nobody else on the machine can read."""

import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tink
from tink import aead

from auth import vault
from auth.vault import Vault

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
    vault: Vault

    def mark(self, text: str) -> str:
        """Return 64 hexadecimal digits for a text that nobody is to read in a dump, nor to guess."""
        key = hmac.digest(self.links, b"marks", "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()

    @property
    def installation(self) -> str:
        """Return what tells the keys of this installation from all others, and gives nothing of them away."""
        return self.mark("installation")

    def seal(self, clear: bytes, *, bound_to: bytes) -> bytes:
        """Return `clear` encrypted; it opens only with the same `bound_to`."""
        return self.vault.seal(clear, bound_to=bound_to)

    def open(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        """Return what was sealed; raise tink.TinkError for anything else than what `seal` returned."""
        return self.vault.open(sealed, bound_to=bound_to)


def open_keys(path: Path) -> Keys:
    """Return the keys in the file at `path`, which is made when there is none. Raise BadKeys."""
    aead.register()
    try:
        if not path.exists():
            write_new(path)
        if path.stat().st_mode & 0o077:
            raise BadKeys(f"{path}: others can read the keys. Run: chmod 600 {path}")
        return parse(path)
    except OSError as error:
        raise BadKeys(f"{path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, tink.TinkError) as error:
        raise BadKeys(f"{path}: this is not a file of keys.") from error


def parse(path: Path) -> Keys:
    """Return the keys in a file. Raise OSError, ValueError, KeyError, TypeError or TinkError for none."""
    content = json.loads(path.read_text())
    ids, links = bytes.fromhex(content["ids"]), bytes.fromhex(content["links"])
    if (len(ids), len(links)) != (IDS_LENGTH, LINKS_LENGTH):
        raise ValueError("a key is not as long as it must be")
    return Keys(ids, links, Vault(path))


def rotate(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Replace the key set in a key file by what `change` makes of it. Raise BadKeys.

    Servers that run see it with the next secret that they seal or open.
    """
    # Where a link leads to the file, the others who read it come by another name.
    path = path.resolve()
    try:
        with one_at_a_time(path.parent):
            content = json.loads(path.read_text())
            replace(path, {**content, "vault": change(content["vault"])})
    except OSError as error:
        raise BadKeys(f"{path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeys(f"{path}: this is not a file of keys.") from error


def replace(path: Path, content: dict[str, Any]) -> None:
    """Let a key file hold this from one moment to the next; it stays the owner's, whoever replaces it."""
    owner = path.stat()
    draft = written(path, content)
    try:
        os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


def write_new(path: Path) -> None:
    """Write fresh keys; of several programs that start together, the first one's stay."""
    content = {
        "ids": secrets.token_hex(IDS_LENGTH),
        "links": secrets.token_hex(LINKS_LENGTH),
        "vault": vault.fresh(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = written(path, content)
    try:
        # A link, unlike a rename, never replaces keys that another program has just written.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync(path.parent)


def copy(source: Path, target: Path) -> None:
    """Write the keys in one file to another, whole at once. Raise BadKeys where they would displace keys.

    Backups of before need the keys that were given up since.
    """
    try:
        content = json.loads(source.read_text())
        if target.exists() and not ids_in(target) <= ids_in(source):
            raise BadKeys(f"{target} holds keys that {source} has not: keep it, and name another file.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = written(target, content)
        draft.replace(target)
        sync(target.parent)
    except OSError as error:
        raise BadKeys(f"{error.filename or target}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeys(f"{target}: this is not a file of keys.") from error


def ids_in(path: Path) -> set[tuple[str, int]]:
    """Return the keys in a file: whose, and the number of each. Raise what `vault.read` raises."""
    whose, key_set = vault.read(path)
    return {(whose, int(it["keyId"])) for it in key_set["key"]}


def written(path: Path, content: dict[str, Any]) -> Path:
    """Return a new file beside `path` that holds the content, for the owner's eyes alone, and is durable."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft


@contextmanager
def opened(folder: Path) -> Generator[int]:
    """Yield the descriptor of a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def one_at_a_time(folder: Path) -> Generator[None]:
    """Let no two programs change what lies in a folder: what one had sealed with its key would be lost."""
    with opened(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def sync(folder: Path) -> None:
    """Make the names in a folder durable: files that were sealed with a lost key are lost."""
    with opened(folder) as descriptor:
        os.fsync(descriptor)
