"""pgbouncer, started for a test over the database of the run, in transaction mode."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest

from server.embedded import without_root
from tests.programs import WANTING

PATIENCE = 20
# One connection of the server's for all: whatever outlasts a transaction meets somebody else's.
CONFIGURATION = """
[databases]
{name} = host={folder} port=5432 user=kluis

[pgbouncer]
listen_addr =
unix_socket_dir = {place}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
server_reset_query =
logfile = {place}/log
pidfile =
"""


@contextmanager
def pooled(database_url: str, place: Path, *, connections: int = 1) -> Generator[str]:
    """Yield the address of a database behind a pgbouncer that has so many connections to it."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"{WANTING}pgbouncer")
    name = database_url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    folder = unquote(database_url.partition("?host=")[2])
    place.mkdir()
    told = place / "pgbouncer.ini"
    told.write_text(CONFIGURATION.format(name=name, folder=folder, place=place, connections=connections))
    # It refuses to be root too.
    running = subprocess.Popen([*without_root(os.geteuid()), program, "--quiet", str(told)])
    try:
        until_there(place / ".s.PGSQL.6432", running)
        yield f"postgresql+asyncpg://kluis@/{name}?host={place}&port=6432"
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(PATIENCE)


def until_there(path: Path, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
