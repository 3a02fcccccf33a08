"""The bytes of a document: an address for a minute, and what is read again when it is used (S062, A24)."""

import struct
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from auth.links import Holder, Link, Purpose
from core.errors import FileUnreadable, NotFound
from core.viewer import Viewer
from models import DocumentVersion
from models.tables import LICENCE, AnyRow
from resolvers import damage, refusals
from resolvers.document_rows import these
from resolvers.file_rows import Place
from resolvers.levels import column
from resolvers.opening import ADDRESS_LASTS, OF_FILE, address, asking, is_openable, record
from resolvers.ports import Ports
from resolvers.reaching_store import reaching_store
from resolvers.reading import Reading
from storage.files import Damaged
from storage.media_types import is_inline_safe, sent_as
from storage.store import Missing

# document, version, whether to show it in the browser
FORM: Final = struct.Struct(">16sI?")
VERSIONS: Final = select(*OF_FILE).where(
    DocumentVersion.licence_id == LICENCE,
    DocumentVersion.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    DocumentVersion.number == bindparam("number"),
)


@dataclass(frozen=True, slots=True)
class ContentLink:
    """What an address of content says."""

    document_id: UUID
    version: int
    inline: bool

    @classmethod
    def read(cls, said: bytes) -> "ContentLink":
        """Return what the address says."""
        document, version, inline = FORM.unpack(said)
        return cls(UUID(bytes=document), version, inline)

    @property
    def said(self) -> bytes:
        """Return what the address is to say."""
        return FORM.pack(self.document_id.bytes, self.version, self.inline)


@dataclass(frozen=True, slots=True)
class Content:
    """A file on its way out, and who asked for it."""

    viewer: Viewer
    row: AnyRow
    inline: bool

    @property
    def name(self) -> str:
        """Return the name that it is saved under."""
        name: str = self.row.file_name
        return name

    @property
    def media_type(self) -> str:
        """Return the type that it is sent as."""
        return sent_as(self.row.media_type)

    @property
    def byte_size(self) -> int:
        """Return how many bytes it has."""
        size: int = self.row.byte_size
        return size

    @property
    def sha256(self) -> bytes:
        """Return its digest: 32 bytes."""
        digest: bytes = self.row.sha256
        return digest


async def urls(
    request: Reading, documents: Sequence[AnyRow], *, inline: bool, version: int | None
) -> list[str | None]:
    """Return an address for each document's bytes; None where there is no such version, or none to open."""
    openable = {it.id: it.current_version for it in documents if is_openable(request.ports, it)}
    if version is not None:
        found = await request.rows(VERSIONS, ids=column(documents, "id"), number=version)
        openable = {it.document_id: it.number for it in found if is_openable(request.ports, it)}
    holder, ends = Holder.of(request.viewer), request.now + ADDRESS_LASTS

    def url(document_id: UUID) -> str:
        said = ContentLink(document_id, openable[document_id], inline).said
        return address(request.ports, Purpose.CONTENT, Link(holder, ends, said))

    return [url(it.id) if it.id in openable else None for it in documents]


async def find_content(ports: Ports, text: str, *, come_from: str) -> Content:
    """Return the file that an address stands for.

    Session or API key, account and right are read again; NotFound says nothing of which of them is missing.
    """
    async with asking(ports, Purpose.CONTENT, text, come_from) as who:
        link = ContentLink.read(who.said)
        readable = await who.found(these(for_staff=not who.viewer.is_client), ids=[link.document_id])
        versions = await who.found(VERSIONS, ids=[link.document_id], number=link.version)
    if not readable:
        await refusals.of_file(ports, who.viewer, Purpose.CONTENT, link.document_id)
    if not readable or not versions or not is_openable(ports, versions[0]):
        raise NotFound
    return Content(who.viewer, versions[0], link.inline and is_inline_safe(versions[0].media_type))


async def open_content(
    ports: Ports, content: Content, *, start: int = 0, end: int | None = None
) -> AsyncGenerator[bytes]:
    """Return the bytes of a file, or some of them, and remember that it was opened or downloaded (A24).

    Whoever asks for parts opens the file once in a minute. Raise NotFound for a file that is missing,
    FileUnreadable for one that is damaged: here for the first piece, Damaged later on.
    """
    row, viewer = content.row, content.viewer
    pieces = await first_of(ports, viewer.licence_id, row, start, end)
    kind = "document.opened" if content.inline else "document.downloaded"
    is_part = (start, end) != (0, None)
    await record(ports, viewer, kind, row.document_id, row.number, once=is_part)
    return pieces


async def first_of(
    ports: Ports, licence_id: UUID, row: AnyRow, start: int = 0, end: int | None = None
) -> AsyncGenerator[bytes]:
    """Return the bytes of a version, the first of which were read and found whole.

    Raise FileUnreadable, StoreAway.
    """
    place = Place.of_version(licence_id, row.document_id, row.number)
    try:
        with reaching_store():
            pieces = await ports.files.get(place.stored(ports.keys, row), start=start, end=end)
    except (Missing, Damaged) as trouble:
        await damage.report(ports, licence_id, row, trouble)
        raise FileUnreadable from None
    return watched(ports, licence_id, row, pieces)


async def watched(
    ports: Ports, licence_id: UUID, row: AnyRow, pieces: AsyncGenerator[bytes]
) -> AsyncGenerator[bytes]:
    """Yield the bytes of a version; raise Damaged, once it is reported, where they are not as they were."""
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                yield piece
        except Damaged as trouble:
            await damage.report(ports, licence_id, row, trouble)
            raise
