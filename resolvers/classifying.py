"""Where a document belongs: its dossier, its categories, the relations that it hangs on, S017, S018, S079."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select

from core.errors import Forbidden, Invalid, TooLong
from core.viewer import Viewer
from models import Document, DocumentCategory, DocumentHolding, DocumentRelation
from models.tables import LICENCE
from permissions.people import keeps_documents
from resolvers import categories, dossiers, editing, gate, holdings, licences, relations, stamping
from resolvers.change import Change
from resolvers.relation_fields import REFERENCE

# What only the firm may say of a document (S017, S018), by the argument that says it.
FOR_STAFF: Final = {
    "dossier_id": "dossierId",
    "category_ids": "categoryIds",
    "relation_ids": "relationIds",
    "holding_ids": "holdingIds",
    "business_unit_id": "businessUnitId",
    "external_reference": "externalReference",
}
DOCUMENT: Final = bindparam("document", type_=Uuid())
IN_DOCUMENT: Final = (DocumentCategory.licence_id == LICENCE, DocumentCategory.document_id == DOCUMENT)
CATEGORY_IDS: Final = select(DocumentCategory.category_id).where(*IN_DOCUMENT)
UNCLASSIFY: Final = delete(DocumentCategory).where(
    *IN_DOCUMENT, DocumentCategory.category_id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)
UNLINK: Final = delete(DocumentRelation).where(
    DocumentRelation.licence_id == LICENCE, DocumentRelation.document_id == DOCUMENT
)
UNHANG: Final = delete(DocumentHolding).where(
    DocumentHolding.licence_id == LICENCE, DocumentHolding.document_id == DOCUMENT
)


async def classify(change: Change, document: Document, changes: Mapping[str, Any]) -> None:
    """Set where a document belongs and what it hangs on, as far as it is given; null empties it.

    Where the document enters a category within a dossier, the category's rules share it (A3): a category that
    is new to it, and in another dossier every one. What it leaves takes nothing away (A5). Raise NotFound,
    Invalid, TooLong, AlreadyExists.
    """
    await name(change, document, changes)
    is_moved = "dossier_id" in changes and changes["dossier_id"] != document.dossier_id
    if "dossier_id" in changes:
        document.dossier_id = await dossier_for(change, changes["dossier_id"])
    if "relation_ids" in changes:
        await link(change, document.id, changes["relation_ids"] or ())
    if "holding_ids" in changes:
        await hang(change, document.id, changes["holding_ids"] or ())
    before = {row.category_id for row in await change.rows(CATEGORY_IDS, document=document.id)}
    after = before
    if "category_ids" in changes:
        after = await put_into(change, document.id, before, changes["category_ids"] or ())
        document.category_ids = sorted(after)
    if document.dossier_id is not None:
        await stamping.stamp_on_entering(change, document.id, after if is_moved else after - before)


async def name(change: Change, document: Document, changes: Mapping[str, Any]) -> None:
    """Set the business unit, and what another program calls the document; raises as `classify`."""
    if "business_unit_id" in changes:
        unit_id = changes["business_unit_id"]
        if unit_id is not None:
            await gate.one(change, licences.units_to_refer_to, unit_id, path=("input", "businessUnitId"))
        document.business_unit_id = unit_id
    if "external_reference" in changes:
        document.external_reference = reference_for(changes["external_reference"])
        await editing.write(change)


def reference_for(said: str | None) -> str | None:
    """Return what another program calls something, as it is kept. Raise TooLong."""
    try:
        return str(REFERENCE(said or "")) or None
    except TooLong as error:
        raise error.at(*editing.REFERENCE) from None


async def dossier_for(change: Change, dossier_id: UUID | None) -> UUID | None:
    """Return the id of a dossier that the viewer may see; None takes the document out. Raise NotFound."""
    if dossier_id is None:
        return None
    return (await gate.one(change, dossiers.to_refer_to, dossier_id, path=("input", "dossierId"))).id


async def put_into(
    change: Change, document_id: UUID, before: set[UUID], category_ids: Sequence[UUID]
) -> set[UUID]:
    """Make these the categories of a document that was in others; return them. Raise NotFound, Invalid."""
    place = ("input", "categoryIds")
    chosen = await gate.every(change, categories.by_ids, category_ids, path=place)
    if any(row.is_archived and row.id not in before for row in chosen):
        raise Invalid("This category is no longer given to documents.", path=place)
    after = {row.id for row in chosen}
    await change.rows(UNCLASSIFY, document=document_id, ids=list(before - after))
    for category_id in after - before:
        change.add(DocumentCategory, document_id=document_id, category_id=category_id)
    return after


async def link(change: Change, document_id: UUID, relation_ids: Sequence[UUID]) -> None:
    """Hang a document on these relations and on no other. Raise NotFound, Invalid."""
    linked = await gate.every(change, relations.to_refer_to, relation_ids, path=("input", "relationIds"))
    await change.rows(UNLINK, document=document_id)
    for row in linked:
        change.add(DocumentRelation, document_id=document_id, relation_id=row.id)


async def hang(change: Change, document_id: UUID, holding_ids: Sequence[UUID]) -> None:
    """Hang a document on these holdings and on no other. Raise NotFound, Invalid."""
    hung = await gate.every(change, holdings.to_refer_to, holding_ids, path=("input", "holdingIds"))
    await change.rows(UNHANG, document=document_id)
    for row in hung:
        change.add(DocumentHolding, document_id=document_id, holding_id=row.id)


def require_staff_for(viewer: Viewer, changes: Mapping[str, Any]) -> None:
    """Require that only the firm classifies and links documents (S017, S018). Raise Forbidden."""
    for name, argument in FOR_STAFF.items():
        if name in changes and not keeps_documents(viewer):
            raise Forbidden(path=("input", argument))
