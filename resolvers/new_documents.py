"""Many new documents at once: the rows that one upload adds, in few statements for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict
from core.folding import fold
from core.rights import ALL_RIGHTS
from models import (
    CategoryRule,
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentHolding,
    DocumentRelation,
    DocumentVersion,
    Entity,
)
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import groups, stamping, wording
from resolvers.change import Change
from resolvers.file_rows import Place
from resolvers.importing import new_keys
from resolvers.incoming import Kept

RULED: Final = (
    select(CategoryRule.category_id)
    .where(
        CategoryRule.licence_id == LICENCE,
        CategoryRule.removed_at.is_(None),
        CategoryRule.category_id == any_(bindparam("categories", type_=ARRAY(Uuid()))),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """All that is said of a document, looked up, and its file, which is kept already."""

    kept: Kept
    description: str
    external_reference: str
    document_date: date | None = None
    business_unit_id: UUID | None = None
    dossier_id: UUID | None = None
    category_ids: Sequence[UUID] = ()
    relation_ids: Sequence[UUID] = ()
    holding_ids: Sequence[UUID] = ()


def into(entity: type[Entity], *names: str, **values: Any) -> Any:
    """Return the statement that adds a row with these columns."""
    bound: dict[str, Any] = {name: bindparam(name) for name in names}
    return insert(cast("Table", entity.__table__)).values(licence_id=LICENCE, **bound, **values)


ADD: Final = into(
    Document,
    "id",
    "description",
    "description_folded",
    "document_date",
    "business_unit_id",
    "dossier_id",
    "category_ids",
    "external_reference",
    created_at=bindparam("now"),
    created_by=bindparam("own_account"),
    updated_at=bindparam("now"),
    updated_by=bindparam("own_account"),
    content_updated_at=bindparam("now"),
    content_updated_by=bindparam("own_account"),
)
ADD_VERSION: Final = into(
    DocumentVersion,
    "document_id",
    "file_name",
    "media_type",
    "scan_state",
    "object_key",
    "sealed_key",
    "byte_size",
    "sha256",
    number=1,
    scan_due_at=bindparam("now"),
    checked_at=bindparam("now"),
    created_at=bindparam("now"),
    created_by=bindparam("own_account"),
)
GIVE: Final = into(
    DocumentGrant,
    "document_id",
    "principal_id",
    "source",
    rights=int(ALL_RIGHTS),
    granted_by=bindparam("own_account"),
    granted_at=bindparam("now"),
)
LINKS: Final = {
    "category_ids": (into(DocumentCategory, "document_id", "category_id"), "category_id"),
    "relation_ids": (into(DocumentRelation, "document_id", "relation_id"), "relation_id"),
    "holding_ids": (into(DocumentHolding, "document_id", "holding_id"), "holding_id"),
}


async def add_documents(change: Change, new: Sequence[NewDocument]) -> list[UUID]:
    """Add documents of the firm with their first rights, and share them as rules say; return their keys.

    Raise Conflict when somebody else adds the same now.
    """
    keyed = list(zip(await new_keys(change, len(new)), new, strict=True))
    try:
        await change.execute_many(ADD, [row_of(key, it) for key, it in keyed])
    except IntegrityError:
        raise Conflict from None
    folded = {key: fold(it.description) for key, it in keyed}
    await wording.write_words(change.session, change.viewer.licence_id, folded)
    await change.execute_many(ADD_VERSION, [version_of(change, key, it.kept) for key, it in keyed])
    built_in = [(it.id, "DEFAULT") for it in await groups.built_in(change)]
    first = [*built_in, (change.viewer.account_id, "CREATOR")]
    await change.execute_many(
        GIVE,
        [
            {"document_id": key, "principal_id": principal, "source": source}
            for key, _ in keyed
            for principal, source in first
        ],
    )
    for name, (statement, column) in LINKS.items():
        rows = [{"document_id": key, column: linked} for key, it in keyed for linked in getattr(it, name)]
        await change.execute_many(statement, rows)
    await change.record_each("document.imported", [(key, {}) for key, _ in keyed])
    await change.note_each(ChangeKind.CREATED, "Document", [(key, ()) for key, _ in keyed])
    await share(change, dict(keyed))
    return [key for key, _ in keyed]


def row_of(key: UUID, new: NewDocument) -> dict[str, Any]:
    """Return the row of a document."""
    return {
        "id": key,
        "description": new.description,
        "description_folded": fold(new.description),
        "document_date": new.document_date,
        "business_unit_id": new.business_unit_id,
        "dossier_id": new.dossier_id,
        "category_ids": sorted(new.category_ids),
        "external_reference": new.external_reference,
    }


def version_of(change: Change, key: UUID, kept: Kept) -> dict[str, Any]:
    """Return the row of a document's first version, whose file opens in this row alone."""
    place = Place.of_version(change.viewer.licence_id, key, 1)
    return {
        "document_id": key,
        "file_name": kept.name,
        "media_type": kept.media_type,
        "scan_state": kept.scan_state,
        **place.columns(change.ports.keys, kept.stored),
    }


async def share(change: Change, new: Mapping[UUID, NewDocument]) -> None:
    """Let the rules of categories share the documents that enter them within a dossier (A3)."""
    entered = {key: it.category_ids for key, it in new.items() if it.dossier_id is not None}
    categories = sorted({it for some in entered.values() for it in some})
    ruled = {it.category_id for it in await change.rows(RULED, categories=categories)}
    for key, some in entered.items():
        await stamping.stamp_on_entering(change, key, ruled & set(some))
