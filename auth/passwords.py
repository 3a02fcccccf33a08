"""Passwords: hashed with argon2id in a few threads, so that sign-ins can not take all cores or all memory."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import TooManyTries

# OWASP's first choice: 46 MiB, one pass, one lane.
RECOMMENDED = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1, type=Type.ID)
# For tests alone.
CHEAPEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
WAITING_AT_MOST = 20

Answer = TypeVar("Answer")


class Passwords:
    """Hashes and verifies; more than 20 waiting are turned away (ASVS 11.4.2)."""

    def __init__(self, hasher: PasswordHasher = RECOMMENDED, *, threads: int | None = None) -> None:
        threads = threads or max(1, (os.cpu_count() or 1) - 1)
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._waiting = 0
        # What an unknown user's password is compared with: the same work as for a known one.
        self._nobody = hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """Return the encoded hash of a password. Raise TooManyTries when too many wait."""
        return await self._in_pool(self._hasher.hash, password)

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Return whether the password is the one; without a hash the answer is no, after the same work."""
        right = await self._in_pool(self._matches, encoded or self._nobody, password)
        return right and encoded is not None

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_pool(self, work: Callable[..., Answer], *arguments: str) -> Answer:
        if self._waiting >= WAITING_AT_MOST:
            raise TooManyTries(retry_after=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1
