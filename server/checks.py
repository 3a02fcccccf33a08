"""What a server looks at before it calls itself ready: database, tables, store, mail, worker."""

from typing import Final

from mail.transport import SmtpTransport
from resolvers.ports import Ports
from server import migrations
from server.health import Check, Part, Unfit
from server.worker import Worker

# In seconds. The mail server is another's, who counts connections.
ONE: Final = 1.0
FIVE: Final = 5.0
TEN: Final = 10.0
THIRTY: Final = 30.0
LONGEST_LAG: Final = 60.0
"""How long a worker's round may have ended ago: one begins every five seconds."""
MAIL_PATIENCE: Final = 2.0


class Checks:
    """The looks of one server."""

    def __init__(self, ports: Ports, worker: Worker, smtp_url: str) -> None:
        self._ports = ports
        self._worker = worker
        self._mail = SmtpTransport(smtp_url, seconds=MAIL_PATIENCE)
        self._known = migrations.known()

    def all(self) -> list[Check]:
        """Return them, each with how long what it found counts."""
        return [
            Check(Part.DATABASE, self.database, every=ONE),
            Check(Part.MIGRATIONS, self.migrations, every=TEN),
            Check(Part.STORE, self.store, every=TEN),
            Check(Part.MAIL, self.mail, every=THIRTY, again=FIVE),
            Check(Part.WORKER, self.worker, every=ONE),
        ]

    async def database(self) -> None:
        """Require a database that takes changes. Raise AWAY, Unfit."""
        if not await self._ports.database.takes_changes():
            raise Unfit

    async def migrations(self) -> None:
        """Require the tables of this version, or of a newer one, which can be used too. Raise AWAY, Unfit."""
        if await self._ports.database.revision() in self._known.older:
            raise Unfit

    async def store(self) -> None:
        """Require a store that answers. Raise BaseError, OSError."""
        await self._ports.files.store.reach()

    async def mail(self) -> None:
        """Require a mail server that lets us in. Raise Undelivered."""
        await self._mail.reach()

    async def worker(self) -> None:
        """Require a worker that comes round. Raise Unfit."""
        if self._worker.lag() > LONGEST_LAG:
            raise Unfit
