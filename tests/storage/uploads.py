"""Uploads as clients send them, and what they leave on the disk."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

MIB = 1 << 20
PLENTY = 1 << 30
"""A limit that no upload here comes near, in bytes."""


async def sent(*chunks: bytes) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        yield chunk


async def zeros(mebibytes: int) -> AsyncGenerator[bytes, None]:
    for _ in range(mebibytes * 16):
        yield bytes(MIB // 16)


async def read(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([bytes(piece) async for piece in pieces])


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if not path.is_dir()]
