"""uploadDocument and updateDocument."""

from collections.abc import AsyncGenerator
from datetime import date
from typing import Any, Final

import strawberry
from starlette.datastructures import UploadFile
from strawberry.file_uploads import Upload
from strawberry.scalars import ID

from core.errors import Required
from resolvers import documents
from resolvers.documents import Said
from resolvers.incoming import IncomingFile
from resolvers.reading import Reading
from schema import ids
from schema.context import Info
from schema.idempotency import idempotency_key
from schema.payloads import DocumentPayload
from schema.user_errors import verb

CHUNK: Final = 1 << 20


@strawberry.input(description="A file and what is said of it.")
class UploadDocumentInput:
    file: Upload = strawberry.field(
        description="A part of a multipart request (GraphQL multipart request specification)."
    )
    description: str = strawberry.field(description="Omschrijving: 1 to 255 characters.")
    document_date: date | None = strawberry.field(default=None, description="The date on the document.")
    dossier_id: ID | None = strawberry.field(default=None, description="For staff only.")
    category_ids: list[ID] | None = strawberry.field(default=None, description="For staff only.")
    relation_ids: list[ID] | None = strawberry.field(default=None, description="For staff only.")
    idempotency_key: str | None = idempotency_key(
        " The file is part of the input, by its name and its bytes."
    )


@strawberry.input(description="What is to be changed; what is left out stays as it is.")
class UpdateDocumentInput:
    document_id: ID = strawberry.field(description="Which document.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="Omschrijving: 1 to 255 characters."
    )
    document_date: date | None = strawberry.field(
        default=strawberry.UNSET, description="The date on the document; null takes it away."
    )
    dossier_id: ID | None = strawberry.field(
        default=strawberry.UNSET, description="Its dossier, for staff only; null takes it out."
    )
    category_ids: list[ID] | None = strawberry.field(
        default=strawberry.UNSET, description="All its categories, for staff only."
    )
    relation_ids: list[ID] | None = strawberry.field(
        default=strawberry.UNSET, description="All relations that it hangs on, for staff only."
    )


# How each argument is read: whose ids it takes, and what it is called outside.
KEYS: Final = {"dossier_id": ("Dossier", "dossierId")}
KEY_LISTS: Final = {"category_ids": ("Category", "categoryIds"), "relation_ids": ("Relation", "relationIds")}
PLAIN: Final = ("description", "document_date")


def given(request: Reading, input: object) -> dict[str, Any]:
    """Return what an input says of a document, ids read. Raise Invalid."""
    names = [name for name in (*PLAIN, *KEYS, *KEY_LISTS) if getattr(input, name) is not strawberry.UNSET]
    changes: dict[str, Any] = {name: getattr(input, name) for name in names}
    for name in KEYS.keys() & changes.keys():
        if changes[name] is not None:
            type_name, argument = KEYS[name]
            changes[name] = ids.read(request, type_name, changes[name], "input", argument)
    for name in KEY_LISTS.keys() & changes.keys():
        if changes[name] is not None:
            type_name, argument = KEY_LISTS[name]
            changes[name] = ids.read_all(request, type_name, changes[name], "input", argument)
    return changes


async def chunks_of(file: UploadFile) -> AsyncGenerator[bytes]:
    """Yield the bytes of an uploaded part."""
    while chunk := await file.read(CHUNK):
        yield chunk


def file_in(part: object) -> IncomingFile:
    """Return the file that is a part of a multipart request. Raise Required for anything else."""
    if not isinstance(part, UploadFile):
        raise Required("Send the file as a part of a multipart request.", path=("input", "file"))
    return IncomingFile(part.filename or "", chunks_of(part))


@verb(DocumentPayload)
async def upload_document(info: Info, input: UploadDocumentInput) -> DocumentPayload:
    file = file_in(input.file)
    said = Said(**given(info.context, input))
    document_id = await documents.upload_document(info.context, file, said, input.idempotency_key)
    return DocumentPayload(document_id=document_id)


@verb(DocumentPayload)
async def update_document(info: Info, input: UpdateDocumentInput) -> DocumentPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    changes = given(info.context, input)
    async with info.context.change() as change:
        await documents.update_document(change, document_id, changes, input.if_revision)
    return DocumentPayload(document_id=document_id)
