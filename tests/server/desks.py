"""Desks: a firm with an outbox and a worker, for the tests of the worker."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from mail.transport import SmtpTransport, Transport
from models import Letter
from resolvers.database import Database
from resolvers.ports import Ports
from server.house import secret_opener
from server.postman import Postman
from server.scribe import Scribe
from server.worker import Worker
from tests.conftest import SetClock
from tests.mail.correspondents import PORTAL, SENDER, found, kept
from tests.mail.correspondents import queue as queued

PASSWORD = "ab2c-d3ef-gh4j-kmnpq"


def seal(licence_id: UUID, letter_id: UUID) -> bytes:
    return licence_id.bytes + letter_id.bytes


def open_secret(licence_id: UUID, letter_id: UUID, sealed: bytes) -> str:
    """Open what `seal` closed, and only for the letter that it was closed for."""
    if sealed != seal(licence_id, letter_id):
        raise LookupError(PASSWORD)
    return PASSWORD


def postman(database: Database, clock: SetClock, *transports: Transport) -> Postman:
    """Return a postman with these ways to the mail server."""
    return Postman(database, transports, clock, Scribe(open_secret, SENDER, PORTAL).write)


def worker_of(ports: Ports, url: str) -> Worker:
    """Return a worker of the installation that has these ports, on a mail server."""
    scribe = Scribe(secret_opener(ports.keys), SENDER, PORTAL)
    return Worker(ports.database, Postman(ports.database, [SmtpTransport(url)], ports.clock, scribe.write))


class Desk:
    """A firm with an outbox, and a worker on some mail server."""

    def __init__(self, database: Database, clock: SetClock, url: str, licence_id: UUID) -> None:
        self.database = database
        self.clock = clock
        self.licence_id = licence_id
        self.postman = postman(database, clock, SmtpTransport(url))
        self.worker = Worker(database, self.postman)

    async def queue(self, **columns: Any) -> UUID:
        now = self.clock.now()
        return await queued(self.database, self.licence_id, **{"queued_at": now, "due_at": now, **columns})

    async def letter(self, letter_id: UUID) -> Letter:
        return await found(self.database, self.licence_id, letter_id)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self.worker.run())
        try:
            yield
            assert not task.done()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until_kept(folder: Path, number: int) -> list[EmailMessage]:
    """Wait for so many mails to arrive."""
    async with asyncio.timeout(60):
        while len(list(folder.glob("*.eml"))) < number:  # noqa: ASYNC110, ASYNC240  a file tells nobody
            await asyncio.sleep(0.02)
    return kept(folder)
