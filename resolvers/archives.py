"""Several documents as one ZIP: an address for a minute, with the same checks for each of them (S062)."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, select

from auth.links import Holder, Link, Purpose
from core.errors import Invalid, NotFound, Required
from core.viewer import Viewer
from models import Document, DocumentVersion
from models.tables import LICENCE, AnyRow
from resolvers import document_rows, refusals
from resolvers.content import first_of
from resolvers.document_rows import these
from resolvers.opening import ADDRESS_LASTS, OF_FILE, address, asking, is_openable, record
from resolvers.ports import Ports
from resolvers.reading import Reading
from storage.zipping import Entry, zipped

MOST_DOCUMENTS: Final = 1_000
"""Each takes 22 characters of the address: a proxy before this server must take lines of 32 KiB."""
ID_BYTES: Final = 16
PATH: Final = ("documentIds",)
CURRENT: Final = (
    select(*OF_FILE)
    .join(
        Document,
        and_(
            Document.licence_id == LICENCE,
            Document.id == DocumentVersion.document_id,
            Document.current_version == DocumentVersion.number,
        ),
    )
    .where(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    )
)


async def url(request: Reading, document_ids: Sequence[UUID]) -> str | None:
    """Return an address for these documents as one ZIP; None where one of them can not be read or opened.

    Raise Required for no document, Invalid for too many.
    """
    wanted = list(dict.fromkeys(document_ids))
    if not wanted:
        raise Required(path=PATH)
    if len(wanted) > MOST_DOCUMENTS:
        raise Invalid("At most {most} ids.", path=PATH, most=MOST_DOCUMENTS)
    found = await document_rows.by_ids(request, wanted)
    request.miss("archiveUrl", wanted, found)
    if not all(row is not None and is_openable(request.ports, row) for row in found):
        return None
    said = b"".join(it.bytes for it in wanted)
    link = Link(Holder.of(request.viewer), request.now + ADDRESS_LASTS, said)
    return address(request.ports, Purpose.ARCHIVE, link)


async def find_archive(ports: Ports, text: str, *, come_from: str) -> tuple[Viewer, list[AnyRow]]:
    """Return who asks for an archive, and the files in it in the order in which they were asked for.

    Session or API key, account and every right are read again. Raise NotFound where one of them is missing.
    """
    async with asking(ports, Purpose.ARCHIVE, text, come_from) as who:
        ids = [UUID(bytes=who.said[at : at + ID_BYTES]) for at in range(0, len(who.said), ID_BYTES)]
        readable = await who.found(these(for_staff=not who.viewer.is_client), ids=ids)
        rows = {row.document_id: row for row in await who.found(CURRENT, ids=ids)}
    files = [rows[it] for it in ids if it in rows and is_openable(ports, rows[it])]
    for missing in sorted({*ids} - {it.id for it in readable}):
        await refusals.of_file(ports, who.viewer, Purpose.ARCHIVE, missing)
    if not len(readable) == len(files) == len(ids):
        raise NotFound
    return who.viewer, files


def send_archive(ports: Ports, viewer: Viewer, files: Sequence[AnyRow]) -> AsyncGenerator[bytes]:
    """Return the bytes of a ZIP with these files, each of them read only when it is its turn.

    Raise FileUnreadable or Damaged for a file that is not as it was stored: what was sent until then is no
    ZIP.
    """
    return zipped(Entry(row.file_name, sent(ports, viewer, row)) for row in files)


async def sent(ports: Ports, viewer: Viewer, row: AnyRow) -> AsyncGenerator[bytes]:
    """Yield the bytes of one file of an archive, and remember that it was downloaded."""
    pieces = await first_of(ports, viewer.licence_id, row)
    await record(ports, viewer, "document.downloaded", row.document_id, row.number)
    async with aclosing(pieces):
        async for piece in pieces:
            yield piece
