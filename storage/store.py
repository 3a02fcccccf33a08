"""The store: where sealed files are kept, written once under random keys in their licence's folder."""

import asyncio
import base64
import re
import secrets
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from storage import disk
from storage.feed import Feed
from storage.sealing import SEGMENT_BYTES

if TYPE_CHECKING:  # it does not exist when the program runs
    from obstore import ListStream, ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

# With two parts in flight an upload of 512 MiB took 30 MB of memory; the default is twelve.
PART: Final = 8 << 20
PARTS_IN_FLIGHT: Final = 2
# What is read is asked for by its range: obstore's own streams take twenty times the CPU. A whole number of
# segments; far away more at once, since each costs a round trip.
NEAR: Final = SEGMENT_BYTES
FAR: Final = 4 * SEGMENT_BYTES
LISTED_AT_ONCE: Final = 1_000

# An upload that fails asks S3 for up to three things: the part, to give up the parts, to remove the object.
CONNECTING: Final = timedelta(seconds=5)
SILENT: Final = timedelta(seconds=15)
"""How long S3 may send nothing; a part must have arrived there in this time."""
TRIED_AGAIN: Final = timedelta(seconds=10)
"""How long after a request's first try another one may begin."""
PAUSE: Final = timedelta(seconds=2)
"""The longest one between two tries."""
WHOLE: Final = timedelta(days=30)
"""As good as no limit for one that makes headway; obstore's own, half a minute, is short for a slow line."""

KEY: Final = re.compile(r"[0-9a-f]{32}/[a-z2-7]{2}/[a-z2-7]{30}", re.ASCII)
"""The licence, and 160 random bits in base32, the first two letters a folder, so that none grows large."""


NOBODY: Final = UUID(int=0)
"""A licence that has nothing."""

TROUBLES: Final = (BaseError, OSError)
"""What a store raises that is away for a moment, or has no room left."""


class Missing(LookupError):
    """There is no object under this key."""


class Listed(NamedTuple):
    """An object as a list tells of it."""

    key: str
    byte_size: int
    modified_at: datetime


