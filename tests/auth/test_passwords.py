"""Passwords: the right one opens, every other costs the same, and not too many are tried at once."""

import asyncio
from collections.abc import Generator
from threading import Event
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from auth.passwords import CHEAPEST, FAILURE_TAKES, RECOMMENDED, WAITING_AT_MOST, Passwords
from core.errors import TooManyTries, WrongCredentials


class Watched(PasswordHasher):
    """A hasher that remembers what it was asked to compare with, and waits until it may answer."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.compared: list[str] = []
        self.may_answer = Event()
        self.may_answer.set()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's word
        self.may_answer.wait()
        self.compared.append(str(hash))
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> Watched:
    return Watched()


@pytest.fixture
def passwords(hasher: Watched) -> Generator[Passwords]:
    opened = Passwords(hasher, threads=1)
    yield opened
    hasher.may_answer.set()
    opened.close()


async def test_the_right_password_is_right(passwords: Passwords) -> None:
    encoded = await passwords.hash("open sesame")
    assert await passwords.verify(encoded, "open sesame")


@pytest.mark.parametrize("password", ["", "Open sesame", "open sesame ", "open sesamé"])
async def test_any_other_password_is_wrong(passwords: Passwords, password: str) -> None:
    encoded = await passwords.hash("open sesame")
    assert not await passwords.verify(encoded, password)


@pytest.mark.parametrize("password", ["nobody", "", "open sesame"])
async def test_nobody_has_no_password(passwords: Passwords, password: str) -> None:
    assert await passwords.verify(None, password) is False


async def test_nobody_costs_the_same_work_as_somebody(passwords: Passwords, hasher: Watched) -> None:
    encoded = await passwords.hash("open sesame")
    await passwords.verify(encoded, "wrong")
    await passwords.verify(None, "wrong")
    somebody, nobody = (extract_parameters(it) for it in hasher.compared)
    assert somebody == nobody


async def test_what_is_no_hash_matches_nothing(passwords: Passwords) -> None:
    assert not await passwords.verify("no hash", "no hash")


async def test_a_hash_is_different_every_time(passwords: Passwords) -> None:
    assert await passwords.hash("open sesame") != await passwords.hash("open sesame")


async def test_what_is_stored_says_how_it_was_made() -> None:
    passwords = Passwords()
    encoded = await passwords.hash("open sesame")
    passwords.close()
    assert encoded.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert "open sesame" not in encoded


def test_the_cheapest_is_not_what_is_recommended() -> None:
    assert CHEAPEST.memory_cost < RECOMMENDED.memory_cost


async def test_the_21st_who_waits_is_turned_away(passwords: Passwords, hasher: Watched) -> None:
    encoded = await passwords.hash("open sesame")
    hasher.may_answer.clear()
    waiting = [asyncio.create_task(passwords.verify(encoded, "open sesame")) for _ in range(WAITING_AT_MOST)]
    await asyncio.sleep(0)
    for _ in range(2):
        with pytest.raises(TooManyTries) as caught:
            # Whoever is let in waits for good here, and the test must end.
            await asyncio.wait_for(passwords.verify(encoded, "open sesame"), 10)
        assert caught.value.retry_after == 1
    hasher.may_answer.set()
    assert await asyncio.gather(*waiting) == [True] * 20
    assert len(hasher.compared) == 20


async def test_whoever_has_an_answer_waits_no_longer(passwords: Passwords) -> None:
    encoded = await passwords.hash("open sesame")
    for _ in range(WAITING_AT_MOST + 1):
        assert await passwords.verify(encoded, "open sesame")


async def test_a_hash_of_our_parameters_is_kept_and_any_other_is_made_anew(passwords: Passwords) -> None:
    own = await passwords.hash("open sesame")
    assert await passwords.renewed(own, "open sesame") == own
    older = PasswordHasher(time_cost=3, memory_cost=16, parallelism=1).hash("open sesame")
    renewed = await passwords.renewed(older, "open sesame")
    assert extract_parameters(renewed) == extract_parameters(own)
    assert await passwords.verify(renewed, "open sesame")


async def test_failures_wait_until_all_have_taken_as_long(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    async with passwords.alike():
        pass
    # Who was not let in to try has learnt nothing, and a flood of them must not wait in here.
    with pytest.raises(TooManyTries):
        async with passwords.alike():
            raise TooManyTries(retry_after=1)
    assert waited == []
    with pytest.raises(WrongCredentials):
        async with passwords.alike():
            raise WrongCredentials
    (seconds,) = waited
    assert seconds <= FAILURE_TAKES
