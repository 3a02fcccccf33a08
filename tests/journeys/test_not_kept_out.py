"""Whoever guesses a password keeps its owner out nowhere that he signed in before (ASVS 6.1.1)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import httpx
import pytest

from resolvers.throttles import NAME_FROM_ANYWHERE, NAME_FROM_NETWORK
from server.app import create_app
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.invited import outcome, signs_in
from tests.world import PASSWORD

BERT: Final = "bert@callewaert.example"
CARLA: Final = "carla@verlinden.example"
HOME: Final = "192.0.2.1"
AWAY: Final = "192.0.2.2"
ELSEWHERE: Final = [f"198.51.100.{number}" for number in range(1, 7)]
Tries = Callable[[str, str, str], Awaitable[str]]


@pytest.fixture
def tries(api: Api) -> Tries:
    """What a sign-in comes to that is tried from an address."""
    app = create_app(api.ports)

    async def from_address(address: str, username: str, password: str) -> str:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=api.ports.public_url) as http:
            return outcome(await signs_in(Api(api.ports, api.world, http), username, password))

    return from_address


async def guess(tries: Tries, username: str) -> list[str]:
    """Return what guesses from elsewhere come to: as many of each network as it may make."""
    told: list[str] = []
    for address in ELSEWHERE:
        guesses = (tries(address, username, f"guess {it}") for it in range(NAME_FROM_NETWORK.capacity))
        told += await asyncio.gather(*guesses)
    return told


async def test_who_is_guessed_at_signs_in_where_he_did_before_and_nowhere_else(
    tries: Tries, clock: SetClock
) -> None:
    assert await tries(HOME, BERT, PASSWORD) == "SIGNED_IN"
    assert await tries(HOME, CARLA, PASSWORD) == "SIGNED_IN"
    clock.advance(timedelta(hours=1))
    told = Counter(await guess(tries, BERT))
    assert told["WRONG_CREDENTIALS"] == NAME_FROM_ANYWHERE.capacity
    assert told["RATE_LIMITED"] == told.total() - NAME_FROM_ANYWHERE.capacity > 0
    assert await tries(AWAY, BERT, PASSWORD) == "RATE_LIMITED"
    assert await tries(ELSEWHERE[-1], BERT, PASSWORD) == "RATE_LIMITED"
    assert await tries(AWAY, CARLA, PASSWORD) == "SIGNED_IN"
    for _ in range(2):
        assert await tries(HOME, BERT, PASSWORD) == "SIGNED_IN"
        assert await tries(HOME, BERT, "mistyped") == "WRONG_CREDENTIALS"


async def test_where_he_signed_in_before_no_more_is_guessed_than_elsewhere(
    tries: Tries, clock: SetClock
) -> None:
    assert await tries(HOME, BERT, PASSWORD) == "SIGNED_IN"
    clock.advance(timedelta(hours=1))
    told = [await tries(HOME, BERT, "a guess") for _ in range(NAME_FROM_NETWORK.capacity + 1)]
    assert told == ["WRONG_CREDENTIALS"] * NAME_FROM_NETWORK.capacity + ["RATE_LIMITED"]
    clock.advance(timedelta(minutes=1))
    assert await tries(HOME, BERT, PASSWORD) == "SIGNED_IN"


async def test_a_network_where_another_signed_in_is_none_of_his(tries: Tries) -> None:
    assert await tries(HOME, CARLA, PASSWORD) == "SIGNED_IN"
    await guess(tries, BERT)
    assert await tries(HOME, BERT, PASSWORD) == "RATE_LIMITED"
