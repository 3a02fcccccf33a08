"""Uploads as clients send them, and what lies in a store afterwards."""

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from storage.store import Store
from tests.storage.s3 import S3, unfinished

if TYPE_CHECKING:  # they do not exist when the program runs
    from obstore import ListStream, ObjectMeta

MIB: Final = 1 << 20
PLENTY: Final = 1 << 30
"""A limit that no upload here comes near, in bytes."""
LICENCE: Final = UUID(int=7)
OTHER_LICENCE: Final = UUID(int=8)


class SourceBroke(Exception):
    """The client's connection was lost."""


async def sent(*chunks: bytes) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        yield chunk


async def zeros(mebibytes: int) -> AsyncGenerator[bytes, None]:
    for _ in range(mebibytes * 16):
        yield bytes(MIB // 16)


async def breaking(mebibytes: int) -> AsyncGenerator[bytes, None]:
    async for chunk in zeros(mebibytes):
        yield chunk
    raise SourceBroke


async def read(pieces: AsyncIterable[bytes | memoryview]) -> bytes:
    found = bytearray()
    await drain(pieces, found)
    return bytes(found)


async def drain(pieces: AsyncIterable[bytes | memoryview], into: bytearray) -> None:
    """Read to the end, or up to where it fails: what came before is kept."""
    async for piece in pieces:
        into += piece


class Backend(Protocol):
    """A store, and what only a test may do to it."""

    @property
    def store(self) -> Store: ...

    @property
    def objects(self) -> ObjectStore:
        """The same objects, behind the store's back."""
        ...

    @property
    def address(self) -> str: ...

    def left(self) -> list[str]:
        """All that lies there, also of uploads that never ended."""
        ...


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A folder."""

    store: Store
    objects: ObjectStore
    address: str
    root: Path

    def left(self) -> list[str]:
        return [str(it.relative_to(self.root)) for it in self.root.rglob("*") if not it.is_dir()]


@dataclass(frozen=True, slots=True)
class OnS3:
    """A part of the bucket of a real server."""

    store: Store
    objects: ObjectStore
    address: str
    server: S3
    prefix: str

    def left(self) -> list[str]:
        listing: ListStream[Sequence[ObjectMeta]] = obstore.list(  # pyright: ignore[reportUnknownMemberType]
            self.objects
        )
        keys = [it["path"] for some in listing for it in some]
        return keys + ["unfinished"] * unfinished(self.server, self.prefix)
