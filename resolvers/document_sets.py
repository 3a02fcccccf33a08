"""The keys of the documents that a filter can be met by, and of those that belong to something.

They are read from an index alone. A set may hold a few documents more than its filter lets through: what
decides is the document's own row (resolvers/document_filters.py).
"""

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    and_,
    any_,
    bindparam,
    case,
    func,
    intersect,
    select,
    true,
    union_all,
)

from models import DescriptionWord, Document, DocumentCategory, DocumentRelation, DossierMember, WordSuffix
from models.tables import LICENCE, AnySelect
from permissions.access import OF_MINE
from resolvers.document_filters import (
    DOSSIER_ID,
    END_OF_PIECE,
    NOWHERE,
    OF_CATEGORY,
    OF_DOSSIER,
    OF_RELATION,
    PIECE,
    RELATION_ID,
    SOME_CATEGORIES,
    id_of,
    moment_of,
)
from resolvers.parents import OF_PARENT, PARENTS

# A bound that takes nothing away, but keeps PostgreSQL from planning for what it believes is there.
ALL: Final = bindparam("all", 2**31 - 1, Integer())
# How many documents are looked up one by one; and from how many on a set is large.
LOOKED_UP: Final = 350
LARGE: Final = 10_001
MOST_LOOKED_UP: Final = bindparam("looked_up", LOOKED_UP, Integer())
MINE: Final = "mine"
UPDATED: Final = "updated"
TEXT: Final = "description_contains"
MOST: Final = bindparam("most", type_=Integer())
MOST_OF_MINE: Final = bindparam("most_of_mine", type_=Integer())
KEYS: Final = select(Document.id.label("document_id")).where(Document.licence_id == LICENCE)
FOUND_WORDS: Final = select(WordSuffix.word).where(
    WordSuffix.licence_id == LICENCE, WordSuffix.suffix >= PIECE, WordSuffix.suffix < END_OF_PIECE
)


class Scope(Enum):
    """What a list of documents can belong to."""

    DOSSIER = "DOSSIER"
    RELATION = "RELATION"
    CATEGORY = "CATEGORY"


def of_dossier(dossier: ColumnElement[Any]) -> CompoundSelect[Any]:
    """Return the documents in a dossier's list, by themselves or through one of its members (S075, S078)."""
    members = and_(
        DossierMember.licence_id == LICENCE, DossierMember.relation_id == DocumentRelation.relation_id
    )
    return union_all(
        KEYS.where(Document.dossier_id == dossier),
        select(DocumentRelation.document_id)
        .join(DossierMember, members)
        .where(DocumentRelation.licence_id == LICENCE, DossierMember.dossier_id == dossier),
    )


def of_relation(relation: ColumnElement[Any]) -> AnySelect:
    """Return the documents that hang on a relation."""
    return select(DocumentRelation.document_id).where(
        DocumentRelation.licence_id == LICENCE, DocumentRelation.relation_id == relation
    )


def of_category(category: ColumnElement[Any]) -> AnySelect:
    """Return the documents in a category."""
    return select(DocumentCategory.document_id).where(
        DocumentCategory.licence_id == LICENCE, DocumentCategory.category_id == category
    )


def with_text() -> AnySelect:
    """Return the documents that have a word in which the longest piece of a text stands."""
    words = FOUND_WORDS.subquery("found_word")
    # Word by word, however many PostgreSQL believes that there are.
    documents = (
        select(DescriptionWord.document_id)
        .where(DescriptionWord.licence_id == LICENCE, DescriptionWord.word == words.c.word)
        .limit(ALL)
        .lateral("with_word")
    )
    return select(documents.c.document_id).select_from(words.join(documents, true()))


def of_dates(names: frozenset[str]) -> AnySelect:
    """Return the documents that were changed after a moment, before one, or both."""
    bounds = {
        "updated_after": Document.updated_at > moment_of("updated_after"),
        "updated_before": Document.updated_at < moment_of("updated_before"),
    }
    return KEYS.where(*(bounds[name] for name in sorted(names)))


