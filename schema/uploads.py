"""createUpload, completeUpload and addDocumentVersion."""

from collections.abc import Sequence
from datetime import date, datetime

import strawberry
from strawberry.file_uploads import Upload
from strawberry.scalars import ID

from core.errors import Required
from execution import batched, derived
from models.tables import AnyRow
from resolvers import documents, uploads, versions
from resolvers.documents import Said
from resolvers.reading import Reading
from resolvers.uploads import Announced
from schema import ids
from schema.context import Info
from schema.documents import file_in, said_in
from schema.idempotency import idempotency_key
from schema.ids import identity
from schema.payloads import DocumentPayload, Key, named_by
from schema.prices import about
from schema.scalars import URL, BigInt, Sha256
from schema.user_errors import UserError, no_errors, verb


@strawberry.input(description="A file that is going to be sent.")
class CreateUploadInput:
    file_name: str = strawberry.field(description="Its extension says what it is.")
    media_type: str = strawberry.field(description="The one that goes with the extension.")
    byte_size: BigInt = strawberry.field(description="In bytes; a file of another size is not taken.")
    sha256: Sha256 | None = strawberry.field(
        default=None, description="Digest of the bytes; with it other bytes are not taken."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="A header of HTTP.")
class HttpHeader:
    name: str = strawberry.field(description="Such as Content-Type.")
    value: str = strawberry.field(description="What it says.")


def urls_of(parents: Sequence[AnyRow], request: Reading) -> list[str]:
    return [uploads.url(request, it) for it in parents]


def headers_of(upload: AnyRow) -> list[HttpHeader]:
    return [HttpHeader(name="Content-Type", value=upload.media_type)]


@strawberry.type(
    description="PUT the bytes to `url` with `headers`, again after a broken connection; then call "
    "completeUpload."
)
class UploadTicket:
    id: ID = identity("Upload")
    url: URL = batched(urls_of, description="Where to; works by itself, for whoever asked for it.")
    headers: list[HttpHeader] = derived(
        headers_of, description="What the request is to have.", directives=[about(1)]
    )
    max_byte_size: BigInt = derived(lambda it: it.byte_size, description="In bytes: as many as announced.")
    expires_at: datetime = strawberry.field(description="Until when; then what was sent is gone.")


@strawberry.type(description="What the announcement of a file came to.")
class CreateUploadPayload:
    upload_id: Key = None
    upload: UploadTicket | None = batched(
        named_by("upload_id", uploads.own_by_ids), description="Where to send the file."
    )
    user_errors: list[UserError] = no_errors()


@strawberry.input(description="A file that was sent, and what is said of it.")
class CompleteUploadInput:
    upload_id: ID = strawberry.field(description="Of createUpload, once its bytes were sent.")
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


@strawberry.input(description="A new version of a document: either a file, or an upload.")
class AddDocumentVersionInput:
    document_id: ID = strawberry.field(description="One that the viewer may change (kan bijwerken).")
    file: Upload | None = strawberry.field(default=None, description="A part of a multipart request.")
    upload_id: ID | None = strawberry.field(
        default=None, description="Of createUpload, once its bytes were sent."
    )
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )


@verb(CreateUploadPayload)
async def create_upload(info: Info, input: CreateUploadInput) -> CreateUploadPayload:
    said = Announced(input.file_name, input.media_type, input.byte_size, input.sha256)
    async with info.context.change() as change:
        upload_id = await uploads.create_upload(change, said, input.idempotency_key)
    return CreateUploadPayload(upload_id=upload_id)


@verb(DocumentPayload)
async def complete_upload(info: Info, input: CompleteUploadInput) -> DocumentPayload:
    upload_id = ids.read(info.context, "Upload", input.upload_id, "input", "uploadId")
    said = Said(**said_in(info.context, input))
    document_id = await documents.complete_upload(info.context, upload_id, said)
    return DocumentPayload(document_id=document_id)


@verb(DocumentPayload)
async def add_document_version(info: Info, input: AddDocumentVersionInput) -> DocumentPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    if (input.file is None) == (input.upload_id is None):
        raise Required("Give either `file` or `uploadId`.", path=("input",))
    if input.upload_id is None:
        source = file_in(input.file)
    else:
        source = ids.read(info.context, "Upload", input.upload_id, "input", "uploadId")
    await versions.add_version(info.context, document_id, source, input.if_revision)
    return DocumentPayload(document_id=document_id)
