"""Health: whether requests should come to this server; strangers are told yes or no, and the log why."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mail.transport import Undelivered
from server.rounds import TROUBLES

# In seconds.
PATIENCE: Final = 2.0
HEADERS: Final = {"Cache-Control": "no-store"}

log = logging.getLogger("kluis.health")


class Part(StrEnum):
    """What is looked at, by the names that the settings and the log have for it."""

    DATABASE = "database"
    MIGRATIONS = "migrations"
    STORE = "store"
    MAIL = "mail"
    WORKER = "worker"


class Unfit(Exception):
    """What was looked at answers, and is not as it must be."""


class Check(NamedTuple):
    """Something that requests need, or that must go on beside them."""

    part: Part
    look: Callable[[], Awaitable[None]]
    """Raises one of TROUBLES, Undelivered or Unfit."""
    every: float
    """In seconds: that all is well counts as long, however often somebody asks."""
    again: float = 1.0
    """In seconds: the same of what is not well, so that requests come back soon after its end."""


class Health:
    """Of one server; whoever asks, and how often, costs a look of each kind at most every so many seconds."""

    def __init__(self, checks: Sequence[Check] = (), *, without: Collection[Part] = ()) -> None:
        self._checks = checks
        self._without = frozenset(without)
        self._due = dict.fromkeys((it.part for it in checks), 0.0)
        self._troubles: dict[Part, str] = {}
        self._told = ""
        self._looking = asyncio.Lock()
        self._stops = False

    def stop(self) -> None:
        """Want no more requests, from now on."""
        self._stops = True

    @property
    def is_ready(self) -> bool:
        """Tell whether requests should come, as far as was looked."""
        return not self._stops and self._troubles.keys() <= self._without

    @property
    def wanting(self) -> Collection[Part]:
        """Return what was not well when it was last looked at."""
        return self._troubles.keys()

    async def look(self) -> bool:
        """Return whether requests should come; only what is due is looked at."""
        async with self._looking:
            now = time.monotonic()
            await asyncio.gather(*(self._look(it, now) for it in self._checks if now >= self._due[it.part]))
        self._tell()
        return self.is_ready

    async def _look(self, check: Check, now: float) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await check.look()
        except (*TROUBLES, Undelivered, Unfit) as trouble:
            # The kind alone: a database's error can quote what was written.
            self._troubles[check.part] = type(trouble).__name__
            self._due[check.part] = now + check.again
        else:
            self._troubles.pop(check.part, None)
            self._due[check.part] = now + check.every

    def _tell(self) -> None:
        """Log what is not well, once until it is another."""
        found = ", ".join(f"{part} ({kind})" for part, kind in sorted(self._troubles.items()))
        if found != self._told:
            log.warning("not well: %s", found) if found else log.warning("all is well again")
        self._told = found

    async def live(self, _: Request) -> Response:
        """Say that the program answers."""
        return JSONResponse({"status": "live"}, headers=HEADERS)

    async def ready(self, _: Request) -> Response:
        """Say whether requests should come."""
        if await self.look():
            return JSONResponse({"status": "ready"}, headers=HEADERS)
        return JSONResponse({"status": "not ready"}, status_code=503, headers=HEADERS)
