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
from schema.given import Keys, given, key_lists_given, keys_given
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
    holding_ids: list[ID] | None = strawberry.field(default=None, description="For staff only.")
    business_unit_id: ID | None = strawberry.field(
        default=None, description="For staff only; without it the firm's, where it has but one."
    )
    external_reference: str | None = strawberry.field(
        default=None, description="What another program calls it, once in a firm; for staff only."
    )
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
    holding_ids: list[ID] | None = strawberry.field(
        default=strawberry.UNSET, description="All holdings that it hangs on, for staff only."
    )
    business_unit_id: ID | None = strawberry.field(
        default=strawberry.UNSET, description="Business eenheid, for staff only."
    )
    external_reference: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="What another program calls it, once in a firm; for staff only.",
    )


KEYS: Final[Keys] = {
    "dossier_id": ("Dossier", "dossierId"),
    "business_unit_id": ("BusinessUnit", "businessUnitId"),
}
KEY_LISTS: Final[Keys] = {
    "category_ids": ("Category", "categoryIds"),
    "relation_ids": ("Relation", "relationIds"),
    "holding_ids": ("Holding", "holdingIds"),
}
PLAIN: Final = ("description", "document_date", "external_reference")


def said_in(request: Reading, input: object) -> dict[str, Any]:
    """Return what an input says of a document, ids read. Raise Invalid."""
    return {
        **given(input, PLAIN),
        **keys_given(request, input, KEYS),
        **key_lists_given(request, input, KEY_LISTS),
    }


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
    said = Said(**said_in(info.context, input))
    document_id = await documents.upload_document(info.context, file, said, input.idempotency_key)
    return DocumentPayload(document_id=document_id)


@verb(DocumentPayload)
async def update_document(info: Info, input: UpdateDocumentInput) -> DocumentPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    changes = said_in(info.context, input)
    async with info.context.change() as change:
        await documents.update_document(change, document_id, changes, input.if_revision)
    return DocumentPayload(document_id=document_id)