class Store:
    """The port: put, get, delete, and what there is. What is put is durable, and never changes afterwards."""

    def __init__(self, objects: ObjectStore, *, root: Path | None = None) -> None:
        self._objects = objects
        self._root = root
        self._stretch = NEAR if root else FAR

    @classmethod
    def open(cls, place: str | Path) -> "Store":
        """Return the store at a folder, at `file:///folder`, or at `s3://bucket/prefix`.

        S3's credentials, region and endpoint come from the AWS_ variables, which obstore reads itself. An S3
        store that takes no connection, or does not answer, is an error after about half a minute. Raises
        ValueError for any other address.
        """
        if isinstance(place, Path):
            return cls._on_disk(place)
        address = urlsplit(place)
        if address.scheme == "file" and not address.netloc and address.path:
            return cls._on_disk(Path(url2pathname(address.path)))
        if address.scheme == "s3" and address.netloc:
            return cls(S3Store.from_url(place, client_options=_patience(), retry_config=_tries()))
        raise ValueError("a store is file:///folder or s3://bucket/prefix")

    @classmethod
    def _on_disk(cls, root: Path) -> "Store":
        root = root.absolute()
        disk.make_root(root)
        return cls(LocalStore(root), root=root)

    async def put(self, key: str, pieces: AsyncIterable[bytes]) -> None:
        """Keep the bytes, none of whose pieces is empty, under a new key; they are durable when this returns.

        Raises whatever `pieces` raises; then, and when it is cancelled, nothing is left behind.
        """
        _require_key(key)
        try:
            if self._root:
                await asyncio.to_thread(disk.make_room, self._root, key)
            await self._write(key, pieces)
            if self._root:
                await asyncio.to_thread(disk.harden, self._root, key)
        except BaseException:
            await _to_the_end(self.delete(key))
            raise

    async def get(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncGenerator[memoryview]:
        """Return the object's bytes from `start` up to and without `end`, in stretches of one MiB or a few.

        Raises Missing before the first one, while an answer's status is still open, and ValueError for what
        is no key or no range. `start` lies before the object's end; `end` may lie behind it.
        """
        _require_key(key)
        _require_range(start, end)
        if end is None or end - start > self._stretch:  # a stretch that begins past the end is refused
            end = min(end or sys.maxsize, await self.size(key))
        return self._stretches(key, await self._read(key, start, end), start, end)

    async def _stretches(
        self, key: str, first: memoryview, start: int, stop: int
    ) -> AsyncGenerator[memoryview]:
        """Yield the stretches after the first one too; while one is used the next is on its way."""
        stretch = first
        while (start := start + len(stretch)) < stop and len(stretch) == self._stretch:
            ahead = asyncio.ensure_future(self._read(key, start, stop))
            try:
                yield stretch
                stretch = await ahead
            finally:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
        yield stretch

    async def _read(self, key: str, start: int, stop: int) -> memoryview:
        end = min(start + self._stretch, stop)
        try:
            found = await obstore.get_range_async(self._objects, key, start=start, end=end)
        except FileNotFoundError:
            raise Missing(key) from None
        return memoryview(found)

    async def reach(self) -> None:
        """Return when the store answers; on disk, when files can be made. Raises BaseError, OSError."""
        if self._root:
            await asyncio.to_thread(disk.require_room, self._root)
            return
        with suppress(Missing):
            await self.size(new_key(NOBODY))

    async def size(self, key: str) -> int:
        """Return how many bytes an object has. Raises Missing, ValueError for no key."""
        _require_key(key)
        try:
            return (await obstore.head_async(self._objects, key))["size"]
        except FileNotFoundError:
            raise Missing(key) from None

    async def delete(self, key: str) -> None:
        """Remove the object; an object that is gone already is no error. Raises ValueError for no key."""
        _require_key(key)
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._objects, key)
        if self._root:
            await asyncio.to_thread(disk.forget, self._root, key)

    async def listed(self, licence_id: UUID) -> AsyncGenerator[list[Listed]]:
        """Yield what a licence has in the store, some at a time and in no order."""
        listing: ListStream[Sequence[ObjectMeta]] = obstore.list(  # pyright: ignore[reportUnknownMemberType]
            self._objects, licence_id.hex, chunk_size=LISTED_AT_ONCE
        )
        async for some in listing:
            yield [Listed(it["path"], it["size"], it["last_modified"]) for it in some]

    async def clear_rests(self, licence_id: UUID, *, before: datetime) -> int:
        """Remove what uploads that were cut off have left on the disk; return how many.

        An S3 store ends its own unfinished uploads, by a rule of the bucket.
        """
        if not self._root:
            return 0
        return await asyncio.to_thread(disk.clear_rests, self._root / licence_id.hex, before.timestamp())

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


def new_key(licence_id: UUID) -> str:
    """Return a fresh key in a licence's folder."""
    name = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    return f"{licence_id.hex}/{name[:2]}/{name[2:]}"


def _require_key(key: str) -> None:
    if not KEY.fullmatch(key):
        raise ValueError("this is no key of a stored object")


def _require_range(start: int, end: int | None) -> None:
    if start < 0 or (end is not None and end <= start):
        raise ValueError("a range starts at 0 or later and holds a byte")


def _patience() -> "ClientConfig":
    # obstore heeds no AWS_ALLOW_HTTP beside these options; whoever names a plain endpoint has chosen it.
    return {"allow_http": True, "connect_timeout": CONNECTING, "read_timeout": SILENT, "timeout": WHOLE}


def _tries() -> "RetryConfig":
    return {"retry_timeout": TRIED_AGAIN, "backoff": {"max_backoff": PAUSE}}


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
