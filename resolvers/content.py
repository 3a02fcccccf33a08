"""The bytes of a document: an address for a minute, and what is read again when it is used (S062, A24)."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from auth import bearers, content_links
from auth.content_links import ContentLink
from core.errors import NotFound
from core.viewer import Viewer
from models import DocumentVersion, Event
from models.tables import LICENCE, AnyRow
from permissions.told import told_of
from resolvers.document_rows import these
from resolvers.fetching import reads
from resolvers.levels import column
from resolvers.ports import Ports
from resolvers.reading import Reading
from storage.media_types import is_inline_safe
from storage.store import Missing

log = logging.getLogger("kluis.content")

VERSIONS: Final = select(
    DocumentVersion.document_id,
    DocumentVersion.number,
    DocumentVersion.file_name,
    DocumentVersion.media_type,
    DocumentVersion.byte_size,
    DocumentVersion.sha256,
    DocumentVersion.object_key,
    DocumentVersion.scan_state,
).where(
    DocumentVersion.licence_id == LICENCE,
    DocumentVersion.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    DocumentVersion.number == bindparam("number"),
    DocumentVersion.scan_state != "INFECTED",
)


@dataclass(frozen=True, slots=True)
class Content:
    """A file on its way out."""

    name: str
    media_type: str
    byte_size: int
    sha256: bytes
    inline: bool
    pieces: AsyncIterator[bytes]


async def urls(
    request: Reading, documents: Sequence[AnyRow], *, inline: bool, version: int | None
) -> list[str | None]:
    """Return an address for each document's bytes; None where it has no such version."""
    viewer = request.viewer
    known = {(it.id, it.current_version) for it in documents}
    if version is not None:
        found = await request.rows(VERSIONS, ids=column(documents, "id"), number=version)
        known = {(it.document_id, it.number) for it in found}
    links = [
        ContentLink(
            licence_id=viewer.licence_id,
            session_id=viewer.session_id,
            document_id=it.id,
            version=version or it.current_version,
            inline=inline,
            expires_at=request.now + content_links.LASTS_FOR,
            is_program=viewer.is_program,
        )
        for it in documents
    ]
    return [url(request.ports, link) if (link.document_id, link.version) in known else None for link in links]


def url(ports: Ports, link: ContentLink) -> str:
    """Return the address that a link is part of."""
    return f"{ports.public_url}/content/{link.seal(ports.keys.links)}"


async def open_content(ports: Ports, text: str, *, address: str, record: bool = True) -> Content:
    """Return the file that an address stands for, and remember that it was opened or downloaded.

    Session or API key, account and right are read again, and `address` must be one that a key may be used
    from; NotFound says nothing of which of them is missing.
    """
    link = content_links.read(ports.keys.links, text, ports.clock.now())
    if link is None:
        raise NotFound
    viewer, version = await still_allowed(ports, link, address)
    inline = link.inline and is_inline_safe(version.media_type)
    try:
        pieces = await ports.store.get(version.object_key)
    except Missing:
        # Its key says all there is to say.
        log.error("the object %s is missing", version.object_key)  # noqa: TRY400
        raise NotFound from None
    if record:
        await record_opened(ports, link, viewer, inline=inline)
    return Content(version.file_name, version.media_type, version.byte_size, version.sha256, inline, pieces)


async def record_opened(ports: Ports, link: ContentLink, viewer: Viewer, *, inline: bool) -> None:
    """Remember who opened or downloaded which version: two different events (A24)."""
    async with ports.database.change(link.licence_id) as session:
        session.add(
            Event(
                licence_id=link.licence_id,
                kind="document.opened" if inline else "document.downloaded",
                occurred_at=ports.clock.now(),
                account_id=viewer.account_id,
                document_id=link.document_id,
                details={"version": link.version},
            )
        )


async def still_allowed(ports: Ports, link: ContentLink, address: str) -> tuple[Viewer, AnyRow]:
    """Return who opens the link and the version it means, by what is true now. Raise NotFound."""
    async with ports.database.snapshot(link.licence_id) as connection:
        rows, now = reads(connection), ports.clock.now()
        viewer = await bearers.viewer_in(
            rows, link.licence_id, link.session_id, now, address, is_program=link.is_program
        )
        if viewer is None:
            raise NotFound
        values = told_of(viewer) | {"ids": [link.document_id]}
        readable = await rows(these(for_staff=not viewer.is_client), values)
        versions = await rows(VERSIONS, values | {"number": link.version})
        if not readable or not versions:
            raise NotFound
        return viewer, versions[0]
