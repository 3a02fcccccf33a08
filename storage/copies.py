"""Objects carried from one store to another as they are, sealed, with the digest of each."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from hashlib import sha256
from typing import Final, TypeVar

from storage.store import Store

AT_ONCE: Final = 8
"""Most of the time a copy waits for a disk to write, or for a store far away."""
Thing = TypeVar("Thing")


class Altered(Exception):
    """An object is not what it was; the text is its key."""


class Carried:
    """One object on its way; what has come by is counted and digested."""

    def __init__(self, source: Store, key: str) -> None:
        self._source = source
        self._key = key
        self._digest = sha256()
        self.byte_size = 0

    @property
    def sha256(self) -> str:
        """Return the digest of what has come by, in hexadecimal digits."""
        return self._digest.hexdigest()

    async def pieces(self, *, wanted: str | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes. Raise Missing, and Altered at the end where another digest is wanted."""
        async with aclosing(await self._source.get(self._key)) as found:
            async for piece in found:
                self._digest.update(piece)
                self.byte_size += len(piece)
                yield bytes(piece)
        if wanted is not None and self.sha256 != wanted:
            raise Altered(self._key)


async def copy(source: Store, target: Store, key: str, *, wanted: str | None = None) -> Carried:
    """Copy an object under its key, and return what it was; it is durable then.

    Raise Missing, and Altered where it has not the digest that is wanted: then nothing is left in the target.
    """
    carried = Carried(source, key)
    await target.put(key, carried.pieces(wanted=wanted))
    return carried


async def side_by_side(work: Callable[[Thing], Awaitable[None]], things: Iterable[Thing]) -> None:
    """Do something with each thing, with a few at once; what fails first ends all the others."""
    waiting = iter(things)

    async def carry() -> None:
        for thing in waiting:
            await work(thing)

    tasks = [asyncio.create_task(carry()) for _ in range(AT_ONCE)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
