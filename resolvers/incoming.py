"""Files on their way in: kept, searched for malware and looked at, before a row is made of them."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from core.errors import DatabaseAway, Infected, KluisError, Required, StoreAway
from models.tables import AnyRow
from resolvers import licences
from resolvers.ports import Ports
from resolvers.reaching_store import reaching_store
from resolvers.request import Request
from storage.file_names import cleaned
from storage.files import Stored
from storage.inspecting import inspect
from storage.malware import Scan, Verdict
from storage.media_types import HEAD_SIZE, fallback_name, recognise

# In seconds: longer than this nobody waits for the search; the worker takes it up then.
WAIT_FOR_VERDICT: Final = 20.0
SCAN_STATES: Final = {None: "NOT_SCANNED", Verdict.CLEAN: "CLEAN", Verdict.UNKNOWN: "PENDING"}


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file on its way in: the name it was given, and its bytes."""

    name: str
    chunks: AsyncIterable[bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is durable, and what it turned out to be."""

    name: str
    media_type: str
    stored: Stored
    scan_state: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a licence takes: how many bytes, and whether files that can run something."""

    limit: int
    accepts_active: bool

    @classmethod
    def of(cls, licence: AnyRow, limit: int) -> "Rules":
        """Return the rules of a licence."""
        return cls(limit, licence.accepts_active_files)


async def keep_part(request: Request, file: IncomingFile) -> Kept:
    """Store a file that came as a part of the request, as the viewer's licence takes it. Raise as `keep`."""
    licence = await licences.own(request)
    # A slow line, here or to the store, must not hold a connection that the database would end as idle.
    await request.release()
    rules = Rules.of(licence, request.ports.upload_limit)
    try:
        return await keep(request.ports, request.viewer.licence_id, file, rules)
    except KluisError as error:
        raise error.at("input", "file") from None


class Use:
    """Whether a row names a file that was kept."""

    is_used = True


@asynccontextmanager
async def kept_only_if_used(ports: Ports, kept: Kept) -> AsyncGenerator[Use]:
    """Remove a file again of which the block makes nothing, or that it refuses.

    After any other failure the commit may have happened: the object stays, and is swept if no row names it.
    """
    use = Use()
    try:
        yield use
    except DatabaseAway:
        raise
    except KluisError:
        use.is_used = False
        raise
    finally:
        if not use.is_used:
            await remove(ports, kept.stored.object_key)


async def keep(ports: Ports, licence_id: UUID, file: IncomingFile, rules: Rules) -> Kept:
    """Store a file that is of an accepted kind and in which nothing was found.

    Raise Required, TooLarge, UnsupportedType, Infected, StoreAway; then nothing of it is left. What is stored
    when this is cancelled is swept, as whatever no row names.
    """
    head, chunks = await head_of(file.chunks)
    if not head:
        raise Required("The file is empty.")
    media_type = recognise(head, file.name, accepts_active=rules.accepts_active)
    name = cleaned(file.name, fallback=fallback_name(media_type))
    stored, verdict = await searched(ports, licence_id, chunks, rules.limit)
    try:
        if verdict is Verdict.INFECTED:
            raise Infected(name=name)
        with reaching_store():
            await inspect(media_type, stored.byte_size, partial(ports.files.read_at, stored))
    except KluisError:
        await remove(ports, stored.object_key)
        raise
    return Kept(name, media_type, stored, SCAN_STATES[verdict])


async def remove(ports: Ports, object_key: str) -> None:
    """Remove a file that no row names; where the store is away it stays, and is swept in a day."""
    with suppress(StoreAway), reaching_store():
        await ports.files.delete(object_key)


async def searched(
    ports: Ports, licence_id: UUID, chunks: AsyncIterable[bytes], limit: int
) -> tuple[Stored, Verdict | None]:
    """Store a file while it is searched; return what was found, None where nobody searches.

    Raise StoreAway, and whatever `chunks` and the limit raise.
    """
    if ports.scanner is None:
        return await put(ports, licence_id, chunks, limit), None
    async with ports.scanner.scan() as scan:
        stored = await put(ports, licence_id, shown_to(scan, chunks), limit)
        return stored, await scan.verdict(within=WAIT_FOR_VERDICT)


async def put(ports: Ports, licence_id: UUID, chunks: AsyncIterable[bytes], limit: int) -> Stored:
    """Store a file. Raise StoreAway where there is no room, or nobody answers."""
    with reaching_store():
        return await ports.files.put(licence_id, chunks, limit=limit)


async def shown_to(scan: Scan, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield the bytes of a file, each part once it was shown to the search."""
    async for chunk in chunks:
        await scan.send(chunk)
        yield chunk


async def head_of(chunks: AsyncIterable[bytes]) -> tuple[bytes, AsyncIterable[bytes]]:
    """Return the first bytes of a stream, and the whole stream again."""
    arriving = aiter(chunks)
    head = b""
    while len(head) < HEAD_SIZE and (chunk := await anext(arriving, b"")):
        head += chunk
    return head, joined(head, arriving)


async def joined(head: bytes, rest: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield what was read already, then what still comes."""
    yield head
    async for chunk in rest:
        yield chunk
