"""Whoever can not come in is not told why: neither by what is answered nor by how long it takes (ASVS 6.3.8).

Times are compared with one another and never with a clock's: of two kinds of tries it is asked how likely one
of the first takes longer than one of the others.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from argon2 import PasswordHasher

from auth.passwords import Passwords
from models import Account
from tests.api import Api
from tests.conftest import SetClock
from tests.http.asking import behind
from tests.journeys.caring import does, joins
from tests.journeys.invited import mail_links, mailed
from tests.journeys.overlap import ADDRESSES, UNTIL_TRIES_ARE_BACK, Door, Telling, Try, overlap
from tests.journeys.rows import set_values
from tests.journeys.test_first_secrets import is_invited
from tests.statements import counting
from tests.world import PASSWORD

pytestmark = pytest.mark.at_length

WRONG: Final = "not the password"
ORDINARY: Final = ("ordinary", "ordinary too")
WITHOUT_HASH: Final = ("unknown", "misspelt", "blocked", "expired", "invited by a link")
AT_HOME: Final = "where he signed in before"
OLDER: Final = "of an older hash"
# A comparison takes 7 ms with today's parameters, and less than half a millisecond with those of before.
MEMORY: Final = 16384
MEMORY_BEFORE: Final = 1024
# Where nothing tells n tries from 2n ordinary ones, their overlap strays from a half by sqrt((3n + 1) / 24)
# / n, which is 0.0177 for n = 400. To fail is to be off by 0.08 then too, 4.5 times that: less than 1 in
# 10,000 for all kinds together. What slows the machine for a while falls on all alike, as each round has
# them all. A look before can only end the test well; who overlaps by 0.7 in truth is overlooked by it in 1
# of 2,000 runs.
LOOKS: Final = 4
A_LOOK: Final = 100
ENOUGH_TO_SEE: Final = 60


class WithoutWork(Passwords):
    """Lets who has no hash go at once."""

    async def verify(self, encoded: str | None, password: str) -> bool:
        return encoded is not None and await super().verify(encoded, password)


async def prepare(api: Api, clock: SetClock, hasher: Telling) -> dict[str, Try]:
    """Let everybody have a reason of his own not to come in; return what each of them types."""
    older = PasswordHasher(time_cost=1, memory_cost=MEMORY_BEFORE, parallelism=1).hash(PASSWORD)
    for name in ("gust", "hanne", "ivo", "jan"):
        await joins(api, name)
    for name, account in api.world.accounts.items():
        kept = older if name == "ivo" else hasher.hash(PASSWORD)
        await set_values(api, Account, account.id, password_hash=kept)
    await does(api, "arthur", "blockAccount", "gust")
    await does(api, "arthur", "resetPassword", "hanne")
    first_password = await mailed(api, "password_reset")
    clock.advance(timedelta(days=5))
    api.tokens.clear()
    await mail_links(api)
    await is_invited(api)
    return {
        "ordinary": Try("bert@callewaert.example", WRONG),
        "ordinary too": Try("carla@verlinden.example", WRONG),
        "another": Try("dirk@schyns.example", WRONG),
        "unknown": Try("nobody@callewaert.example", WRONG),
        "misspelt": Try("bret@callewaert.example", PASSWORD),
        "blocked": Try("gust@de-linde.example", PASSWORD),
        "expired": Try("hanne@de-linde.example", first_password),
        "invited by a link": Try("femke@dupont.example", WRONG),
        OLDER: Try("ivo@de-linde.example", WRONG),
        AT_HOME: Try("jan@de-linde.example", WRONG),
    }


@asynccontextmanager
async def opened(
    api: Api, clock: SetClock, make: Callable[[PasswordHasher], Passwords]
) -> AsyncGenerator[Door]:
    """Yield where all of them try to come in."""
    hasher = Telling(MEMORY)
    with closing(make(hasher)) as passwords:
        ports = replace(api.ports, passwords=passwords)
        async with behind(api, ports) as prepared:
            kinds = await prepare(prepared, clock, hasher)
        door = Door(ports, hasher, clock, kinds)
        for _ in ADDRESSES:
            clock.advance(UNTIL_TRIES_ARE_BACK)
            assert b'"SIGNED_IN"' in (await door.sends(kinds[AT_HOME].username, PASSWORD)).content
        yield door


def alike(hasher: PasswordHasher) -> Passwords:
    """Return the product's own, which let all that fails take as long."""
    return Passwords(hasher, threads=1)


def without_wait(hasher: PasswordHasher) -> Passwords:
    """Return those that let nothing wait."""
    return Passwords(hasher, threads=1, failure_takes=0)


def without_work(hasher: PasswordHasher) -> Passwords:
    """Return those that do nothing for somebody without a hash either."""
    return WithoutWork(hasher, threads=1, failure_takes=0)


@pytest.mark.parametrize(
    ("ones", "others", "share"),
    [
        ([1, 2], [3], 0),
        ([3], [1, 2], 1),
        ([2], [1, 2, 3], 0.5),
        ([1, 4], [2, 3], 0.5),
        ([2, 3], [1, 2], 0.875),
    ],
)
def test_an_overlap_is_how_likely_one_is_longer(ones: list[float], others: list[float], share: float) -> None:
    assert overlap(ones, others) == share


async def test_whoever_can_not_come_in_is_not_told_why(api: Api, clock: SetClock) -> None:
    async with opened(api, clock, alike) as door:
        for _ in range(LOOKS):
            await door.try_all(list(door.kinds), A_LOOK)
            if not door.apart(*ORDINARY):
                break
    expected = door.answers["ordinary"]
    assert len(expected) == 1
    assert "WRONG_CREDENTIALS" in str(expected)
    assert {kind: seen for kind, seen in door.answers.items() if seen != expected} == {}
    assert door.apart(*ORDINARY) == {}


@pytest.mark.parametrize(("make", "kinds"), [(without_wait, (OLDER,)), (without_work, WITHOUT_HASH)])
async def test_what_takes_less_is_seen(
    api: Api, clock: SetClock, make: Callable[[PasswordHasher], Passwords], kinds: Sequence[str]
) -> None:
    async with opened(api, clock, make) as door:
        await door.try_all([*ORDINARY, *kinds], ENOUGH_TO_SEE)
    assert door.apart(*ORDINARY).keys() == set(kinds)


async def test_the_database_is_asked_the_same_whoever_it_is(api: Api, clock: SetClock) -> None:
    asked: dict[str, list[str]] = {}
    async with opened(api, clock, without_wait) as door:
        for kind in door.kinds:
            async with counting(api.ports.database) as asked[kind]:
                await door.try_as(kind)
    expected = asked["ordinary"]
    assert expected
    assert {kind: statements for kind, statements in asked.items() if statements != expected} == {}
