"""The sealer: chains events by hash some seconds after they are committed, and writes the heads elsewhere.

A transaction may commit long after it wrote an event. So each round looks 15 s back, which is longer than
nearly all of them last, and one in a minute as long as one may last. Both begin as much before the round that
was before them: nothing is left out when the clock is put forward, or when the database was away.
"""

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from core.clock import Clock
from resolvers import due
from resolvers.chain_checks import Head, heads_of
from resolvers.database import Database
from resolvers.sealing import seal
from server.rounds import Rounds

# In seconds.
BETWEEN_ROUNDS: Final = 5.0
MINUTE: Final = 60.0
FAR_EVERY: Final = 12
"""After so many rounds one looks far back, which is a minute."""
TO_THE_LOG: Final = "log"
MODE: Final = 0o600

log = logging.getLogger("kluis.audit")


class Sealer:
    """One of any number that may run beside each other: of two, one waits for the other."""

    def __init__(self, database: Database, clock: Clock, heads: str | None) -> None:
        """`heads` is the file that they are written to, or `log`; None: they are not."""
        self._database = database
        self._clock = clock
        self._heads = heads
        self._written: dict[UUID, int] = {}
        self._rounds = 0
        self._marks: tuple[UUID, UUID] | None = None
        """15 s, and a quarter of an hour, before the last whole round of either kind; at first none."""
        if heads == TO_THE_LOG:
            log.setLevel(logging.INFO)

    def rounds(self) -> list[Rounds]:
        """Return what is to go on."""
        written = [Rounds("writing heads of the audit trail", MINUTE, self.write_heads)]
        return [
            Rounds("sealing the audit trail", BETWEEN_ROUNDS, self.seal),
            *(written if self._heads else []),
        ]

    async def seal(self) -> int:
        """Seal what was committed in every licence; return how many events. The first round asks each."""
        now, (near, far) = self._clock.now(), await due.marks(self._database)
        is_far = self._rounds % FAR_EVERY == 0
        found = await self._due(near, far, is_far=is_far)
        sealed = sum([await seal(self._database, it, now) for it in found])
        self._marks = (near, far if is_far or self._marks is None else self._marks[1])
        self._rounds += 1
        return sealed

    async def _due(self, near: UUID, far: UUID, *, is_far: bool) -> Sequence[UUID]:
        """Return the licences that have something to seal."""
        if self._marks is None:
            return await self._database.licence_ids()
        # The lower of the two, where the clock was put back.
        after = min(far, self._marks[1]) if is_far else min(near, self._marks[0])
        return await due.with_events(self._database, after)

    async def write_heads(self) -> int:
        """Write the head of each chain that has grown; return how many."""
        found = await heads_of(self._database)
        grown = {key: it for key, it in found.items() if it.number > self._written.get(key, 0)}
        lines = [line_of(key, it, self._clock.now().isoformat()) for key, it in grown.items()]
        try:
            await self._write(lines)
        except OSError as error:
            log.warning("the heads of the audit trail can not be written: %s", error.strerror)
            return 0
        self._written |= {key: it.number for key, it in grown.items()}
        return len(lines)

    async def _write(self, lines: Sequence[str]) -> None:
        if self._heads == TO_THE_LOG:
            for line in lines:
                log.info("head %s", line)
        elif self._heads and lines:
            await asyncio.to_thread(append, Path(self._heads), lines)


def line_of(licence_id: UUID, head: Head, at: str) -> str:
    """Return the line that says where the chain of a licence ends."""
    said = {"at": at, "licence": str(licence_id), "number": head.number, "digest": head.digest.hex()}
    return json.dumps(said)


def append(path: Path, lines: Sequence[str]) -> None:
    """Write lines at the end of a file, each whole and durable. Raise OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, MODE)
    try:
        os.write(descriptor, "".join(f"{it}\n" for it in lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
