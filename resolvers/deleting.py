"""Deleting a document and bringing it back: it is gone for everybody at once, and its rights stay (A30)."""

from uuid import UUID

from core.rights import Right
from models import Document
from resolvers import gate
from resolvers.change import Change

PLACE = ("input", "documentId")


async def delete_document(change: Change, document_id: UUID, if_revision: int | None) -> None:
    """Delete a document, so that it exists for nobody. Raise NotFound, Forbidden, Conflict."""
    await gate.document(change, document_id, Right.DELETE, path=PLACE, if_revision=if_revision)
    document = await touched(change, document_id)
    document.deleted_at, document.deleted_by = change.now, change.viewer.account_id
    change.record("document.deleted", document_id=document_id)


async def restore_document(change: Change, document_id: UUID) -> None:
    """Bring a deleted document back to everybody who could read it. Raise NotFound."""
    await gate.deleted_document(change, document_id, Right.DELETE, path=PLACE)
    document = await touched(change, document_id)
    document.deleted_at = document.deleted_by = None
    change.record("document.restored", document_id=document_id)


async def touched(change: Change, document_id: UUID) -> Document:
    """Return a document that is changed now; what it says is as old as it was."""
    document = await change.session.get_one(Document, (change.viewer.licence_id, document_id))
    document.revision += 1
    document.updated_at, document.updated_by = change.now, change.viewer.account_id
    return document
