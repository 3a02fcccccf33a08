"""The switchboard of a server: what is new in the feeds is read once, and put on the lines it may concern."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import select

from core.errors import BeginAnew
from core.viewer import Viewer
from models import Feed
from models.tables import LICENCE, AnyRow
from permissions.access import PRINCIPALS, READERS
from permissions.feed import may_be_told
from permissions.told import told_of
from resolvers.changes import ENTRIES
from resolvers.database import Database
from resolvers.fetching import fetched

READ_AT_ONCE: Final = 500
# Entries that wait on a line whose reader is slow; they are shared by all lines.
MOST_WAITING: Final = 1_000
TAKEN_AT_ONCE: Final = 16
HEAD: Final = select(Feed.numbered_up_to).where(Feed.licence_id == LICENCE)


class Stopping(Exception):
    """The server stops: whoever listens comes back, to this one or to another."""


class Line:
    """What waits for one subscriber until it is taken."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.principals: frozenset[UUID] = frozenset({viewer.account_id, *told_of(viewer)[PRINCIPALS.key]})
        self._waiting: deque[AnyRow] = deque()
        self._rung = asyncio.Event()
        self._is_cut: Exception | None = None

    def put(self, entry: AnyRow) -> None:
        """Let an entry wait. Where too many do, the subscriber is told so in place of all of them."""
        if len(self._waiting) >= MOST_WAITING:
            self.cut(BeginAnew())
        elif self._is_cut is None:
            self._waiting.append(entry)
            self._rung.set()

    def ring(self) -> None:
        """Let the subscriber look at once whether he may still listen."""
        self._rung.set()

    def cut(self, reason: Exception) -> None:
        """End the line: what waits on it is let go, and `reason` is raised where it is taken."""
        self._is_cut = self._is_cut or reason
        self._waiting.clear()
        self._rung.set()

    async def take(self, within: float) -> list[AnyRow] | None:
        """Return the first that wait; none when the line only rang; None: nothing, for so many seconds.

        Raise BeginAnew, Stopping.
        """
        try:
            async with asyncio.timeout(within):
                await self._rung.wait()
        except TimeoutError:
            return None
        if self._is_cut:
            raise self._is_cut
        taken = [self._waiting.popleft() for _ in range(min(TAKEN_AT_ONCE, len(self._waiting)))]
        if not self._waiting:
            self._rung.clear()
        return taken


@dataclass(slots=True, eq=False)
class Exchange:
    """The lines of one licence, and how far its feed was read for them."""

    licence_id: UUID
    read_up_to: int
    lines: set[Line] = field(default_factory=set[Line])
    by_principal: defaultdict[UUID, set[Line]] = field(default_factory=lambda: defaultdict(set))

    def add(self, line: Line) -> None:
        self.lines.add(line)
        for it in line.principals:
            self.by_principal[it].add(line)

    def remove(self, line: Line) -> None:
        self.lines.discard(line)
        for it in line.principals:
            self.by_principal[it].discard(line)
            if not self.by_principal[it]:
                del self.by_principal[it]

    def of(self, principals: Collection[UUID]) -> set[Line]:
        """Return the lines of these principals."""
        return set[Line]().union(*(self.by_principal[it] for it in principals if it in self.by_principal))

    def put(self, entry: AnyRow, readers: Collection[UUID]) -> None:
        """Put an entry on the lines that it may concern; what it is to each is found out there.

        Whoever was put into a group, or taken out of one, sees other things than before.
        """
        if entry.subject == "Account":
            for line in self.of([entry.subject_id]):
                line.cut(BeginAnew())
        if entry.subject == "Document":
            for line in self.of({*readers, *(entry.principals or ())}):
                if may_be_told(line.viewer, entry):
                    line.put(entry)


class Switchboard:
    """All lines of one server process."""

    def __init__(
        self, database: Database, heard: Callable[[Sequence[AnyRow]], None] = lambda _: None
    ) -> None:
        self.database = database
        self._heard = heard
        self._exchanges: dict[UUID, Exchange] = {}
        # In their order, so that a busy licence keeps no other waiting.
        self._asked: dict[UUID, None] = {}
        self._woken = asyncio.Event()
        self._is_closed = False

    @contextmanager
    def line(self, viewer: Viewer, up_to: int) -> Generator[Line]:
        """Yield a line for somebody who has seen all up to a number of the feed. Raise Stopping."""
        if self._is_closed:
            raise Stopping
        found = self._exchanges.setdefault(viewer.licence_id, Exchange(viewer.licence_id, up_to))
        # Nobody may have been listening since he saw that.
        self._ask(viewer.licence_id)
        line = Line(viewer)
        found.add(line)
        try:
            yield line
        finally:
            found.remove(line)
            if not found.lines:
                del self._exchanges[viewer.licence_id]

    def hear(self, heard: str) -> None:
        """Take in what was notified: a licence, whose feed has new numbers, or with it an account."""
        licence_id, _, account_id = heard.partition(" ")
        exchange = self._exchanges.get(UUID(licence_id))
        if exchange is None:
            return
        if account_id:
            for line in exchange.of([UUID(account_id)]):
                line.ring()
        else:
            self._ask(exchange.licence_id)

    def begin_to_hear(self) -> None:
        """Look at everything: nobody knows what was notified until now."""
        for exchange in self._exchanges.values():
            self._ask(exchange.licence_id)
            for line in exchange.lines:
                line.ring()

    def close(self) -> None:
        """End all lines, and open none any more: the server stops."""
        self._is_closed = True
        for exchange in self._exchanges.values():
            for line in exchange.lines:
                line.cut(Stopping())

    async def wait(self, within: float) -> None:
        """Return when a feed has something new, or after so many seconds, when all are looked at."""
        try:
            async with asyncio.timeout(within):
                await self._woken.wait()
        except TimeoutError:
            self._asked.update(dict.fromkeys(self._exchanges))

    async def read_on(self) -> None:
        """Read what is new in the feeds of which something was heard. Raise AWAY, TookTooLong.

        What could not be read is read the next time.
        """
        while self._asked:
            licence_id = next(iter(self._asked))
            del self._asked[licence_id]
            exchange = self._exchanges.get(licence_id)
            try:
                if exchange and await self._read_some(exchange) == READ_AT_ONCE:
                    self._asked[licence_id] = None
            except BaseException:
                self._asked[licence_id] = None
                raise
        self._woken.clear()

    def _ask(self, licence_id: UUID) -> None:
        self._asked[licence_id] = None
        self._woken.set()

    async def _read_some(self, exchange: Exchange) -> int:
        """Put the next entries of a licence on its lines; return how many there were."""
        licence = {"licence": exchange.licence_id}
        async with self.database.snapshot(exchange.licence_id) as connection:
            after = {"after_number": exchange.read_up_to, "at_most": READ_AT_ONCE}
            entries = await fetched(connection, ENTRIES, licence | after)
            ids = list({it.subject_id for it in entries if it.subject == "Document"})
            found = await fetched(connection, READERS, licence | {"ids": ids}) if ids else ()
        readers = {it.document_id: it.principals for it in found}
        self._put(exchange, entries, readers)
        self._heard(entries)
        return len(entries)

    def _put(
        self, exchange: Exchange, entries: Sequence[AnyRow], readers: dict[UUID, Sequence[UUID]]
    ) -> None:
        for entry in entries:
            if entry.number != exchange.read_up_to + 1:
                # Numbers have no gaps: what lay between is not kept any more.
                for line in exchange.lines:
                    line.cut(BeginAnew())
            exchange.read_up_to = entry.number
            exchange.put(entry, readers.get(entry.subject_id, ()))
