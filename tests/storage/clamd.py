"""A real clamd for tests, which knows one signature: that of the EICAR test file, which harms nobody."""

import shutil
import socket
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from server import children
from tests.programs import WANTING

# In two pieces, so that no scanner takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGE = 1 << 30
PATIENCE = 30
"""Seconds in which it must be there."""

CONFIGURATION = """
Foreground yes
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}
LocalSocket {folder}/socket
LocalSocketMode 600
TCPAddr 127.0.0.1
TCPSocket {port}
StreamMaxLength {longest}
MaxScanSize {large}
MaxFileSize {large}
AlertExceedsMax yes
"""


class Address(NamedTuple):
    """Where a clamd listens, as the product is told it."""

    unix: str
    tcp: str


@pytest.fixture(scope="session")
def clamd() -> Generator[Address]:
    """The clamd of this process."""
    with running(longest=LARGE) as address:
        yield address


@contextmanager
def running(*, longest: int) -> Generator[Address]:
    """Run a clamd that takes streams of so many bytes; its folder has a short path, because of its socket."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip(f"{WANTING}clamd")
    with tempfile.TemporaryDirectory(prefix="kluis-clamd-") as name:
        folder = Path(name)
        port = configure(folder, longest)
        with (folder / "log").open("ab") as log:
            child = children.start(
                [program, f"--config-file={folder}/configuration"], keep=log.fileno(), log=folder / "log"
            )
        try:
            wait_for(port, folder)
            yield Address(f"unix://{folder}/socket", f"tcp://127.0.0.1:{port}")
        finally:
            children.stop(child, patience=PATIENCE)


def configure(folder: Path, longest: int) -> int:
    """Write a database and a configuration; return the port that it will listen at."""
    (folder / "database").mkdir()
    (folder / "database" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    text = CONFIGURATION.format(folder=folder, port=port, longest=longest, large=LARGE)
    (folder / "configuration").write_text(text)
    return port


def wait_for(port: int, folder: Path) -> None:
    """Return when both addresses take connections."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            with socket.socket(socket.AF_UNIX) as local:
                local.connect(f"{folder}/socket")
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"clamd did not start: {(folder / 'log').read_text()}") from None
            time.sleep(0.02)
        else:
            return
