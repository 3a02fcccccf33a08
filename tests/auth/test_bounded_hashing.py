"""Hashing takes so many threads and no more: one core stays free, and memory has a bound."""

import asyncio
import os
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from auth.passwords import RECOMMENDED, WAITING_AT_MOST, Passwords
from core.errors import TooManyTries


class Counting(PasswordHasher):
    """A hasher that counts who is at it at once, and lets nobody go before it may."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.inside = self.most = 0
        self.lock = threading.Lock()
        self.may_end = threading.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's word
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.may_end.wait()
        with self.lock:
            self.inside -= 1
        return super().verify(hash, password)


async def until_inside(hasher: Counting, number: int) -> None:
    """Return once so many are at it."""
    async with asyncio.timeout(20):
        while hasher.inside < number:  # noqa: ASYNC110  a thread tells nobody
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(("cores", "threads"), [(None, 1), (1, 1), (2, 1), (4, 3), (8, 7)])
async def test_one_core_is_left_to_everything_else(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, threads: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    hasher = Counting()
    passwords = Passwords(hasher)
    tried = [asyncio.create_task(passwords.verify(None, "wrong")) for _ in range(WAITING_AT_MOST)]
    await until_inside(hasher, threads)
    with pytest.raises(TooManyTries):
        await passwords.verify(None, "wrong")
    hasher.may_end.set()
    assert await asyncio.gather(*tried) == [False] * WAITING_AT_MOST
    assert hasher.most == threads
    passwords.close()


def test_a_hash_takes_one_thread_and_46_mebibytes() -> None:
    assert (RECOMMENDED.parallelism, RECOMMENDED.memory_cost, RECOMMENDED.time_cost) == (1, 46 << 10, 1)