SCOPES: Final[dict[Scope, Callable[[ColumnElement[Any]], AnySelect | CompoundSelect[Any]]]] = {
    Scope.DOSSIER: of_dossier,
    Scope.RELATION: of_relation,
    Scope.CATEGORY: of_category,
}
SETS: Final[dict[str, AnySelect | CompoundSelect[Any]]] = {
    "of_dossier": of_dossier(OF_DOSSIER),
    "of_relation": of_relation(OF_RELATION),
    "of_category": of_category(OF_CATEGORY),
    "category_ids": of_category(any_(SOME_CATEGORIES)),
    "uncategorised": KEYS.where(Document.category_ids == NOWHERE),
    "description_contains": with_text(),
    "dossier_id": of_dossier(DOSSIER_ID),
    "relation_id": of_relation(RELATION_ID),
    "business_unit_id": KEYS.where(Document.business_unit_id == id_of("business_unit_id")),
    "created_by_id": KEYS.where(Document.created_by == id_of("created_by_id")),
}
# The filter that narrows a whole list to what belongs to one thing.
FILTER_OF: Final = {
    Scope.DOSSIER: "of_dossier",
    Scope.RELATION: "of_relation",
    Scope.CATEGORY: "of_category",
}
DATES: Final = frozenset({"updated_after", "updated_before"})


def sets_of(filters: frozenset[str]) -> dict[str, AnySelect | CompoundSelect[Any]]:
    """Return the sets that a list can begin with, by their names."""
    found = {name: SETS[name] for name in sorted(filters - DATES)}
    return found | ({UPDATED: of_dates(filters & DATES)} if filters & DATES else {})


@lru_cache(maxsize=1024)
def sizes_statement(filters: frozenset[str]) -> AnySelect:
    """Return the statement of how much the viewer was given, and how large each of the sets is.

    All is counted no further than is asked. Of whoever was given few documents the sets do not matter.
    """
    mine = counted(OF_MINE.limit(MOST_OF_MINE), "some_of_mine")
    sizes = {
        name: case((mine <= MOST_LOOKED_UP, MOST), else_=size_of(name, it))
        for name, it in sets_of(filters).items()
    }
    return select(mine.label(MINE), *(size.label(name) for name, size in sizes.items()))


def size_of(name: str, one: AnySelect | CompoundSelect[Any]) -> ColumnElement[int]:
    """Return how large a set is; more than the most, of a text in so many words that to find it is dear."""
    size = counted(one.limit(MOST), f"some_{name}")
    if name != TEXT:
        return size
    return case(
        (counted(FOUND_WORDS.limit(MOST_LOOKED_UP + 1), "words") > MOST_LOOKED_UP, MOST + 1), else_=size
    )


def counted(some: AnySelect | CompoundSelect[Any], name: str) -> ColumnElement[int]:
    """Return how many rows there are."""
    return select(func.count()).select_from(some.subquery(name)).scalar_subquery()


@cache
def more_than_few(scope: Scope) -> AnySelect:
    """Return the statement of which of `:parents` have more documents than are looked up one by one."""
    size = counted(SCOPES[scope](OF_PARENT).limit(MOST_LOOKED_UP + 1), "of_parent")
    return select(PARENTS.c.id).select_from(PARENTS).where(size > MOST_LOOKED_UP)


def in_all(sets: Sequence[AnySelect | CompoundSelect[Any]]) -> AnySelect:
    """Return what is in each of the sets, once."""
    # LIMIT takes nothing away, but lets each set be read as it is, whatever order would make it distinct.
    bounded = [select(it.limit(ALL).subquery().c.document_id) for it in sets]
    found = (intersect(*bounded) if len(bounded) > 1 else bounded[0]).subquery("in_all")
    return select(found.c.document_id).distinct().limit(ALL)
