"""The feed: what a client sends, cut, counted, digested and handed to the store that pulls."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import suppress
from typing import Any, NamedTuple

from core.errors import Required, TooLarge
from storage.sealing import CLEAR_BYTES, FIRST_CLEAR_BYTES


class Abandoned(Exception):
    """The sender gave up; the store drops what it has."""


class Segment(NamedTuple):
    """A part of a file, never empty, as it is sealed."""

    number: int
    clear: bytes
    is_last: bool


class Cutter:
    """The bytes of a file on their way in; size and digest are whole once all segments are cut."""

    def __init__(self, chunks: AsyncIterable[bytes], *, limit: int) -> None:
        self.byte_size = 0
        self._chunks = chunks
        self._limit = limit
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> bytes:
        """Return the digest of what was read so far: 32 bytes."""
        return self._digest.digest()

    async def segments(self) -> AsyncGenerator[Segment]:
        """Yield the segments in order; raises TooLarge past the limit, Required without a byte."""
        waiting = bytearray()
        number, size = 0, FIRST_CLEAR_BYTES
        async for chunk in self._chunks:
            self._count(chunk)
            waiting += chunk
            # Whether a segment is the last one shows only once another byte is there.
            while len(waiting) > size:
                with memoryview(waiting) as view:
                    clear = bytes(view[:size])
                yield Segment(number, clear, is_last=False)
                del waiting[:size]
                number, size = number + 1, CLEAR_BYTES
        if not waiting:
            raise Required("The file is empty.")
        yield Segment(number, bytes(waiting), is_last=True)

    def _count(self, chunk: bytes) -> None:
        self.byte_size += len(chunk)
        if self.byte_size > self._limit:
            raise TooLarge(limit=self._limit)
        self._digest.update(chunk)


class Feed:
    """One place between the task that reads the client and the store's own task that pulls.

    The store could pull from the client itself, but cancelling it then leaves the read of the client running
    and, on S3, the parts that it has sent. An error raised while it pulls is what makes it clean up.
    """

    def __init__(self) -> None:
        self._place: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        self._is_abandoned = False

    def __aiter__(self) -> "Feed":
        return self

    async def __anext__(self) -> bytes:
        piece = await self._place.get()
        if self._is_abandoned:
            raise Abandoned
        if not piece:
            raise StopAsyncIteration
        return piece

    async def send(self, piece: bytes, *, to: "asyncio.Future[Any]") -> None:
        """Wait until the store has room for the piece, or has stopped pulling; an empty piece is the end."""
        sending = asyncio.ensure_future(self._place.put(piece))
        try:
            await asyncio.wait({sending, to}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()

    def abandon(self) -> None:
        """Let the store's next pull, or the one that waits, fail."""
        self._is_abandoned = True
        with suppress(asyncio.QueueFull):
            self._place.put_nowait(b"")
