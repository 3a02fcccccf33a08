"""Passwords: hashed with argon2id in a few threads, so that sign-ins can not take all cores or all memory."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from auth.strength import require_strength
from core.errors import KluisError, TooManyTries

# OWASP's first choice: 46 MiB, one pass, one lane.
RECOMMENDED = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1, type=Type.ID)
# For tests alone.
CHEAPEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
WAITING_AT_MOST = 20
# In seconds; several times what a comparison takes where nothing else is to be done.
FAILURE_TAKES = 0.25

Answer = TypeVar("Answer")


def threads_here() -> int:
    """Return how many threads may hash on this machine: one core is left to everything else."""
    return max(1, (os.cpu_count() or 1) - 1)


class Passwords:
    """Hashes and verifies; more than 20 waiting are turned away (ASVS 11.4.2)."""

    def __init__(
        self,
        hasher: PasswordHasher = RECOMMENDED,
        *,
        threads: int | None = None,
        failure_takes: float = FAILURE_TAKES,
    ) -> None:
        threads = threads or threads_here()
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._waiting = 0
        self._failure_takes = failure_takes
        # What an unknown user's password is compared with: the same work as for a known one.
        self._nobody = hasher.hash("nobody")

    @property
    def waiting(self) -> int:
        """Return how many are under way or wait."""
        return self._waiting

    @asynccontextmanager
    async def alike(self) -> AsyncGenerator[None]:
        """Let all blocks that fail take as long: hashes of older parameters take less (ASVS 6.3.8).

        Whoever may not try goes at once: a flood of them would fill the server while they wait.
        """
        until = asyncio.get_running_loop().time() + self._failure_takes
        try:
            yield
        except TooManyTries:
            raise
        except KluisError:
            await asyncio.sleep(until - asyncio.get_running_loop().time())
            raise

    async def hash(self, password: str) -> str:
        """Return the encoded hash of a password. Raise TooManyTries when too many wait."""
        return await self._in_pool(self._hasher.hash, password)

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Return whether the password is the one; without a hash the answer is no, after the same work."""
        right = await self._in_pool(self._matches, encoded or self._nobody, password)
        return right and encoded is not None

    async def renewed(self, encoded: str, password: str) -> str:
        """Return the hash to keep of a password that was right: a new one, where our parameters changed."""
        return await self.hash(password) if self._hasher.check_needs_rehash(encoded) else encoded

    async def require_strength(self, password: str, own_words: Collection[str | None], *path: str) -> None:
        """Require that a password is hard to guess. Raise WeakPassword, TooLong, TooManyTries."""
        await self._in_pool(partial(require_strength, password, own_words, *path))

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
