"""PostgreSQL's own programs that write a database into a file, and bring it back."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url

from server import children, cluster
from server.cluster import NotStarted
from server.embedded import binaries
from server.running import CannotRun

WORDS_KEPT: Final = 20
"""Lines of what a program said, among which is why it failed."""
TABLE: Final = re.compile(rb"(dumping contents of|processing data for) table ")
# What is in the way of others for longer than that is a migration: the backup comes later.
PATIENCE: Final = "60s"
# PostgreSQL's own names for what our address calls otherwise.
SAID_BY: Final = {
    "ssl": "PGSSLMODE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


class Place:
    """A database as PostgreSQL's programs reach it; what they must know is in no command, for all to see."""

    def __init__(self, url: str, *, is_embedded: bool) -> None:
        self._is_embedded = is_embedded
        self.environment = children.environment() | variables(url)

    def program(self, name: str) -> str:
        """Return the path of a program that is at least of our version of PostgreSQL. Raise NotStarted.

        Those of the package know no TLS: for a server of one's own, those that are installed come first.
        """
        found = None if self._is_embedded else shutil.which(name)
        if found and version_of(found) >= int(cluster.VERSION):
            return found
        try:
            return str(binaries() / name)
        except NotStarted:
            raise NotStarted(f"no {name} of PostgreSQL {cluster.VERSION} is installed here") from None


def variables(url: str) -> dict[str, str]:
    """Return what PostgreSQL's programs read of their environment for an address of ours."""
    address = make_url(url)
    said = {SAID_BY[name]: str(it) for name, it in address.query.items() if name in SAID_BY}
    hosts = address.query.get("host", address.host or "")
    pairs = [pair_of(it) for it in ([hosts] if isinstance(hosts, str) else hosts)]
    port = str(address.query.get("port", address.port or ""))
    found = {
        "PGHOST": ",".join(host for host, _ in pairs),
        "PGPORT": ",".join(own for _, own in pairs) if any(own for _, own in pairs) else port,
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
        "PGAPPNAME": "kluis",
    }
    return {name: str(it) for name, it in found.items() if it} | said


def pair_of(host: str) -> tuple[str, str]:
    """Return a host and its port; a folder, of a socket, has none."""
    name, _, port = host.rpartition(":")
    return (name, port) if name and port.isdigit() and not host.startswith("/") else (host, "")


def version_of(program: str) -> int:
    """Return the major version of one of PostgreSQL's programs; 0 when it does not run."""
    found = re.search(r"\b(\d+)\.\d", children.run([program, "--version"]).stdout)
    return int(found[1]) if found else 0


async def dump(place: Place, snapshot: str, file: Path, went_on: Callable[[int], object]) -> None:
    """Write what a snapshot of a database holds into a new file. Raise CannotRun, NotStarted."""
    options = [f"--snapshot={snapshot}", "--format=custom", "--verbose", f"--lock-wait-timeout={PATIENCE}"]
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        reason = await finished([place.program("pg_dump"), *options], place, descriptor, went_on)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if reason:
        raise CannotRun(f"The database could not be dumped: {reason}")


async def bring_back(place: Place, file: Path, closing: str, went_on: Callable[[int], object]) -> None:
    """Bring a dump into an empty database in one transaction, with what is to be done before it is closed.

    `closing` are statements that are carried out while no policy and no key stands yet. Raise CannotRun,
    NotStarted; then nothing is there.
    """
    read, write = os.pipe()
    command = [place.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    async with started(command, place, stdin=read, stdout=asyncio.subprocess.DEVNULL) as psql:
        os.close(read)
        told = asyncio.create_task(words_of(psql, lambda _: None))
        try:
            reason = await fed(place, file, closing, write, went_on)
        finally:
            # Without a COMMIT at its end nothing of it stays.
            os.close(write)
        why, status = await told, await psql.wait()
    if status or reason:
        # Why psql ended is why whoever wrote to it could not go on.
        because = cluster.last_words(why) if status else reason
        raise CannotRun(f"The database could not be restored: {because}")


async def fed(
    place: Place, file: Path, closing: str, pipe: int, went_on: Callable[[int], object]
) -> str | None:
    """Write a whole restore into a pipe; return why it ended early, if it did."""
    restore = [place.program("pg_restore"), "--no-owner", "--verbose", "--file=-"]
    try:
        await said(pipe, OPENING)
        reason = await finished(
            [*restore, "--section=pre-data", "--section=data", str(file)], place, pipe, went_on
        )
        if not reason:
            await said(pipe, closing)
            reason = await finished([*restore, "--section=post-data", str(file)], place, pipe, went_on)
        if not reason:
            await said(pipe, CLOSING)
    except BrokenPipeError:
        return "it was cut off"
    return reason


# Roles belong to the whole cluster, and are in no dump: the first migrations make this one in the same way.
OPENING: Final = """
BEGIN;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kluis_app') THEN
    CREATE ROLE kluis_app NOLOGIN;
  END IF;
END $$;
GRANT kluis_app TO CURRENT_USER;
"""
CLOSING: Final = "ANALYZE;\nCOMMIT;\n"


async def said(pipe: int, text: str) -> None:
    """Write all of a text into a pipe, which takes it when its reader does."""
    rest = memoryview(text.encode())
    while rest:
        rest = rest[await asyncio.to_thread(os.write, pipe, rest) :]


async def finished(
    command: Sequence[str], place: Place, output: int, went_on: Callable[[int], object]
) -> str | None:
    """Run a program to its end, which writes to a descriptor; return why it failed, None when it did not."""
    async with started(command, place, stdin=asyncio.subprocess.DEVNULL, stdout=output) as program:
        words = await words_of(program, went_on)
        return cluster.last_words(words) if await program.wait() else None


@asynccontextmanager
async def started(
    command: Sequence[str], place: Place, **streams: Any
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run a program while the block runs, at the most."""
    program = await asyncio.create_subprocess_exec(
        *children.launched(command), env=place.environment, stderr=asyncio.subprocess.PIPE, **streams
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def words_of(program: asyncio.subprocess.Process, went_on: Callable[[int], object]) -> str:
    """Return the last lines that a program said; `went_on` is told of each table that it came to."""
    words: list[str] = []
    assert program.stderr is not None
    async for line in program.stderr:
        if TABLE.search(line):
            went_on(1)
        words = [*words[1 - WORDS_KEPT :], line.decode(errors="replace")]
    return "".join(words)
