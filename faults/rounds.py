"""One fault: a firm at work, what is done to its vault time and again, and what was left of the promises."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final

import httpx

from demo.world import ROLES
from faults.causes import Cause
from faults.checking import Findings, check, letters_in
from faults.ledger import Ledger
from faults.proxy import Proxy
from faults.stand import SERVERS, Stand, is_ready
from faults.traffic import KINDS, PATIENCE, Person

# In seconds.
AT_WORK: Final = 3.0
"""How long the firm works undisturbed before each round."""
READY_EVERY: Final = 0.5
GIVEN_UP_AFTER: Final = 60.0
LOOKS_EVERY: Final = 0.2
# Each asks a server of his own, as long as that answers.
PEOPLE: Final = (("administrator", 0), ("advisor", 1), ("client", 0), ("client", 1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some rounds of a fault came to; times are in seconds."""

    name: str
    rounds: int
    uploads: int
    grants: int
    letters: int
    gaps: Sequence[float]
    """The longest time in each round in which nothing was acknowledged."""
    recoveries: Sequence[float]
    """How long after the cause's end each server did everything again, and a letter came; inf for never."""
    refusals: dict[str, int]
    findings: Findings


class Balancer:
    """What spreads requests over servers: it looks time and again which of them want any."""

    def __init__(self, stand: Stand, http: httpx.AsyncClient) -> None:
        self.http = http
        self.ready: set[str] = set(SERVERS)
        self._addresses = stand.addresses

    async def look(self) -> None:
        """Look until cancelled."""
        while True:
            for name, address in self._addresses.items():
                (self.ready.add if await is_ready(self.http, address) else self.ready.discard)(name)
            await asyncio.sleep(READY_EVERY)


async def rounds_of(name: str, stand: Stand, network: Proxy, cause: Cause, count: int) -> Outcome:
    """Make a fault so often, while a firm works; return what became of its work. Raise traffic.Broken."""
    ledger = Ledger()
    gaps, recoveries = list[float](), list[float]()
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        balancer = Balancer(stand, http)
        people = [person(stand, ledger, balancer, it) for it in range(len(PEOPLE))]
        async with at_work(people, balancer):
            for _ in range(count):
                await asyncio.sleep(AT_WORK)
                began = time.monotonic()
                await cause(stand, network)
                recoveries.append(await recovery(stand, ledger, time.monotonic()))
                gaps.append(ledger.longest_gap(began, time.monotonic()))
        findings = await check(stand, ledger, {it.username: it for it in people})
    return Outcome(
        name,
        count,
        len(ledger.uploads),
        len(ledger.grants),
        sum(ledger.letters.values()),
        gaps,
        recoveries,
        dict(sorted(ledger.refusals.items())),
        findings,
    )


@asynccontextmanager
async def at_work(people: Sequence[Person], balancer: Balancer) -> AsyncGenerator[None]:
    """Let the firm work while the block runs; what was begun is finished then. Raise traffic.Broken."""
    looking = asyncio.create_task(balancer.look())
    async with asyncio.TaskGroup() as group:
        for it in people:
            group.create_task(it.works())
        yield
        for it in people:
            it.is_told.set()
    looking.cancel()


def person(stand: Stand, ledger: Ledger, balancer: Balancer, number: int) -> Person:
    """Return one of those who work, with a server of his own first."""
    role, own = PEOPLE[number]
    names = SERVERS[own:] + SERVERS[:own]
    addresses = {name: stand.addresses[name] for name in names}
    name, dice = f"{role}-{number}", Random(number)  # noqa: S311  dice
    return Person(ROLES[role], name, addresses, balancer.ready, ledger, balancer.http, dice)


async def recovery(stand: Stand, ledger: Ledger, ended: float) -> float:
    """Return after how many seconds everything went on, on every server, and a letter promised since came."""
    wall = time.time() - (time.monotonic() - ended)
    until = ended + GIVEN_UP_AFTER
    while time.monotonic() < until:
        done = ledger.recovered(ended, SERVERS, KINDS)
        since = {address for address, moment in ledger.promised_at.items() if moment > wall}
        if done is not None and since & letters_in(stand.mail).keys():
            return time.monotonic() - ended
        await asyncio.sleep(LOOKS_EVERY)
    return float("inf")
