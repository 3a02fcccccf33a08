"""The caretaker: what goes on beside the answers in every licence, round after round."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from core.clock import Clock, SystemClock
from resolvers import due
from resolvers.feed import remove_old
from resolvers.orphans import end_uploads, sweep_orphans
from resolvers.ports import Ports
from resolvers.purging import purge
from resolvers.scrubbing import EVERY, scrub
from resolvers.searching import search
from resolvers.sweeping import sweep
from server.rounds import LEFT_TO_OTHERS, Rounds

# In seconds.
MINUTES: Final = 60.0
DAY: Final = 24 * 60 * MINUTES
SEARCHING: Final = 30.0
SCRUBBED_A_ROUND: Final = 2 << 30
"""Bytes read again in five minutes, at most: 17 TiB in thirty days, and a store that is not busy with it."""
SYSTEM: Final = SystemClock()


class Caretaker:
    """One of any number: they pass by what another one holds."""

    def __init__(self, ports: Ports, own: Clock = SYSTEM) -> None:
        self._ports = ports
        self._own = own

    def rounds(self) -> list[Rounds]:
        """Return all that is to go on."""
        return [
            Rounds("sweeping", 5 * MINUTES, self.sweep, left_to_others=LEFT_TO_OTHERS),
            Rounds("reading files again", 5 * MINUTES, self.scrub),
            Rounds("looking for objects without a row", DAY, self.sweep_orphans),
            *([Rounds("searching for malware", SEARCHING, self.search)] if self._ports.scanner else []),
        ]

    async def sweep(self) -> int:
        """Take away what has ended by itself, and what was deleted long ago; return how much it was."""
        return await self._in_every_licence(
            lambda licence_id, now: sweep(self._ports.database, licence_id, now),
            lambda licence_id, now: remove_old(self._ports.database, licence_id, now),
            lambda licence_id, now: end_uploads(self._ports, licence_id, now),
            lambda licence_id, now: purge(self._ports, licence_id, now),
        )

    async def sweep_orphans(self) -> int:
        """Take away the objects that no row names; return how many."""
        return await self._in_every_licence(
            lambda licence_id, now: sweep_orphans(self._ports, licence_id, now)
        )

    async def scrub(self) -> int:
        """Read files again whose time it is, a part of them each round; return how many bytes."""
        read, now = 0, self._ports.clock.now()
        for licence_id in await self._ports.database.licence_ids():
            async for row, _ in scrub(self._ports, licence_id, until=now - EVERY, now=now):
                read += row.byte_size
                if read > SCRUBBED_A_ROUND:
                    return read
        return read

    async def search(self) -> int:
        """Search files that wait for it; return how many got an answer."""
        scanner = self._ports.scanner
        if scanner is None:
            return 0
        now = self._ports.clock.now()
        found = await due.with_files(self._ports.database, now)
        return sum([await search(self._ports, scanner, it, now) for it in found])

    async def _in_every_licence(self, *works: Callable[[UUID, datetime], Awaitable[int]]) -> int:
        licence_ids: Sequence[UUID] = await self._ports.database.licence_ids()
        # A clock that is ahead must not make anything so old that it is taken away: two would have to be, the
        # database's, by which programs live, and this machine's.
        now = min(self._ports.clock.now(), self._own.now())
        return sum([await work(it, now) for it in licence_ids for work in works])
