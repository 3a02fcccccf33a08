"""deleteDocument and restoreDocument."""

import strawberry
from strawberry.scalars import ID

from resolvers import deleting
from schema import ids
from schema.context import Info
from schema.payloads import DeleteDocumentPayload, DocumentPayload
from schema.user_errors import verb


@strawberry.input(description="Which document goes.")
class DeleteDocumentInput:
    document_id: ID = strawberry.field(description="One that the viewer may delete (kan schrappen).")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )


@strawberry.input(description="Which document comes back.")
class RestoreDocumentInput:
    document_id: ID = strawberry.field(description="A deleted one that the viewer could delete.")


@verb(DeleteDocumentPayload)
async def delete_document(info: Info, input: DeleteDocumentInput) -> DeleteDocumentPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    async with info.context.change() as change:
        await deleting.delete_document(change, document_id, input.if_revision)
    return DeleteDocumentPayload(key=document_id)


@verb(DocumentPayload)
async def restore_document(info: Info, input: RestoreDocumentInput) -> DocumentPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    async with info.context.change() as change:
        await deleting.restore_document(change, document_id)
    return DocumentPayload(document_id=document_id)
