"""Files: what goes in is sealed, counted and digested; what comes out are the same bytes, or an error.

Each file has a key of its own, and its seal is bound to its place in the store, so that no object passes for
another.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from storage import sealing, store
from storage.feed import Cutter
from storage.sealing import SEGMENT_BYTES, Broken, Seal
from storage.store import Store


class Damaged(Exception):
    """The object under this key is not what was stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a row needs to know of a file: where it is, what opens it, its size in bytes, its SHA-256."""

    object_key: str
    secret: bytes
    """To be kept sealed."""
    byte_size: int
    sha256: bytes
    """32 bytes."""

    def __repr__(self) -> str:
        """Return a text without the secret: it must not reach a log."""
        return f"Stored({self.object_key})"


class Files:
    """The files in a store."""

    def __init__(self, kept_in: Store) -> None:
        self.store = kept_in

    async def put(self, licence_id: UUID, chunks: AsyncIterable[bytes], *, limit: int) -> Stored:
        """Seal and keep a file; it is durable when this returns.

        Raises TooLarge past `limit` bytes, Required without a byte, and whatever `chunks` raises; then, and
        when it is cancelled, nothing is left behind.
        """
        object_key = store.new_key(licence_id)
        seal = Seal.new(bound_to=object_key.encode())
        cutter = Cutter(chunks, limit=limit)
        async with aclosing(closed(cutter, seal)) as pieces:
            await self.store.put(object_key, pieces)
        return Stored(object_key, seal.secret, cutter.byte_size, cutter.sha256)

    async def get(self, stored: Stored, *, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes]:
        """Return the bytes of a file from `start` up to and without `end`, in pieces of at most one MiB.

        A piece is returned only when its whole segment is as it was sealed. Raises Missing or Damaged, for
        the first piece before this returns, while an answer's status is still open; ValueError for no range.
        """
        stop = stored.byte_size if end is None else end
        if not 0 <= start < stop <= stored.byte_size:
            raise ValueError("a range lies within the file and holds a byte")
        pieces = self._opened(stored, start, stop)
        return begun(await anext(pieces), pieces)

    async def read_at(self, stored: Stored, start: int, length: int) -> bytes:
        """Return `length` bytes of a file from `start`, fewer at its end. Raises Missing, Damaged."""
        end = min(start + length, stored.byte_size)
        if start >= end:
            return b""
        return b"".join([piece async for piece in await self.get(stored, start=start, end=end)])

    async def check(self, stored: Stored) -> None:
        """Read a file from end to end. Raises Missing, and Damaged where it is not what was stored."""
        digest = sha256()
        async for piece in await self.get(stored):
            digest.update(piece)
        if digest.digest() != stored.sha256:
            raise Damaged(stored.object_key)

    async def delete(self, object_key: str) -> None:
        """Remove a file; one that is gone already is no error."""
        await self.store.delete(object_key)

    async def _opened(self, stored: Stored, start: int, stop: int) -> AsyncGenerator[bytes]:
        """Yield the bytes from `start` up to `stop`; raises Missing, Damaged."""
        key, end_of_file = stored.object_key, sealing.segment_at(stored.byte_size - 1)
        number, last = sealing.segment_at(start), sealing.segment_at(stop - 1)
        # By its size first: a store refuses a range past the end in the words of any other trouble.
        if await self.store.size(key) != sealing.sealed_size(stored.byte_size):
            raise Damaged(key)
        seal = Seal(stored.secret, bound_to=key.encode())
        found = await self.store.get(key, start=number * SEGMENT_BYTES, end=(last + 1) * SEGMENT_BYTES)
        async with aclosing(cut(found)) as segments:
            async for segment in segments:
                try:
                    clear = seal.open(number, segment, is_last=number == end_of_file)
                except Broken:
                    raise Damaged(key) from None
                begins = sealing.clear_start(number)
                yield clear[max(0, start - begins) : stop - begins]
                number += 1
        if number <= last:  # it became shorter after its size was asked
            raise Damaged(key)


async def closed(cutter: Cutter, seal: Seal) -> AsyncGenerator[bytes]:
    """Yield the sealed segments of a file."""
    async with aclosing(cutter.segments()) as segments:
        async for number, clear, is_last in segments:
            yield seal.close(number, clear, is_last=is_last)


async def cut(stretches: AsyncGenerator[memoryview]) -> AsyncGenerator[memoryview]:
    """Yield the sealed segments in stretches that begin with one."""
    async with aclosing(stretches):
        async for stretch in stretches:
            for at in range(0, len(stretch), SEGMENT_BYTES):
                yield stretch[at : at + SEGMENT_BYTES]


async def begun(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Yield what was read already, then what still comes; whoever stops early closes the rest too."""
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece
