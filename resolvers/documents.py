"""What people do with documents: send them in and change what is said of them, S069-S081."""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.errors import Forbidden, KluisError, Required, TooLong
from core.folding import fold
from core.rights import Right
from models import Document, DocumentRelation, DocumentVersion
from permissions.people import keeps_documents, may_upload
from resolvers import accounts, classifying, gate, licences, routing, sharing
from resolvers.change import Change
from resolvers.idempotency import once
from resolvers.request import Request
from storage.file_names import cleaned
from storage.media_types import HEAD_SIZE, fallback_name, recognise
from storage.store import Stored

LONGEST_DESCRIPTION: Final = 255


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file on its way in: the name it was given, and its bytes."""

    name: str
    chunks: AsyncIterable[bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a new document."""

    description: str
    document_date: date | None = None
    dossier_id: UUID | None = None
    category_ids: Sequence[UUID] | None = None
    relation_ids: Sequence[UUID] | None = None

    def for_staff_alone(self) -> dict[str, Any]:
        """Return what is said that only staff may say."""
        return {name: value for name in classifying.FOR_STAFF if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is durable, and what it turned out to be."""

    name: str
    media_type: str
    stored: Stored


async def upload_document(
    request: Request, file: IncomingFile, said: Said, idempotency_key: str | None = None
) -> UUID:
    """Keep a file and make a document of it, which its maker may read at once; return its id.

    The bytes are durable before the row is there, so that no row is ever without its object. What comes again
    with its key is the document that was made, and its bytes are not kept twice. Raise Required, TooLong,
    TooLarge, UnsupportedType, NotFound, Forbidden, Invalid, Conflict.
    """
    if not may_upload(request.viewer):
        raise Forbidden
    classifying.require_staff_for(request.viewer, said.for_staff_alone())
    description = described(said.description)
    # A slow line, here or to the store, must not hold a connection that the database would end as idle.
    await request.release()
    kept = await keep(request, file)
    try:
        async with request.change() as change:
            made = await once(
                change,
                idempotency_key,
                "uploadDocument",
                asdict(said) | {"file_name": kept.name, "sha256": kept.stored.sha256.hex()},
                lambda: add_document(change, description, said, kept),
            )
    except KluisError:
        # Refused before the commit. After any other failure the commit may have happened: the object stays.
        await request.ports.store.delete(kept.stored.key)
        raise
    if not made.is_new:
        await request.ports.store.delete(kept.stored.key)
    return made.id


async def keep(request: Request, file: IncomingFile) -> Kept:
    """Store the bytes of a file that is of an accepted kind. Raise Required, TooLarge, UnsupportedType."""
    head, chunks = await head_of(file.chunks)
    try:
        if not head:
            raise Required("The file is empty.")
        media_type = recognise(head, file.name)
        stored = await request.ports.store.put(chunks, limit=request.ports.upload_limit)
    except KluisError as error:
        raise error.at("input", "file") from None
    return Kept(cleaned(file.name, fallback=fallback_name(media_type)), media_type, stored)


async def add_document(change: Change, description: str, said: Said, kept: Kept) -> UUID:
    """Add the rows of a new document, and tell the firm when a client sent it (S071)."""
    viewer = change.viewer
    document = change.add(
        Document,
        description=description,
        description_folded=fold(description),
        document_date=said.document_date,
        business_unit_id=await only_unit(change),
        created_at=change.now,
        created_by=viewer.account_id,
        updated_at=change.now,
        updated_by=viewer.account_id,
        content_updated_at=change.now,
        content_updated_by=viewer.account_id,
    )
    await change.session.flush()
    change.add(
        DocumentVersion,
        document_id=document.id,
        number=1,
        file_name=kept.name,
        media_type=kept.media_type,
        byte_size=kept.stored.byte_size,
        sha256=kept.stored.sha256,
        object_key=kept.stored.key,
        scan_state="NOT_SCANNED",
        created_at=change.now,
        created_by=viewer.account_id,
    )
    await sharing.give_first_rights(change, document.id)
    change.record("document.uploaded", document_id=document.id)
    if keeps_documents(viewer):
        await classifying.classify(change, document, said.for_staff_alone())
    else:
        # S077: what a client sends hangs on himself, without category or dossier.
        change.add(DocumentRelation, document_id=document.id, relation_id=viewer.relation_id)
        await tell_of_upload(change)
    return document.id


async def only_unit(change: Change) -> UUID | None:
    """Return the business unit of a new document: the firm's, where it has but one (S003)."""
    units = await licences.units(change)
    return units[0].id if len(units) == 1 else None


async def tell_of_upload(change: Change) -> None:
    """Write to whoever looks after the client who sent a document (S071-S074)."""
    (client,) = await accounts.by_ids(change, [change.viewer.account_id])
    name, about = client.display_name if client else "", str(change.viewer.account_id)
    for account in await routing.told_of_upload(change):
        await change.tell_news("document_uploaded", account.id, about=about, client_name=name)


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
        document.description = described(changes["description"])
        document.description_folded = fold(document.description)
    if "document_date" in changes:
        document.document_date = changes["document_date"]
    await classifying.classify(change, document, changes)
    document.revision += 1
    document.content_revision += 1
    document.updated_at = document.content_updated_at = change.now
    document.updated_by = document.content_updated_by = change.viewer.account_id
    change.record("document.updated", document_id=document_id, changed=sorted(changes))


def described(description: str | None) -> str:
    """Return a description as it is kept: trimmed, 1 to 255 characters. Raise Required, TooLong."""
    text = (description or "").strip()
    place = ("input", "description")
    if not text:
        raise Required(path=place)
    if len(text) > LONGEST_DESCRIPTION:
        raise TooLong(path=place, limit=LONGEST_DESCRIPTION)
    return text


async def head_of(chunks: AsyncIterable[bytes]) -> tuple[bytes, AsyncIterable[bytes]]:
    """Return the first bytes of a stream, and the whole stream again."""
    arriving = aiter(chunks)
    head = b""
    while len(head) < HEAD_SIZE and (chunk := await anext(arriving, b"")):
        head += chunk
    return head, joined(head, arriving)


async def joined(head: bytes, rest: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield what was read already, then what still comes."""
    yield head
    async for chunk in rest:
        yield chunk
