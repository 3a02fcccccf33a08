"""The sink: a mail server on this machine that keeps what it gets as files, for the demo and for tests."""

import asyncio
import logging
import os
import re
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from core.clock import Clock, SystemClock

HOST = "127.0.0.1"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
LONGEST_NAME = 100

# Below this level the library logs what is said to it; at DEBUG every line of a letter, with its password.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Sink:
    """A mail server in the running event loop: `async with Sink(folder) as url` gives the address to send to.

    Each message becomes `<time>-<recipient>-<n>.eml`, there at once and whole, for the owner's eyes only.
    """

    def __init__(self, folder: Path, *, port: int = 0, clock: Clock | None = None) -> None:
        self._folder = folder
        self._port = port
        self._clock = clock or SystemClock()
        self._server: asyncio.Server | None = None
        self._talks: WeakSet[SMTP] = WeakSet()

    async def __aenter__(self) -> str:
        self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._talk, HOST, self._port)
        port = self._server.sockets[0].getsockname()[1]
        return f"smtp://{HOST}:{port}?starttls=off"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:  # pragma: no branch  it was opened by __aenter__
            self._server.close()
            for talk in list(self._talks):
                if talk.transport is not None:
                    talk.transport.close()
            await self._server.wait_closed()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Keep the message once for each of its recipients; return the answer to the client."""
        content = envelope.content
        try:
            for recipient in envelope.rcpt_tos:
                keep(self._folder, self._stem(recipient), content if isinstance(content, bytes) else b"")
        except OSError as trouble:
            # Whoever sent it keeps it, and comes again (RFC 3463, 4.3.1).
            return f"452 4.3.1 Not kept: {trouble.strerror}"
        return "250 Kept"

    def _talk(self) -> SMTP:
        talk = SMTP(self, hostname="localhost", ident="Kluis sink", loop=asyncio.get_running_loop())
        self._talks.add(talk)
        return talk

    def _stem(self, recipient: str) -> str:
        when = self._clock.now().strftime("%Y%m%dT%H%M%S")
        return f"{when}-{safe_name(recipient)}"


def safe_name(recipient: str) -> str:
    """Return the recipient as a part of a file name: never a separator, never a leading dot."""
    return re.sub(r"[^A-Za-z0-9@._+-]", "_", recipient).lstrip(".")[:LONGEST_NAME]


def keep(folder: Path, stem: str, content: bytes) -> Path:
    """Write a message under the first free number and return its path; nothing is ever overwritten."""
    unfinished = folder / f".{os.getpid()}-{id(content)}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        return linked(unfinished, folder, stem)
    finally:
        unfinished.unlink()


def linked(unfinished: Path, folder: Path, stem: str) -> Path:
    """Give the file its name; unlike a rename, a link refuses a name that is taken."""
    number = 1
    while True:
        path = folder / f"{stem}-{number}.eml"
        with suppress(FileExistsError):
            path.hardlink_to(unfinished)
            return path
        number += 1
