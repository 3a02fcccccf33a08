"""Reads of categories, over a whole level."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, select

from core.viewer import Language
from models import Category, Document, DocumentCategory
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.access import Plan, readable
from permissions.people import SEES_CATEGORIES
from resolvers.levels import column, grouped_alike, looked_up
from resolvers.reading import Reading

NAMES: Final = {it: f"name_{it.lower()}" for it in Language}
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
CATEGORY: Final[AnySelect] = select(
    Category.id,
    Category.name_nl,
    Category.name_fr,
    Category.name_de,
    Category.name_en,
    Category.position,
    Category.is_archived,
    Category.revision,
).where(Category.licence_id == LICENCE)
OF_DOCUMENTS: Final = (
    CATEGORY.add_columns(DocumentCategory.document_id)
    .join(
        DocumentCategory,
        and_(DocumentCategory.licence_id == LICENCE, DocumentCategory.category_id == Category.id),
    )
    .where(DocumentCategory.document_id == IDS)
    .order_by(Category.position, Category.id)
)
READABLE, _, _ = readable(Plan.FROM_GRANTS)
ON_READABLE: Final = select(DocumentCategory.category_id).join(
    READABLE, and_(DocumentCategory.licence_id == LICENCE, DocumentCategory.document_id == Document.id)
)
# A category tells that documents of its kind exist: a client sees those on documents that he may read (A26).
SEEN: Final = CATEGORY.where(SEES_CATEGORIES | Category.id.in_(ON_READABLE)).order_by(
    Category.position, Category.id
)
TO_CHOOSE: Final = SEEN.where(~Category.is_archived)
BY_IDS: Final = SEEN.where(Category.id == IDS)


async def to_choose(request: Reading) -> Sequence[AnyRow]:
    """Return the categories that the viewer can filter by, in the firm's order (S064, A26)."""
    return await request.rows(TO_CHOOSE)


async def by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return each category that the viewer may see, None in the place of every other id."""
    return await looked_up(request, BY_IDS, ids)


async def of_documents(request: Reading, documents: Sequence[AnyRow]) -> list[list[AnyRow]]:
    """Return the categories of each document, in the firm's order."""
    ids = column(documents, "id")
    return grouped_alike(await request.rows(OF_DOCUMENTS, ids=ids), by="document_id", over=ids)


def name_in(category: AnyRow, language: Language) -> str:
    """Return the category's name in a language, in Dutch where it has none."""
    return getattr(category, NAMES[language]) or category.name_nl
