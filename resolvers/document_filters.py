"""To which documents a list can be narrowed, and which belong to a dossier, relation or category."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from core.errors import Invalid, TooLong
from core.folding import fold
from models import Document, DocumentCategory, DocumentRelation, Dossier, DossierMember, Relation
from models.tables import LICENCE
from permissions.people import sees_dossier, sees_relation

LONGEST_SEARCH: Final = 200
MOST_IDS: Final = 100
Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]


class Scope(Enum):
    """What a list of documents can belong to."""

    DOSSIER = "DOSSIER"
    RELATION = "RELATION"
    CATEGORY = "CATEGORY"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What a list is narrowed to; None: not by this."""

    category_ids: Sequence[UUID] | None = None
    uncategorised: bool | None = None
    description_contains: str | None = None
    dossier_id: UUID | None = None
    relation_id: UUID | None = None
    business_unit_id: UUID | None = None
    created_by_id: UUID | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None

    def values(self) -> dict[str, Any]:
        """Return what is bound, by the name of its condition. Raise TooLong, Invalid."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        values = {name: value for name, value in given.items() if value not in (None, False)}
        if len(self.category_ids or ()) > MOST_IDS:
            raise Invalid("At most {most} ids.", path=("filter", "categoryIds"), most=MOST_IDS)
        if self.description_contains is not None:
            if len(self.description_contains) > LONGEST_SEARCH:
                raise TooLong(path=("filter", "descriptionContains"), limit=LONGEST_SEARCH)
            values["description_contains"] = pattern(self.description_contains)
        return values


def pattern(text: str) -> str:
    """Return what LIKE compares with to find `text` anywhere, case and accents aside."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def in_dossier(dossier: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document is in the dossier's list, by itself or through one of its members (S075, S078)."""
    of_dossier = aliased(Document)
    return Document.id.in_(
        union_all(
            select(of_dossier.id).where(of_dossier.licence_id == LICENCE, of_dossier.dossier_id == dossier),
            select(DocumentRelation.document_id)
            .join(
                DossierMember,
                and_(
                    DossierMember.licence_id == LICENCE,
                    DossierMember.relation_id == DocumentRelation.relation_id,
                ),
            )
            .where(DocumentRelation.licence_id == LICENCE, DossierMember.dossier_id == dossier),
        )
    )


def on_relation(relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document hangs on the relation."""
    return Document.id.in_(
        select(DocumentRelation.document_id).where(
            DocumentRelation.licence_id == LICENCE, DocumentRelation.relation_id == relation
        )
    )


def is_seen_dossier(dossier: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the viewer may see the dossier, so that a filter tells him nothing that the field would not."""
    return exists().where(Dossier.licence_id == LICENCE, Dossier.id == dossier, sees_dossier())


def is_seen_relation(relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the viewer may see the relation, so that a filter tells him nothing that the field would not."""
    return exists().where(Relation.licence_id == LICENCE, Relation.id == relation, sees_relation())


def in_category(category: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document is in the category."""
    return Document.id.in_(
        select(DocumentCategory.document_id).where(
            DocumentCategory.licence_id == LICENCE, DocumentCategory.category_id == category
        )
    )


def has_category(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say: the document has a category for which these hold."""
    return exists().where(
        DocumentCategory.licence_id == LICENCE, DocumentCategory.document_id == Document.id, *conditions
    )


def id_of(name: str) -> ColumnElement[Any]:
    """Return the place of a bound id."""
    return bindparam(name, type_=Uuid())


def moment_of(name: str) -> ColumnElement[Any]:
    """Return the place of a bound moment."""
    return bindparam(name, type_=DateTime(timezone=True))


SCOPES: Final[dict[Scope, Condition]] = {
    Scope.DOSSIER: in_dossier,
    Scope.RELATION: on_relation,
    Scope.CATEGORY: in_category,
}
SOME_CATEGORIES = any_(bindparam("category_ids", type_=ARRAY(Uuid())))
# Each is given the date that the viewer sees the document under; only two need it.
CONDITIONS: Final[dict[str, Condition]] = {
    "category_ids": lambda _: has_category(DocumentCategory.category_id == SOME_CATEGORIES),
    "uncategorised": lambda _: ~has_category(),
    "description_contains": lambda _: Document.description_folded.like(bindparam("description_contains")),
    "dossier_id": lambda _: in_dossier(id_of("dossier_id")) & is_seen_dossier(id_of("dossier_id")),
    "relation_id": lambda _: on_relation(id_of("relation_id")) & is_seen_relation(id_of("relation_id")),
    "business_unit_id": lambda _: Document.business_unit_id == id_of("business_unit_id"),
    "created_by_id": lambda _: Document.created_by == id_of("created_by_id"),
    "updated_after": lambda updated_at: updated_at > moment_of("updated_after"),
    "updated_before": lambda updated_at: updated_at < moment_of("updated_before"),
}
