"""What people do with documents: send them in and change what is said of them, S069-S081."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.errors import Forbidden, Required, TooLong
from core.folding import fold
from core.rights import Right
from models import Document, DocumentRelation
from models.feed import ChangeKind
from permissions.people import keeps_documents, may_upload
from resolvers import classifying, gate, licences, routing, sharing, uploads, versions, wording
from resolvers.change import Change
from resolvers.idempotency import once
from resolvers.incoming import IncomingFile, Kept, keep_part, kept_only_if_used
from resolvers.request import Request

LONGEST_DESCRIPTION: Final = 255


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a new document."""

    description: str
    document_date: date | None = None
    dossier_id: UUID | None = None
    category_ids: Sequence[UUID] | None = None
    relation_ids: Sequence[UUID] | None = None
    holding_ids: Sequence[UUID] | None = None
    business_unit_id: UUID | None = None
    external_reference: str | None = None

    def for_staff_alone(self) -> dict[str, Any]:
        """Return what is said that only staff may say."""
        return {name: value for name in classifying.FOR_STAFF if (value := getattr(self, name)) is not None}


async def upload_document(
    request: Request, file: IncomingFile, said: Said, idempotency_key: str | None = None
) -> UUID:
    """Keep a file and make a document of it, which its maker may read at once; return its id.

    The bytes are durable before the row is there, so that no row is ever without its object. What comes again
    with its key is the document that was made, and its bytes are not kept twice. Raise Required, TooLong,
    TooLarge, UnsupportedType, Infected, NotFound, Forbidden, Invalid, Conflict.
    """
    description = checked(request, said)
    kept = await keep_part(request, file)
    async with kept_only_if_used(request.ports, kept) as used:
        async with request.change() as change:
            made = await once(
                change,
                idempotency_key,
                "uploadDocument",
                asdict(said) | {"file_name": kept.name, "sha256": kept.stored.sha256.hex()},
                lambda: add_document(change, description, said, kept),
            )
        used.is_used = made.is_new
    return made.id


async def complete_upload(request: Request, upload_id: UUID, said: Said) -> UUID:
    """Make a document of a file that was sent to an upload; return its id, the same one if it is done again.

    Raise Required, TooLong, NotFound, Expired, Forbidden, Invalid, Conflict.
    """
    description = checked(request, said)
    place = ("input", "uploadId")
    async with request.change() as change:
        upload = await uploads.taken(change, upload_id, path=place)
        if upload.document_id is not None:
            return upload.document_id
        kept = uploads.kept_of(change, upload, path=place)
        document_id = await add_document(change, description, said, kept)
        await uploads.make_of(change, upload, document_id)
        return document_id


def checked(request: Request, said: Said) -> str:
    """Return the description of a new document, if the viewer may say all that is said of it.

    Raise Forbidden, Required, TooLong.
    """
    if not may_upload(request.viewer):
        raise Forbidden
    classifying.require_staff_for(request.viewer, said.for_staff_alone())
    return described(said.description)


async def add_document(change: Change, description: str, said: Said, kept: Kept) -> UUID:
    """Add the rows of a new document, and tell the firm when a client sent it (S071)."""
    viewer = change.viewer
    document = change.add(
        Document,
        description=description,
        description_folded=fold(description),
        document_date=said.document_date,
        business_unit_id=await licences.only_unit(change),
        created_at=change.now,
        created_by=viewer.account_id,
        updated_at=change.now,
        updated_by=viewer.account_id,
        content_updated_at=change.now,
        content_updated_by=viewer.account_id,
    )
    await change.session.flush()
    await wording.write_words(change.session, viewer.licence_id, {document.id: document.description_folded})
    versions.add_row(change, document.id, 1, kept)
    await sharing.give_first_rights(change, document.id)
    change.record("document.uploaded", document_id=document.id)
    await change.note(ChangeKind.CREATED, "Document", document.id)
    if keeps_documents(viewer):
        await classifying.classify(change, document, said.for_staff_alone())
    else:
        # S077: what a client sends hangs on himself, without category or dossier.
        change.add(DocumentRelation, document_id=document.id, relation_id=viewer.relation_id)
        await routing.tell_of_upload(change)
    return document.id


async def update_document(
    change: Change, document_id: UUID, changes: Mapping[str, Any], if_revision: int | None
) -> None:
    """Change what is said of a document: only the arguments that were given.

    Raise NotFound, Forbidden, Conflict, Required, TooLong, Invalid.
    """
    place = ("input", "documentId")
    await gate.document(change, document_id, Right.UPDATE, path=place, if_revision=if_revision)
    classifying.require_staff_for(change.viewer, changes)
    document = await change.session.get_one(Document, (change.viewer.licence_id, document_id))
    if "description" in changes:
        await describe(change, document, described(changes["description"]))
    if "document_date" in changes:
        document.document_date = changes["document_date"]
    await classifying.classify(change, document, changes)
    document.revision += 1
    document.content_revision += 1
    document.updated_at = document.content_updated_at = change.now
    document.updated_by = document.content_updated_by = change.viewer.account_id
    change.record("document.updated", document_id=document_id, changed=sorted(changes))
    await change.note(ChangeKind.CHANGED, "Document", document_id)


async def describe(change: Change, document: Document, description: str) -> None:
    """Give a document another description, and its words."""
    before, after = document.description_folded, fold(description)
    document.description, document.description_folded = description, after
    await wording.change_words(change.session, change.viewer.licence_id, document.id, before, after)


def described(description: str | None) -> str:
    """Return a description as it is kept: trimmed, 1 to 255 characters. Raise Required, TooLong."""
    text = (description or "").strip()
    place = ("input", "description")
    if not text:
        raise Required(path=place)
    if len(text) > LONGEST_DESCRIPTION:
        raise TooLong(path=place, limit=LONGEST_DESCRIPTION)
    return text
