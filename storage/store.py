"""The store: where the bytes of documents are kept, written once under random keys."""

import asyncio
import base64
import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

from storage import disk
from storage.feed import PIECE, Feed, Pieces

if TYPE_CHECKING:  # it does not exist when the program runs
    from obstore import GetOptions

# With two parts in flight an upload of 512 MiB took 30 MB of memory; the default is twelve.
PART = 8 << 20
PARTS_IN_FLIGHT = 2

KEY = re.compile(r"[a-z2-7]{2}/[a-z2-7]{2}/[a-z2-7]{28}", re.ASCII)
"""160 random bits in base32 under two levels of folders, so that no folder grows large."""


class Missing(LookupError):
    """There is no object under this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a row needs to know of its object: `byte_size` in bytes, `sha256` as 32 bytes."""

    key: str
    byte_size: int
    sha256: bytes


class Store:
    """The port: put, get, delete. What is put is durable, and never changes afterwards."""

    def __init__(self, objects: ObjectStore, *, root: Path | None = None) -> None:
        self._objects = objects
        self._root = root

    @classmethod
    def open(cls, place: str | Path) -> "Store":
        """Return the store at a folder, at `file:///folder`, or at `s3://bucket/prefix`.

        S3's credentials, region and endpoint come from the AWS_ variables, which obstore reads itself.
        Raises ValueError for any other address.
        """
        if isinstance(place, Path):
            return cls._on_disk(place)
        address = urlsplit(place)
        if address.scheme == "file" and not address.netloc and address.path:
            return cls._on_disk(Path(url2pathname(address.path)))
        if address.scheme == "s3" and address.netloc:
            return cls(S3Store.from_url(place))
        raise ValueError("a store is file:///folder or s3://bucket/prefix")

    @classmethod
    def _on_disk(cls, root: Path) -> "Store":
        root = root.absolute()
        disk.make_root(root)
        return cls(LocalStore(root), root=root)

    async def put(self, chunks: AsyncIterable[bytes], *, limit: int) -> Stored:
        """Return the key, size and digest of the bytes, which are durable by then.

        Raises TooLarge past `limit` bytes, Required without a byte, and whatever `chunks` raises; then, and
        when it is cancelled, nothing is left behind.
        """
        key = _random_key()
        pieces = Pieces(chunks, limit=limit)
        try:
            if self._root:
                await asyncio.to_thread(disk.make_room, self._root, key)
            async with aclosing(pieces.cut()) as cut:
                await self._write(key, cut)
            if self._root:
                await asyncio.to_thread(disk.harden, self._root, key)
        except BaseException:
            await _to_the_end(self.delete(key))
            raise
        return Stored(key, pieces.byte_size, pieces.sha256)

    async def get(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Return the object's bytes in pieces of about one MiB, from `start`, at most `length`.

        Raises Missing before the first piece, while an answer's status is still open, and ValueError for what
        is no key or no range. `start` lies before the end: the caller knows the size from its row.
        """
        _require_key(key)
        options = _range(start, length)
        try:
            found = await obstore.get_async(self._objects, key, options=options)
        except FileNotFoundError:
            raise Missing(key) from None
        return found.stream(PIECE)

    async def delete(self, key: str) -> None:
        """Remove the object; an object that is gone already is no error. Raises ValueError for no key."""
        _require_key(key)
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._objects, key)
        if self._root:
            await asyncio.to_thread(disk.forget, self._root, key)

    async def _write(self, key: str, pieces: AsyncIterable[bytes]) -> None:
        feed = Feed()
        written = asyncio.ensure_future(
            obstore.put_async(self._objects, key, feed, chunk_size=PART, max_concurrency=PARTS_IN_FLIGHT)
        )
        try:
            async for piece in pieces:
                await feed.send(piece, to=written)
                if written.done():
                    break
            await feed.send(b"", to=written)
            await asyncio.shield(written)
        except BaseException:
            feed.abandon()
            await _to_the_end(written)
            raise


def _random_key() -> str:
    name = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


def _require_key(key: str) -> None:
    if not KEY.fullmatch(key):
        raise ValueError("this is no key of a stored object")


def _range(start: int, length: int | None) -> "GetOptions":
    if start < 0 or (length is not None and length < 1):
        raise ValueError("a range starts at 0 or later and holds a byte")
    if length is not None:
        return {"range": (start, start + length)}
    return {"range": {"offset": start}} if start else {}


async def _to_the_end(work: Awaitable[object]) -> None:
    """Let cleaning up finish, however often the task that waits for it is cancelled meanwhile.

    Its own error is dropped: the one that made it necessary is on its way.
    """
    end = asyncio.gather(work, return_exceptions=True)
    cancelled: asyncio.CancelledError | None = None
    while not end.done():
        try:
            await asyncio.wait({end})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
