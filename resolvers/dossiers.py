"""Reads of dossiers and who is in them, over a whole level."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, case, select

from core.folding import fold
from models import Dossier, DossierMember, DossierWord, Relation
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.people import SEES_FILES, own_dossiers, sees_dossier, sees_files
from resolvers.levels import column, grouped, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked
from resolvers.parents import OF_PARENT
from resolvers.reading import Reading
from resolvers.word_searches import WordIndex

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
DOSSIER: Final[AnySelect] = select(
    Dossier.id,
    Dossier.name,
    Dossier.name_folded,
    Dossier.business_unit_id,
    Dossier.manager_id,
    Dossier.external_reference,
    Dossier.created_at,
    Dossier.updated_at,
    Dossier.revision,
).where(Dossier.licence_id == LICENCE, sees_dossier())
BY_IDS: Final = DOSSIER.where(Dossier.id == IDS)
# Whoever refers to a dossier waits for whoever deletes it, and does not find it then.
TO_REFER_TO: Final = BY_IDS.with_for_update(read=True, key_share=True, of=Dossier)
# As the manual lists them: the main person, the partner, then the others.
POSITION: Final = case({"MAIN_PERSON": 0, "PARTNER": 1, "CHILD": 2}, value=DossierMember.role, else_=3)
# Whoever sees the dossier sees all who are in it, but nobody sees a relation that was deleted. As the value
# of a subquery it is looked up by its key, whatever the planner knows of how many relations there are.
IS_THERE: Final = (
    select(Relation.deleted_at.is_(None))
    .where(Relation.licence_id == LICENCE, Relation.id == DossierMember.relation_id)
    .scalar_subquery()
)
MEMBERS: Final = (
    select(DossierMember.dossier_id, DossierMember.relation_id, DossierMember.role)
    .where(DossierMember.licence_id == LICENCE, DossierMember.dossier_id == IDS, IS_THERE)
    .order_by(POSITION, DossierMember.relation_id)
)
ROLES: Final = select(DossierMember.relation_id, DossierMember.role).where(
    DossierMember.licence_id == LICENCE, DossierMember.dossier_id == bindparam("dossier", type_=Uuid())
)
# Of each relation those that it is in, for whoever sees them.
OF_RELATIONS: Final = NamedList(
    DOSSIER.join(
        DossierMember, and_(DossierMember.licence_id == LICENCE, DossierMember.dossier_id == Dossier.id)
    ).where(DossierMember.relation_id == OF_PARENT),
    Dossier.name_folded.expression,
    Dossier.id.expression,
)
BY_NAME: Final = NamedList(
    DOSSIER,
    Dossier.name_folded.expression,
    Dossier.id.expression,
    words=WordIndex(DossierWord, SEES_FILES.expression),
)
# The same for whoever sees few of them, begun with those: it costs as much in a large firm as in a small one.
OWN_BY_NAME: Final = NamedList(
    DOSSIER.where(Dossier.id.in_(own_dossiers())),
    Dossier.name_folded.expression,
    Dossier.id.expression,
    words=WordIndex(DossierWord, DossierWord.id.in_(own_dossiers()), are_few=True),
)


async def by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return each dossier that the viewer may see, None in the place of every other id."""
    return await looked_up(request, BY_IDS, ids)


async def to_refer_to(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the same, each of which is not deleted before this transaction ends."""
    return await looked_up(request, TO_REFER_TO, ids)


async def named_by(request: Reading, parents: Sequence[Any], attribute: str) -> list[AnyRow | None]:
    """Return the dossier that an attribute of each parent names, as far as the viewer may see it."""
    return await by_ids(request, column(parents, attribute))


async def members(request: Reading, dossiers: Sequence[AnyRow]) -> list[list[AnyRow]]:
    """Return the members of each dossier that the viewer may see."""
    ids = column(dossiers, "id")
    return grouped(await request.rows(MEMBERS, ids=ids), by="dossier_id", over=ids)


async def search(request: Reading, page: PageAsked, text: str | None) -> NamedPage:
    """Return one page of the dossiers by name, or of those with a word for each piece of `text`.

    Raise Invalid, TooLong.
    """
    listed = BY_NAME if sees_files(request.viewer) else OWN_BY_NAME
    return await listed.page(request, page, text)


async def of_relations(request: Reading, relations: Sequence[AnyRow], page: PageAsked) -> list[NamedPage]:
    """Return a page of the dossiers that each relation is in, by name. Raise Invalid."""
    return await OF_RELATIONS.pages(request, column(relations, "id"), page)


def cursor_of(request: Reading, dossier: AnyRow) -> str:
    """Return where a dossier stands in the list by name."""
    return BY_NAME.cursor_of(request, fold(dossier.name), dossier.id)
