"""Previews: the first page of a file as a picture, made by a program that is trusted with nothing.

`rendering.py` is started anew for each; here is how it is fed, and ended in time.
"""

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterable
from contextlib import closing, suppress
from pathlib import Path

from core.errors import UnsupportedType
from storage import media_types, rendering

WIDTHS = (320, 1280)
MOST_WRITTEN = 4 << 20
"""Bytes of a picture; 1280 x 5120 pixels of pure noise need a little more."""
SECONDS = 10
"""For a file's way there and back; and as many for a killed program to be gone."""
PIECE = 1 << 16

log = logging.getLogger("kluis.previews")


def can_be_previewed(media_type: str, byte_size: int) -> bool:
    """Tell whether it is worth trying."""
    return media_type in rendering.MEDIA_TYPES and 0 < byte_size <= rendering.MOST_BYTES


class NoPreview(Exception):
    """The program did not give a picture; says why in a word or two."""


class Renderer:
    """Starts at most `at_once` programs; who comes then waits."""

    def __init__(
        self, *, at_once: int = 2, seconds: float = SECONDS, program: Path = Path(rendering.__file__)
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._program = program.absolute()

    async def render(self, pieces: AsyncIterable[bytes], media_type: str, width: int) -> bytes | None:
        """Return WebP, one of `WIDTHS` wide or narrower; None when this file has no preview.

        Raises whatever `pieces` raises, which may not be read to their end, and OSError when the system can
        start no program.
        """
        if width not in WIDTHS:
            raise ValueError("a preview has one of two widths")
        async with self._places:
            child = await self._start(media_type, width)
            try:
                return await self._answer(child, pieces)
            except NoPreview as why:
                log.info("no preview of %s: %s", media_type, why)
                return None
            finally:
                await self._end(child)

    async def _start(self, media_type: str, width: int) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", str(self._program), media_type, str(width)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,  # so that all it could start ends with it
        )

    async def _answer(self, child: Process, pieces: AsyncIterable[bytes]) -> bytes:
        """Return the picture; raises NoPreview."""
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                written = await _talk(child, pieces)
                status = await child.wait()
        except TimeoutError:
            if not limit.expired():  # then it comes from where the pieces come from
                raise
            raise NoPreview("it takes too long") from None
        if len(written) > MOST_WRITTEN:
            raise NoPreview("the picture is too large")
        if status:
            raise NoPreview("it can not be read" if status > 0 else f"ended by signal {-status}")
        return _picture(written)

    async def _end(self, child: Process) -> None:
        """Kill what still runs, and wait until it is gone."""
        _kill(child)
        try:
            async with asyncio.timeout(self._seconds):
                await child.wait()
        except TimeoutError:
            log.warning("a killed program does not let go of its output")


async def _talk(child: Process, pieces: AsyncIterable[bytes]) -> bytes:
    """Return what it writes, which it may do before it has read all."""
    reading = asyncio.ensure_future(_read(child))
    try:
        await _write(child, pieces)
        return await reading
    finally:
        reading.cancel()


async def _write(child: Process, pieces: AsyncIterable[bytes]) -> None:
    target = child.stdin
    assert target is not None
    with closing(target):
        await _send(pieces, target)


async def _send(pieces: AsyncIterable[bytes], target: asyncio.StreamWriter) -> None:
    """Send the file; a program that has ended does not need the rest."""
    async for piece in pieces:
        if not await _is_taken(piece, target):
            return


async def _is_taken(piece: bytes, target: asyncio.StreamWriter) -> bool:
    if target.is_closing():  # writing would raise RuntimeError under uvloop
        return False
    try:
        target.write(piece)
        await target.drain()
    except ConnectionError:
        return False
    return True


async def _read(child: Process) -> bytes:
    """Return all that it writes, or a little more than is allowed; then it is killed."""
    written = bytearray()
    source = child.stdout
    assert source is not None
    while piece := await source.read(PIECE):
        if len(written) <= MOST_WRITTEN:
            written += piece
        else:
            _kill(child)
    return bytes(written)


def _kill(child: Process) -> None:
    if child.returncode is None:  # afterwards the number may be another's
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _picture(written: bytes) -> bytes:
    try:
        media_types.recognise(written, "preview.webp")
    except UnsupportedType:
        raise NoPreview("what was written is no picture") from None
    return written
