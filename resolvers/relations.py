"""Reads of relations (relaties), over a whole level."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, select

from core.folding import fold
from models import DocumentRelation, Relation, RelationWord
from models.relations import Contact, Particulars
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import SEES_FILES, sees_relation
from resolvers.levels import column, grouped_alike, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from resolvers.word_searches import WordIndex

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
RELATION: Final[AnySelect] = select(
    Relation.id,
    Relation.kind,
    Relation.display_name,
    Relation.display_name_folded,
    Relation.given_name,
    Relation.family_name,
    Relation.title,
    Relation.email,
    Relation.language,
    Relation.business_unit_id,
    Relation.internal_manager_id,
    Relation.external_reference,
    Relation.created_at,
    Relation.updated_at,
    Relation.revision,
    Relation.company_name,
).where(Relation.licence_id == LICENCE, sees_relation())
BY_IDS: Final = RELATION.where(Relation.id == IDS)

# Whoever refers to a relation waits for whoever deletes it, and does not find it then.
TO_REFER_TO: Final = BY_IDS.with_for_update(read=True, key_share=True, of=Relation)


def tab(columns: type[Contact | Particulars]) -> AnySelect:
    """Return the statement of one tab of the sheet, which is read only when somebody opens it."""
    named = [getattr(Relation, name) for name in columns.__annotations__]
    return BY_IDS.with_only_columns(Relation.id, *named)


CONTACTS: Final = tab(Contact)
PARTICULARS: Final = tab(Particulars)
OF_DOCUMENTS: Final = (
    RELATION.add_columns(DocumentRelation.document_id)
    .join(
        DocumentRelation,
        and_(DocumentRelation.licence_id == LICENCE, DocumentRelation.relation_id == Relation.id),
    )
    .where(DocumentRelation.document_id == IDS)
    .order_by(Relation.display_name_folded, Relation.id)
)
BY_NAME: Final = NamedList(
    RELATION,
    Relation.display_name_folded.expression,
    Relation.id.expression,
    words=WordIndex(RelationWord, SEES_FILES.expression),
)


async def by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return each relation that the viewer may see, None in the place of every other id."""
    return await looked_up(request, BY_IDS, ids)


async def to_refer_to(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the same, each of which is not deleted before this transaction ends."""
    return await looked_up(request, TO_REFER_TO, ids)


async def named_by(request: Reading, parents: Sequence[Any], attribute: str) -> list[AnyRow | None]:
    """Return the relation that an attribute of each parent names, as far as the viewer may see it."""
    return await by_ids(request, column(parents, attribute))


async def contacts(request: Reading, relations: Sequence[AnyRow]) -> list[AnyRow | None]:
    """Return the contact tab of each relation (S026)."""
    return await looked_up(request, CONTACTS, column(relations, "id"))


async def particulars(request: Reading, relations: Sequence[AnyRow]) -> list[AnyRow | None]:
    """Return the detail tab of each relation (S027)."""
    return await looked_up(request, PARTICULARS, column(relations, "id"))


async def of_documents(request: Reading, documents: Sequence[AnyRow]) -> list[list[AnyRow]]:
    """Return the relations that each document hangs on, by name, as far as the viewer may see them."""
    ids = column(documents, "id")
    return grouped_alike(await request.rows(OF_DOCUMENTS, ids=ids), by="document_id", over=ids)


async def search(request: Reading, page: PageAsked, text: str | None) -> NamedPage:
    """Return one page of the relations by name, or of those with a word for each piece of `text`.

    Raise Invalid, TooLong.
    """
    return await BY_NAME.page(request, page, text)


def cursor_of(request: Reading, relation: AnyRow) -> str:
    """Return where a relation stands in the list by name."""
    return BY_NAME.cursor_of(request, fold(relation.display_name), relation.id)
