"""Random access: the bytes of a stored file by their place, however untidily a file sends its reader about.

A read costs the store a round trip and the decryption of whole segments, so bytes come in large windows, and
the number of reads is bounded by the file's size.
"""

import asyncio
from collections.abc import Awaitable, Callable

from core.errors import UnsupportedType

ReadAt = Callable[[int, int], Awaitable[bytes]]
"""Start and length: returns at most that many bytes, fewer at the end."""

WINDOW = 1 << 20
WINDOWS_KEPT = 4

# A tidy file is read once through at most, from front to back; the rest is for what lies out of order.
READS_PER_WINDOW = 2
READS_BESIDE = 32

TURN = 256
"""Looks after which other tasks get their turn, so that a file of many small parts keeps nobody waiting."""


class RandomAccess:
    """A file of `byte_size` bytes: at most WINDOWS_KEPT windows are in memory at a time."""

    def __init__(self, byte_size: int, read_at: ReadAt) -> None:
        self.byte_size = byte_size
        self._read_at = read_at
        self._windows: dict[int, bytes] = {}
        self._looks = 0
        self._reads_left = READS_BESIDE + READS_PER_WINDOW * (byte_size // WINDOW + 1)

    async def exactly(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start`. Raise UnsupportedType when the file has not got them."""
        found = await self.up_to(start, length)
        if len(found) < length:
            raise damaged()
        return found

    async def up_to(self, start: int, length: int) -> bytes:
        """Return the bytes from `start`, fewer than `length` at the end of the file."""
        await self._let_others_go_on()
        ends = min(start + length, self.byte_size)
        parts: list[bytes] = []
        for number in range(start // WINDOW, (ends - 1) // WINDOW + 1):
            window = await self._window(number)
            # Only the part is copied: a megabyte for each of ten thousand markers would take seconds.
            parts.append(window[max(start - number * WINDOW, 0) : ends - number * WINDOW])
        return b"".join(parts)

    async def last(self, length: int) -> bytes:
        """Return the last `length` bytes; all of a file that is shorter."""
        start = max(self.byte_size - length, 0)
        return await self.up_to(start, length)

    async def _window(self, number: int) -> bytes:
        # What was wanted last is put last, so that the first is the one to forget.
        window = self._windows.pop(number, None)
        self._windows[number] = window if window is not None else await self._read(number)
        if len(self._windows) > WINDOWS_KEPT:
            del self._windows[next(iter(self._windows))]
        return self._windows[number]

    async def _read(self, number: int) -> bytes:
        if not self._reads_left:
            raise UnsupportedType("The file is built too unusually to be checked.")
        self._reads_left -= 1
        length = min(WINDOW, self.byte_size - number * WINDOW)
        window = await self._read_at(number * WINDOW, length)
        if len(window) != length:
            raise damaged()
        return window

    async def _let_others_go_on(self) -> None:
        self._looks += 1
        if not self._looks % TURN:
            await asyncio.sleep(0)


def damaged() -> UnsupportedType:
    """Return the refusal of a file that ends too early, or contradicts itself."""
    return UnsupportedType("The file is damaged or not complete.")
