"""To which documents a list can be narrowed: what holds for the row of a document that belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    literal_column,
    or_,
)

from core.errors import Invalid, TooLong
from core.folding import fold
from models import DocumentRelation, Dossier, DossierMember, Relation
from models.tables import LICENCE
from permissions.people import sees_dossier, sees_relation
from resolvers.wording import end_of_range, longest_piece

LONGEST_SEARCH: Final = 200
MOST_IDS: Final = 100
# What is bound of a text beside the pattern, to find it in words.
PIECE: Final = bindparam("piece", type_=Text())
END_OF_PIECE: Final = bindparam("end_of_piece", type_=Text())
NOWHERE: Final = literal_column("'{}'", ARRAY(Uuid()))
ID_ARRAY: Final = ARRAY(Uuid())
Condition = Callable[[FromClause, ColumnElement[Any]], ColumnElement[bool]]


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

    def given(self) -> dict[str, Any]:
        """Return what is asked for, by the name of its condition. Raise TooLong, Invalid."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        if len(self.category_ids or ()) > MOST_IDS:
            raise Invalid("At most {most} ids.", path=("filter", "categoryIds"), most=MOST_IDS)
        if len(self.description_contains or "") > LONGEST_SEARCH:
            raise TooLong(path=("filter", "descriptionContains"), limit=LONGEST_SEARCH)
        # Every description has a text without letters.
        given["description_contains"] = fold(self.description_contains or "") or None
        return {name: value for name, value in given.items() if value not in (None, False)}


def bound(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is bound of a filter."""
    if "description_contains" not in given:
        return given
    folded = given["description_contains"]
    piece = longest_piece(folded)
    words = {"piece": piece, "end_of_piece": end_of_range(piece)}
    return given | words | {"description_contains": pattern(folded)}


def pattern(text: str) -> str:
    """Return what LIKE compares with to find `text` anywhere, case and accents aside."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def is_in_dossier(document: FromClause, dossier: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document is in the dossier's list, by itself or through one of its members (S075, S078)."""
    through_member = exists().where(
        DocumentRelation.licence_id == LICENCE,
        DocumentRelation.document_id == document.c.id,
        DossierMember.licence_id == LICENCE,
        DossierMember.dossier_id == dossier,
        DossierMember.relation_id == DocumentRelation.relation_id,
    )
    return or_(document.c.dossier_id == dossier, through_member.correlate(document))


def is_on_relation(document: FromClause, relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document hangs on the relation."""
    of_this_one = (DocumentRelation.licence_id == LICENCE, DocumentRelation.document_id == document.c.id)
    return exists().where(*of_this_one, DocumentRelation.relation_id == relation).correlate(document)


def is_seen_dossier(dossier: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the viewer may see the dossier, so that a filter tells him nothing that the field would not."""
    return exists().where(Dossier.licence_id == LICENCE, Dossier.id == dossier, sees_dossier())


def is_seen_relation(relation: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the viewer may see the relation, so that a filter tells him nothing that the field would not."""
    return exists().where(Relation.licence_id == LICENCE, Relation.id == relation, sees_relation())


def id_of(name: str) -> ColumnElement[Any]:
    """Return the place of a bound id."""
    return bindparam(name, type_=Uuid())


def moment_of(name: str) -> ColumnElement[Any]:
    """Return the place of a bound moment."""
    return bindparam(name, type_=DateTime(timezone=True))


SOME_CATEGORIES: Final = bindparam("category_ids", type_=ID_ARRAY)
DOSSIER_ID: Final = id_of("dossier_id")
# What the list of one thing is narrowed to; whoever lists it sees it.
OF_DOSSIER: Final = id_of("of_dossier")
OF_RELATION: Final = id_of("of_relation")
OF_CATEGORY: Final = id_of("of_category")
RELATION_ID: Final = id_of("relation_id")
# Each is given the row of a document and the date that the viewer sees it under; only two need the latter.
CONDITIONS: Final[dict[str, Condition]] = {
    "of_dossier": lambda it, _: is_in_dossier(it, OF_DOSSIER),
    "of_relation": lambda it, _: is_on_relation(it, OF_RELATION),
    "of_category": lambda it, _: any_(it.c.category_ids) == OF_CATEGORY,
    "category_ids": lambda it, _: it.c.category_ids.op("&&")(SOME_CATEGORIES),
    "uncategorised": lambda it, _: it.c.category_ids == NOWHERE,
    "description_contains": lambda it, _: it.c.description_folded.like(bindparam("description_contains")),
    "dossier_id": lambda it, _: and_(is_in_dossier(it, DOSSIER_ID), is_seen_dossier(DOSSIER_ID)),
    "relation_id": lambda it, _: and_(is_on_relation(it, RELATION_ID), is_seen_relation(RELATION_ID)),
    "business_unit_id": lambda it, _: it.c.business_unit_id == id_of("business_unit_id"),
    "created_by_id": lambda it, _: it.c.created_by == id_of("created_by_id"),
    "updated_after": lambda _, updated_at: updated_at > moment_of("updated_after"),
    "updated_before": lambda _, updated_at: updated_at < moment_of("updated_before"),
}
