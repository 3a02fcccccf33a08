"""Deleting a document and bringing it back: it is gone for everybody at once, and its rights stay (A30)."""

from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, update

from core.rights import Right
from models import Document
from models.tables import LICENCE
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


async def delete_document(change: Change, document_id: UUID, if_revision: int | None) -> None:
    """Delete a document, so that it exists for nobody. Raise NotFound, Forbidden, Conflict."""
    await gate.document(change, document_id, Right.DELETE, path=PLACE, if_revision=if_revision)
    await change.rows(SET_DELETED, document=document_id, at=change.now, by=change.viewer.account_id)
    await sharing.touch(change, [document_id])
    change.record("document.deleted", document_id=document_id)


async def restore_document(change: Change, document_id: UUID) -> None:
    """Bring a deleted document back to everybody who could read it. Raise NotFound."""
    await gate.deleted_document(change, document_id, Right.DELETE, path=PLACE)
    await change.rows(SET_DELETED, document=document_id, at=None, by=None)
    await sharing.touch(change, [document_id])
    change.record("document.restored", document_id=document_id)
