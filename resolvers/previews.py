"""Pictures of first pages: made when somebody first asks, kept sealed, for whoever may open the file."""

import logging
import struct
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, SmallInteger, Uuid, any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from auth.links import Holder, Link, Purpose
from core.errors import FileUnreadable, Invalid, NotFound
from models import Preview
from models.tables import LICENCE, AnyRow
from resolvers import refusals
from resolvers.content import VERSIONS, first_of
from resolvers.document_rows import these
from resolvers.file_rows import OF_FILE, Place
from resolvers.incoming import put, remove
from resolvers.levels import column
from resolvers.opening import ADDRESS_LASTS, address, asking, is_openable, record
from resolvers.ports import Ports
from resolvers.reaching_store import reaching_store
from resolvers.reading import Reading
from storage.files import Damaged
from storage.previews import WIDTHS, can_be_previewed
from storage.store import Missing

# document, version, width in pixels
FORM: Final = struct.Struct(">16sIH")
WIDTH: Final = bindparam("width", type_=SmallInteger())
# What has no picture now may have been too much for a busy machine.
TRIED_AGAIN_AFTER: Final = timedelta(days=1)
WITHOUT: Final = select(Preview.document_id, Preview.number).where(
    Preview.licence_id == LICENCE,
    Preview.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    Preview.width == WIDTH,
    Preview.object_key.is_(None),
    Preview.created_at > bindparam("since", type_=DateTime(timezone=True)),
)
ONE: Final = (
    Preview.licence_id == LICENCE,
    Preview.document_id == bindparam("of_document", type_=Uuid()),
    Preview.number == bindparam("of_number", type_=Integer()),
    Preview.width == WIDTH,
)
KEPT: Final = select(
    Preview.object_key, Preview.sealed_key, Preview.byte_size, Preview.sha256, Preview.created_at
).where(*ONE)
FORGET: Final = delete(Preview).where(*ONE)
ADD: Final = insert(Preview).on_conflict_do_nothing().returning(Preview.width)

log = logging.getLogger("kluis.previews")


async def urls(request: Reading, documents: Sequence[AnyRow], width: int) -> list[str | None]:
    """Return an address for the picture of each document; None where it has none. Raise Invalid."""
    if width not in WIDTHS:
        raise Invalid("A preview is 320 or 1280 pixels wide.", path=("width",))
    since = request.now - TRIED_AGAIN_AFTER
    known = await request.rows(WITHOUT, ids=column(documents, "id"), width=width, since=since)
    without = {(it.document_id, it.number) for it in known}
    holder, ends = Holder.of(request.viewer), request.now + ADDRESS_LASTS

    def url(row: AnyRow) -> str | None:
        has_none = (row.id, row.current_version) in without
        if has_none or not is_openable(request.ports, row):
            return None
        if not can_be_previewed(row.media_type, row.byte_size):
            return None
        said = FORM.pack(row.id.bytes, row.current_version, width)
        return address(request.ports, Purpose.PREVIEW, Link(holder, ends, said))

    return [url(row) for row in documents]


async def open_preview(ports: Ports, text: str, *, come_from: str, is_seen: bool = True) -> bytes:
    """Return the picture (WebP) that an address stands for, and remember that the document was viewed (A24).

    All that must hold for the file itself is read again. Raise NotFound, also where there is no picture, and
    FileUnreadable where the file is damaged.
    """
    async with asking(ports, Purpose.PREVIEW, text, come_from) as who:
        document, number, width = FORM.unpack(who.said)
        document_id = UUID(bytes=document)
        readable = await who.found(these(for_staff=not who.viewer.is_client), ids=[document_id])
        versions = await who.found(VERSIONS, ids=[document_id], number=number)
    if not readable:
        await refusals.of_file(ports, who.viewer, Purpose.PREVIEW, document_id)
    if not readable or not versions or not is_openable(ports, versions[0]):
        raise NotFound
    drawing = Drawing(ports, who.viewer.licence_id, versions[0], width)
    picture = await drawing.kept() or await drawing.made()
    if is_seen:
        await record(ports, who.viewer, "document.viewed", document_id, number, once=True)
    return picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture of one version in one width."""

    ports: Ports
    licence_id: UUID
    version: AnyRow
    width: int

    @property
    def place(self) -> Place:
        """Return the row that it belongs to."""
        return Place.of_preview(self.licence_id, self.version.document_id, self.version.number, self.width)

    @property
    def key(self) -> dict[str, Any]:
        """Return what its statements are told."""
        return {
            "licence": self.licence_id,
            "of_document": self.version.document_id,
            "of_number": self.version.number,
            "width": self.width,
        }

    async def kept(self) -> bytes | None:
        """Return the picture that was made before; None for none. Raise NotFound where there can be none."""
        async with self.ports.database.change(self.licence_id) as session:
            row = (await session.execute(KEPT, self.key)).first()
        if row is None:
            return None
        if row.object_key is None:
            if row.created_at > self.ports.clock.now() - TRIED_AGAIN_AFTER:
                raise NotFound
            return await self.forget()
        try:
            stored = self.place.stored(self.ports.keys, row)
            with reaching_store():
                return await self.ports.files.read_at(stored, 0, stored.byte_size)
        except (Missing, Damaged) as trouble:
            # Nothing is lost: it is made again.
            log.warning("the picture %s is %s", row.object_key, type(trouble).__name__.lower())
            return await self.forget()

    async def forget(self) -> None:
        """Let the picture be made anew; an object that is left is swept."""
        async with self.ports.database.change(self.licence_id) as session:
            await session.execute(FORGET, self.key)

    async def made(self) -> bytes:
        """Return the picture, made now and kept.

        Raise NotFound where there can be none, FileUnreadable, StoreAway.
        """
        picture = await self.drawn()
        stored = picture and await put(self.ports, self.licence_id, in_one(picture), len(picture))
        columns = self.place.columns(self.ports.keys, stored) if stored else {}
        async with self.ports.database.change(self.licence_id) as session:
            is_first = (await session.execute(ADD, self.row(columns))).first()
        if stored and not is_first:
            await remove(self.ports, stored.object_key)
        if not picture:
            raise NotFound
        return picture

    async def drawn(self) -> bytes | None:
        """Return the picture, drawn now; None where there can be none. Raise FileUnreadable, StoreAway."""
        pieces = await first_of(self.ports, self.licence_id, self.version)
        try:
            async with aclosing(pieces):
                with reaching_store():
                    return await self.ports.renderer.render(pieces, self.version.media_type, self.width)
        except (Missing, Damaged):
            # It was told already, when it was read.
            raise FileUnreadable from None

    def row(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row of a picture; without a file it says that there can be none."""
        return {
            "licence_id": self.licence_id,
            "document_id": self.version.document_id,
            "number": self.version.number,
            "width": self.width,
            "created_at": self.ports.clock.now(),
            **{name: columns.get(name) for name in OF_FILE},
        }


async def in_one(content: bytes) -> AsyncGenerator[bytes]:
    """Yield bytes that are there already."""
    yield content
