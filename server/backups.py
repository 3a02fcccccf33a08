"""A folder of backups: what is in it, which of them are whole, and whether they are as they were written.

Each backup is a folder of its own, named by its moment, with a dump, a list of objects and a manifest; all of
them share the objects, which never change. The manifest is written last: without it there is no backup.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from storage.disk import PRIVATE_FILE, PRIVATE_FOLDER
from storage.store import KEY

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
OBJECT_LIST: Final = "objects.sha256"
OBJECTS: Final = "objects"
NAMED_BY: Final = "%Y-%m-%dT%H%M%S.%fZ"


class BadBackup(Exception):
    """A backup can not be used; the text names the file and says why, in one line for the terminal."""


class Written(BaseModel):
    """A file as it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    byte_size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    made_at: datetime
    """What was acknowledged before it is in the backup."""
    revision: str
    """Of the tables."""
    tables: int
    dump: Written
    object_list: Written
    objects: int
    object_bytes: int
    installation: str
    """A mark that only the keys of this installation make."""
    needed_keys: list[int]
    """The numbers of the keys that have sealed what is in it."""
    removed: list[str] = []
    """Objects that were taken away while the others were copied."""
    missing: list[str] = []
    """Objects that rows name, and that were missing, or of another size, when it was made."""
    consistency: str
    """Why it is one, in words."""


class Backup:
    """One backup in its folder; whether it is whole is told by its manifest alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """Return its moment."""
        return self.folder.name

    @property
    def is_whole(self) -> bool:
        """Return whether it was made to its end."""
        return (self.folder / MANIFEST).exists()

    def manifest(self) -> Manifest:
        """Return what it is. Raise BadBackup where the manifest is not what was written."""
        path = self.folder / MANIFEST
        try:
            content = json.loads(path.read_bytes())
            if content.pop("sha256") != digest_of_text(content["manifest"]):
                raise BadBackup(f"{path} is damaged.")
            return Manifest.model_validate(content["manifest"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            kind = "of another version of Kluis" if isinstance(error, ValidationError) else "damaged"
            raise BadBackup(f"{path} is {kind}.") from None

    def objects(self, manifest: Manifest) -> dict[str, str]:
        """Return the digests of its objects by their keys. Raise BadBackup where the list is damaged."""
        path = self.folder / OBJECT_LIST
        require(path, manifest.object_list)
        pairs = (line.split("  ") for line in path.read_text().splitlines())
        return {key: digest for digest, key in pairs}

    def write_objects(self, digests: Mapping[str, str]) -> Written:
        """Write the list of its objects, as `sha256sum` reads it."""
        lines = (f"{digest}  {key}\n" for key, digest in sorted(digests.items()))
        return written(self.folder / OBJECT_LIST, lines)

    def finish(self, manifest: Manifest) -> None:
        """Make it a backup, from one moment to the next."""
        said = manifest.model_dump(mode="json")
        draft = self.folder / f"{MANIFEST}.new"
        written(draft, [json.dumps({"manifest": said, "sha256": digest_of_text(said)}, indent=1)])
        sync(self.folder)
        draft.rename(self.folder / MANIFEST)
        sync(self.folder)

    def remove(self) -> None:
        """Take it away, its manifest first: what is left of it is no backup."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.folder)


class Backups:
    """All backups in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def store(self) -> Path:
        """Return where the objects lie."""
        return self.folder / OBJECTS

    @contextmanager
    def held(self, *, to_write: bool) -> Generator[None]:
        """Keep others from writing while the block runs, and from reading too. Raise BadBackup."""
        try:
            if to_write:
                self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise BadBackup(f"{self.folder}: {error.strerror}.") from None
        try:
            self._claim(descriptor, fcntl.LOCK_EX if to_write else fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def _claim(self, descriptor: int, how: int) -> None:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadBackup(f"{self.folder}: a backup or a restore is under way there.") from None

    def whole(self) -> list[Backup]:
        """Return those that were made to their end, the newest last."""
        return [it for it in self._all() if it.is_whole]

    def begin(self, moment: datetime) -> Backup:
        """Return a new one, and clear away what others that were cut off have left."""
        for rest in self._all():
            if not rest.is_whole:
                rest.remove()
        backup = Backup(self.folder / moment.strftime(NAMED_BY))
        backup.folder.mkdir(mode=PRIVATE_FOLDER)
        sync(self.folder)
        return backup

    def chosen(self, name: str | None) -> Backup:
        """Return the backup of that name, or the newest one. Raise BadBackup when there is none."""
        found = [it for it in self.whole() if name in {None, it.name}]
        if not found:
            raise BadBackup(f"{self.folder} holds no whole backup{f' {name}' if name else ''}.")
        return found[-1]

    def known(self) -> dict[str, str]:
        """Return the digests of the objects of the newest backup; nothing where it can not be read."""
        try:
            newest = self.chosen(None)
            return newest.objects(newest.manifest())
        except BadBackup:
            return {}

    def keep(self, most: int) -> int:
        """Take all but the newest away, and the objects that none of these names; return how many backups."""
        whole = self.whole()
        old = whole[:-most]
        kept = {key for it in whole[-most:] for key in it.objects(it.manifest())}
        for backup in old:
            backup.remove()
        sync(self.folder)
        for path in self.store.glob("*/*/*"):
            if str(path.relative_to(self.store)) not in kept:
                path.unlink()
        return len(old)

    def require_whole(
        self, backup: Backup, manifest: Manifest, went_on: Callable[[int], object]
    ) -> dict[str, str]:
        """Return the digests of a backup's objects, having read all of it. Raise BadBackup."""
        require(backup.folder / DUMP, manifest.dump)
        digests = backup.objects(manifest)
        for key, digest in digests.items():
            if not KEY.fullmatch(key):
                raise BadBackup(f"{backup.folder / OBJECT_LIST} is damaged.")
            require(self.store / key, digest)
            went_on(1)
        return digests

    def _all(self) -> list[Backup]:
        found = (it for it in self.folder.iterdir() if it.is_dir() and it.name != OBJECTS)
        return [Backup(it) for it in sorted(found) if is_moment(it.name)]


def is_moment(name: str) -> bool:
    """Return whether a folder bears the name of a backup; what else lies there is somebody else's."""
    try:
        datetime.strptime(name, NAMED_BY)  # noqa: DTZ007  only whether it is one
    except ValueError:
        return False
    return True


def require(path: Path, wanted: Written | str) -> None:
    """Require that a file is as it was written. Raise BadBackup."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise BadBackup(f"{path} is missing.") from None
    except OSError as error:
        raise BadBackup(f"{path}: {error.strerror}.") from None
    if found != (wanted if isinstance(wanted, str) else wanted.sha256):
        raise BadBackup(f"{path} is damaged.")


def written(path: Path, texts: Iterable[str]) -> Written:
    """Write a private file that is durable; return what it is."""
    with os.fdopen(private(path), "w", encoding="utf-8") as file:
        file.writelines(texts)
        file.flush()
        os.fsync(file.fileno())
    return found_at(path)


def found_at(path: Path) -> Written:
    """Return what a file is now."""
    with path.open("rb") as file:
        return Written(byte_size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def private(path: Path) -> int:
    """Return the descriptor of a new file that nobody else can read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of_text(said: object) -> str:
    """Return the digest of what JSON can say, however it is written."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
