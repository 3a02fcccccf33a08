"""Tries of a sign-in: counted by name and by network, over all servers, and not given back."""

from datetime import timedelta

import pytest

from core.errors import TooManyTries, WrongCredentials
from resolvers import throttles
from resolvers.ports import Ports
from resolvers.request import Request
from resolvers.signing_in import sign_in
from tests.conftest import SetClock
from tests.world import PASSWORD, World

BERT = "bert@callewaert.example"
HOME, AWAY = "192.0.2.1", "198.51.100.7"


class Door:
    """Where people try to come in; each try is a request of its own."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    async def tries(self, name: str = BERT, password: str = "wrong", at: str = HOME) -> int | str:
        """Return what a try comes to: in how many seconds the next may come, where it was not made."""
        request = Request(self.ports, address=at)
        try:
            outcome = await sign_in(request, name, password, "de-linde")
        except TooManyTries as error:
            return error.retry_after
        except WrongCredentials:
            return "wrong"
        finally:
            await request.close()
        return outcome.step.value

    async def comes_in(self, at: str = HOME) -> int | str:
        """Return what a try with the right password comes to."""
        return await self.tries(password=PASSWORD, at=at)


@pytest.fixture
def door(ports: Ports, world: World, monkeypatch: pytest.MonkeyPatch) -> Door:
    assert world.accounts
    monkeypatch.setattr(ports.passwords, "_failure_takes", 0)
    return Door(ports)


async def test_of_a_name_from_a_network_ten_tries_are_taken_and_one_a_minute(
    door: Door, clock: SetClock
) -> None:
    assert [await door.tries() for _ in range(11)] == ["wrong"] * 10 + [60]
    assert await door.comes_in() == 60
    clock.advance(timedelta(seconds=59))
    assert await door.comes_in() == 1
    clock.advance(timedelta(seconds=1))
    assert await door.comes_in() == "SIGNED_IN"
    assert await door.comes_in() == 60


async def test_another_name_and_another_network_have_tries_of_their_own(door: Door) -> None:
    for _ in range(11):
        await door.tries()
    assert await door.tries("carla@verlinden.example") == "wrong"
    assert await door.comes_in(AWAY) == "SIGNED_IN"


@pytest.mark.parametrize("name", [" BERT@callewaert.example", "Bert@Callewaert.Example"])
async def test_a_name_is_the_same_however_it_is_written(door: Door, name: str) -> None:
    for _ in range(10):
        await door.tries(name)
    assert await door.comes_in() == 60


async def test_names_that_nobody_has_are_counted_alike(door: Door) -> None:
    assert [await door.tries("nobody") for _ in range(11)] == ["wrong"] * 10 + [60]


async def test_addresses_of_one_home_are_one_network(door: Door) -> None:
    told = [await door.tries(at=f"2001:db8::{number:x}") for number in range(11)]
    assert told == ["wrong"] * 10 + [60]
    assert await door.comes_in("2001:db8:0:1::1") == "SIGNED_IN"


async def test_of_a_network_a_hundred_tries_are_taken_of_whatever_names(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (throttles.NETWORK.capacity, throttles.NAME_FROM_ANYWHERE.capacity) == (100, 50)
    monkeypatch.setattr(throttles, "NETWORK", throttles.Bucket(capacity=5, per_second=10 / 60))
    told = [await door.tries(f"name {number}") for number in range(6)]
    assert told == ["wrong"] * 5 + [6]
    assert await door.comes_in() == 6
    assert await door.comes_in(AWAY) == "SIGNED_IN"


async def test_whoever_guesses_from_everywhere_keeps_nobody_out_where_he_signed_in_before(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "NAME_FROM_ANYWHERE", throttles.Bucket(capacity=5, per_second=50 / 3600))
    assert await door.comes_in() == "SIGNED_IN"
    told = [await door.tries(at=f"203.0.113.{number}") for number in range(5)]
    assert told == ["wrong"] * 4 + [72]
    assert await door.comes_in(AWAY) == 72
    assert await door.comes_in() == "SIGNED_IN"


async def test_a_network_is_known_of_its_own_account_alone(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "NAME_FROM_ANYWHERE", throttles.Bucket(capacity=1, per_second=1 / 60))
    assert await door.tries("carla@verlinden.example", PASSWORD) == "SIGNED_IN"
    assert [await door.tries() for _ in range(2)] == ["wrong", 60]


async def test_what_is_refused_counts_for_nothing(door: Door, clock: SetClock) -> None:
    for _ in range(30):
        await door.tries()
    clock.advance(timedelta(minutes=1))
    assert await door.comes_in() == "SIGNED_IN"


async def test_an_endless_name_is_counted_too(door: Door) -> None:
    assert [await door.tries("x" * 5000) for _ in range(11)] == ["wrong"] * 10 + [60]
