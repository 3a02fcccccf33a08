"""Deleting a document and bringing it back: it is gone for everybody at once, and its rights stay (A30)."""

from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, select, update

from core.errors import NotFound
from core.rights import Right
from models import Document, DocumentGrant
from models.feed import ChangeKind
from models.tables import LICENCE
from permissions.access import GIVES_READ
from resolvers import gate, sharing
from resolvers.change import Change

PLACE: Final = ("input", "documentId")
SET_DELETED: Final = (
    update(Document)
    .where(Document.licence_id == LICENCE, Document.id == bindparam("document", type_=Uuid()))
    .values(
        deleted_at=bindparam("at", type_=DateTime(timezone=True)), deleted_by=bindparam("by", type_=Uuid())
    )
)
BRING_BACK: Final = (
    update(Document)
    .where(
        Document.licence_id == LICENCE,
        Document.id == bindparam("document", type_=Uuid()),
        Document.deleted_at > bindparam("since", type_=DateTime(timezone=True)),
    )
    .values(deleted_at=None, deleted_by=None)
    .returning(Document.id)
)
READERS: Final = (
    select(DocumentGrant.principal_id)
    .distinct()
    .where(
        DocumentGrant.licence_id == LICENCE,
        DocumentGrant.document_id == bindparam("document", type_=Uuid()),
        GIVES_READ,
    )
)


async def delete_document(change: Change, document_id: UUID, if_revision: int | None) -> None:
    """Delete a document, so that it exists for nobody. Raise NotFound, Forbidden, Conflict."""
    await gate.document(change, document_id, Right.DELETE, path=PLACE, if_revision=if_revision)
    await change.rows(SET_DELETED, document=document_id, at=change.now, by=change.viewer.account_id)
    await sharing.touch(change, [document_id])
    change.record("document.deleted", document_id=document_id)
    await change.note(ChangeKind.DELETED, "Document", document_id, await readers(change, document_id))


async def restore_document(change: Change, document_id: UUID) -> None:
    """Bring a deleted document back to everybody who could read it. Raise NotFound.

    What is due to be purged exists for nobody any more, whether the purge has come to it yet or not.
    """
    await gate.deleted_document(change, document_id, Right.DELETE, path=PLACE)
    since = change.now - change.ports.purge_after
    if not await change.rows(BRING_BACK, document=document_id, since=since):
        raise NotFound(path=PLACE)
    await sharing.touch(change, [document_id])
    change.record("document.restored", document_id=document_id)
    await change.note(ChangeKind.CREATED, "Document", document_id, await readers(change, document_id))


async def readers(change: Change, document_id: UUID) -> list[UUID]:
    """Return the principals that were given READ on a document, whether it is there or not."""
    return [row.principal_id for row in await change.rows(READERS, document=document_id)]
