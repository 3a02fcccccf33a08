"""Reads of holdings (activa, passiva, polissen), over a whole level: what documents hang on beside people."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, select

from models import DocumentHolding, Holding, HoldingWord
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import SEES_FILES, sees_holding
from resolvers.levels import column, grouped_alike, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from resolvers.word_searches import WordIndex

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
HOLDING: Final[AnySelect] = select(
    Holding.id,
    Holding.kind,
    Holding.name,
    Holding.reference,
    Holding.dossier_id,
    Holding.external_reference,
    Holding.created_at,
    Holding.updated_at,
    Holding.revision,
).where(Holding.licence_id == LICENCE, sees_holding())
BY_IDS: Final = HOLDING.where(Holding.id == IDS)
# Whoever refers to a holding waits for whoever deletes it, and does not find it then.
TO_REFER_TO: Final = BY_IDS.with_for_update(read=True, key_share=True, of=Holding)
OF_DOCUMENTS: Final = (
    HOLDING.add_columns(DocumentHolding.document_id)
    .join(
        DocumentHolding,
        and_(DocumentHolding.licence_id == LICENCE, DocumentHolding.holding_id == Holding.id),
    )
    .where(DocumentHolding.document_id == IDS)
    .order_by(Holding.name_folded, Holding.id)
)
NAME: Final = Holding.name_folded.expression
ID: Final = Holding.id.expression
BY_NAME: Final = NamedList(HOLDING, NAME, ID, words=WordIndex(HoldingWord, SEES_FILES.expression))
IN_DOSSIER: Final = Holding.dossier_id == bindparam("dossier", type_=Uuid())
OF_DOSSIER: Final = NamedList(
    HOLDING.where(IN_DOSSIER),
    NAME,
    ID,
    words=WordIndex(
        HoldingWord,
        HoldingWord.id.in_(select(Holding.id).where(Holding.licence_id == LICENCE, IN_DOSSIER)),
        are_few=True,
    ),
)


async def by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return each holding that the viewer may see, None in the place of every other id."""
    return await looked_up(request, BY_IDS, ids)


async def to_refer_to(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the same, each of which is not deleted before this transaction ends."""
    return await looked_up(request, TO_REFER_TO, ids)


async def of_documents(request: Reading, documents: Sequence[AnyRow]) -> list[list[AnyRow]]:
    """Return the holdings that each document hangs on, by name, as far as the viewer may see them."""
    ids = column(documents, "id")
    return grouped_alike(await request.rows(OF_DOCUMENTS, ids=ids), by="document_id", over=ids)


async def search(
    request: Reading, page: PageAsked, text: str | None, dossier_id: UUID | None = None
) -> NamedPage:
    """Return one page of the holdings, of a dossier alone where one is named.

    By name, or those that have a word for each piece of `text`. Raise Invalid, TooLong.
    """
    if dossier_id is None:
        return await BY_NAME.page(request, page, text)
    return await OF_DOSSIER.page(request, page, text, dossier=dossier_id)
