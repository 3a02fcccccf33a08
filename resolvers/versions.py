"""The versions of a document: added, never changed, and read by whoever may read the document."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from core.errors import Conflict
from core.rights import Right
from models import Document, DocumentVersion
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from permissions.people import keeps_documents
from resolvers import document_rows, gate, routing, uploads
from resolvers.change import Change
from resolvers.file_rows import Place
from resolvers.incoming import IncomingFile, Kept, keep_part, kept_only_if_used
from resolvers.levels import column, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked, Sorting
from resolvers.parents import OF_PARENT
from resolvers.reading import Reading
from resolvers.request import Request

VERSION: Final = select(
    DocumentVersion.id,
    DocumentVersion.document_id,
    DocumentVersion.number,
    DocumentVersion.file_name,
    DocumentVersion.media_type,
    DocumentVersion.byte_size,
    DocumentVersion.sha256,
    DocumentVersion.scan_state,
    DocumentVersion.created_at,
    DocumentVersion.created_by,
).where(DocumentVersion.licence_id == LICENCE)
BY_IDS: Final = VERSION.where(DocumentVersion.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
NEWEST_FIRST: Final = NamedList(
    VERSION.where(DocumentVersion.document_id == OF_PARENT),
    DocumentVersion.number.expression,
    DocumentVersion.id.expression,
    Sorting("NUMBER", int, descending=True),
)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the version of each id that came from outside, as far as its document may be read."""
    found = await looked_up(request, BY_IDS, ids)
    documents = await document_rows.by_ids(request, [it.document_id for it in found if it])
    readable = {it.id for it in documents if it}
    return [it if it and it.document_id in readable else None for it in found]


async def of_documents(request: Reading, documents: Sequence[Any], asked: PageAsked) -> list[NamedPage]:
    """Return one page of each document's versions, the newest first. Raise Invalid."""
    return await NEWEST_FIRST.pages(request, column(documents, "id"), asked)


def add_row(change: Change, document_id: UUID, number: int, kept: Kept) -> None:
    """Add the row of a version, whose file opens in this row alone."""
    place = Place.of_version(change.viewer.licence_id, document_id, number)
    change.add(
        DocumentVersion,
        document_id=document_id,
        number=number,
        file_name=kept.name,
        media_type=kept.media_type,
        scan_state=kept.scan_state,
        scan_due_at=change.now,
        checked_at=change.now,
        created_at=change.now,
        created_by=change.viewer.account_id,
        **place.columns(change.ports.keys, kept.stored),
    )


async def add_version(
    request: Request, document_id: UUID, source: IncomingFile | UUID, if_revision: int | None
) -> None:
    """Give a document a new version: a file, or what was sent to the upload with this id.

    The old ones stay. Raise NotFound, Forbidden, Conflict, Expired, and as `keep` for a file.
    """
    if isinstance(source, UUID):
        await add_upload(request, document_id, source, if_revision)
        return
    kept = await keep_part(request, source)
    async with kept_only_if_used(request.ports, kept), request.change() as change:
        await add(change, document_id, kept, if_revision)


async def add_upload(request: Request, document_id: UUID, upload_id: UUID, if_revision: int | None) -> None:
    """Give a document what was sent to an upload; once, however often it is asked."""
    place = ("input", "uploadId")
    async with request.change() as change:
        upload = await uploads.taken(change, upload_id, path=place)
        if upload.document_id == document_id:
            return
        if upload.document_id is not None:
            raise Conflict("A document was made of this upload already.", path=place)
        await add(change, document_id, uploads.kept_of(change, upload, path=place), if_revision)
        await uploads.make_of(change, upload, document_id)


async def add(change: Change, document_id: UUID, kept: Kept, if_revision: int | None) -> None:
    """Add the rows of a new version, and tell the firm when a client sent it (S071)."""
    place = ("input", "documentId")
    await gate.document(change, document_id, Right.UPDATE, path=place, if_revision=if_revision)
    document = await change.session.get_one(Document, (change.viewer.licence_id, document_id))
    document.current_version += 1
    document.revision += 1
    document.content_revision += 1
    document.updated_at = document.content_updated_at = change.now
    document.updated_by = document.content_updated_by = change.viewer.account_id
    add_row(change, document_id, document.current_version, kept)
    change.record("document.version_added", document_id=document_id, version=document.current_version)
    await change.note(ChangeKind.CHANGED, "Document", document_id)
    if not keeps_documents(change.viewer):
        await routing.tell_of_upload(change)
