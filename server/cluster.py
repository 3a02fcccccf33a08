"""The embedded PostgreSQL's folder on disk: where its parts are, how it is made, whether it may be used."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from server import children

VERSION = "18"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes; a path that is longer does not fit into the kernel's sockaddr_un
LOG_LIMIT = 10 << 20  # bytes, looked at when the server starts


class NotStarted(Exception):
    """The embedded database does not run; the text says why in one line."""


@dataclass(frozen=True)
class Place:
    """The folders and files of one server."""

    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def fresh(self) -> Path:
        """Where the cluster is made before it gets its name: a half-made one is never taken for whole."""
        return self.folder / "cluster.new"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        return self.folder / "log"


class Postmaster(NamedTuple):
    """What postmaster.pid says about the server that wrote it."""

    pid: int
    sockets: str
    is_ready: bool


def postmaster(folder: Path) -> Postmaster | None:
    """Read postmaster.pid; None when there is none or it is cut off."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), "".join(lines[4:5]), [it.strip() for it in lines[7:8]] == ["ready"])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def make_private(folder: Path) -> None:
    """Make a folder that only this user can enter; raises NotStarted when it is someone else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotStarted(f"{folder} is a link, and must be a folder")
    if found.st_uid != os.geteuid():
        raise NotStarted(f"{folder} belongs to user {found.st_uid}, and this is user {os.geteuid()}")
    folder.chmod(0o700)


def clear_pid_file(folder: Path) -> None:
    """Remove a dead server's pid file; raises NotStarted when the server is not dead.

    Whoever holds the lock knows that no server of ours runs, but not that nobody started one by hand.
    PostgreSQL itself would stop at a number that is another program's now, or a dead child's.
    """
    left = postmaster(folder)
    if left and children.works_in(left.pid) == folder:
        raise NotStarted(f"{folder} is in use by PostgreSQL (process {left.pid}), which Kluis did not start")
    (folder / "postmaster.pid").unlink(missing_ok=True)


def prepare(place: Place, binaries: Path, prefix: Sequence[str], *, lock: int, sync: bool) -> None:
    """Make the cluster with its user and its database, or check the one that is there; raises NotStarted."""
    if place.cluster.exists():
        _require_version(place.cluster)
        return
    shutil.rmtree(place.fresh, ignore_errors=True)
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    access = ["--username=kluis", "--auth-local=trust", "--auth-host=reject", "--data-checksums"]
    waits = [] if sync else ["--no-sync"]
    _make([*prefix, str(binaries / "initdb"), f"--pgdata={place.fresh}", *locale, *access, *waits], lock)
    alone = [
        "--single",
        "-D",
        str(place.fresh),
        "-c",
        "exit_on_error=true",
        "-c",
        f"fsync={'on' if sync else 'off'}",
    ]
    _make([*prefix, str(binaries / "postgres"), *alone, "postgres"], lock, "CREATE DATABASE kluis\n")
    place.fresh.rename(place.cluster)
    if sync:
        _sync_folder(place.folder)


def choose_socket_folder(place: Place) -> Path:
    """A folder for the socket: beside the cluster, or in the temporary folder; raises NotStarted.

    A socket's path is short, and a comma or a colon in it would mean several servers or a port in a URL.
    """
    folder = place.folder / "run"
    if _is_unfit(folder):
        name = hashlib.sha256(os.fsencode(place.folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"kluis-{os.geteuid()}-{name}"
    if _is_unfit(folder):
        raise NotStarted(f"{folder} does not fit for a socket: set TMPDIR to a short path")
    make_private(folder)
    return folder


def clear_sockets(folder: Path) -> None:
    """Remove what a dead server left where the next one listens."""
    for left in (folder / SOCKET, folder / f"{SOCKET}.lock"):
        left.unlink(missing_ok=True)


def rotate(log: Path) -> None:
    """Put a large log aside, in the place of the one before."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.rename(log.with_name("log.before"))


def last_words(text: str) -> str:
    """The last line that tells why, without its time and number; else the last line."""
    lines = [it for it in text.splitlines() if it.strip()] or ["it gave no reason"]
    fatal = [it for it in lines if re.search("FATAL:|ERROR:|error:", it)]
    return re.split("FATAL:|ERROR:", (fatal or lines)[-1])[-1].strip()


def _require_version(folder: Path) -> None:
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise NotStarted(f"{folder} is not a database of PostgreSQL") from None
    if version != VERSION:
        raise NotStarted(
            f"{folder} is of PostgreSQL {version}, and this is PostgreSQL {VERSION}: dump and restore it"
        )


def _make(command: Sequence[str], lock: int, text: str = "") -> None:
    done = children.run(command, keep=lock, text=text)
    if done.returncode:
        raise NotStarted(f"the database folder could not be made: {last_words(done.stderr)}")


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _is_unfit(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) > SOCKET_PATH_LIMIT or bool(set(",:") & set(str(folder)))
