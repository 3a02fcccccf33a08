"""ACCESS(document, rights): which documents the viewer reaches, and what he may do with each.

The one rule: a viewer's rights on a document are the union of the grants to him and to his groups, and a
document exists for him when READ is among them and it has not been deleted. Lists, checks, counts, downloads
and mails all start here (house rule 5). There is no deny, and no right by role.

One rule, two plans: FROM_GRANTS starts with what the viewer was given, for whoever reaches few documents of
many; WALKING takes the documents in their order and asks for each, for whoever reaches most of them.
"""

from enum import Enum
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.sql.elements import KeyedColumnElement

from core.rights import Right
from models import Document, DocumentGrant
from models.tables import LICENCE, AnySelect

PRINCIPALS: Final = bindparam("principals", type_=ARRAY(Uuid()))
# Up to how many grants a list for staff starts from them; and up to how many when walking has not gone well.
FEW: Final = 2_000
MANY: Final = 50_000
# Up to how many where the list is narrowed, and no filter leaves few.
SOME: Final = 5_000


class Plan(Enum):
    """How a list of documents is found; never what it holds."""

    FROM_GRANTS = "from_grants"
    WALKING = "walking"


Column: TypeAlias = KeyedColumnElement[Any]


def elements(array: BindParameter[Any], name: str) -> Subquery:
    """Return the elements of a bound array as a relation with the column `id`.

    Of an array that it does not know PostgreSQL expects ten elements. For ten, a plan that is kept looks so
    dear that a check is planned anew each time, which takes several times as long as to carry it out. LIMIT
    takes nothing away: of a number that is not known either, it is expected that a tenth is asked for.
    """
    return select(func.unnest(array, type_=Uuid()).label("id")).limit(func.cardinality(array)).subquery(name)


MINE: Final = elements(PRINCIPALS, "mine")
GIVEN: Final = DocumentGrant.__table__.join(MINE, DocumentGrant.principal_id == MINE.c.id)
GIVES_READ: Final = DocumentGrant.rights.bitwise_and(int(Right.READ)) != 0


def union_of_grants() -> AnySelect:
    """Return the union of the viewer's grants: a bit mask of rights and when he last was given READ."""
    return (
        select(
            func.bit_or(DocumentGrant.rights).label("rights"),
            func.max(DocumentGrant.granted_at).filter(GIVES_READ).label("shared_at"),
        )
        .select_from(GIVEN)
        .where(DocumentGrant.licence_id == LICENCE)
    )


def granted() -> AnySelect:
    """Return ACCESS as a relation of its own: document_id, rights, shared_at."""
    return union_of_grants().add_columns(DocumentGrant.document_id).group_by(DocumentGrant.document_id)


def granted_on(document_id: Column) -> FromClause:
    """Return ACCESS to one document, for each row of what `document_id` is a column of."""
    of_this_one = union_of_grants().where(DocumentGrant.document_id == document_id)
    return of_this_one.correlate(document_id.table).lateral("access")


def reads(access: FromClause) -> ColumnElement[bool]:
    """Say: READ is among the rights."""
    return access.c.rights.bitwise_and(int(Right.READ)) != 0


def is_there(*, deleted: bool = False) -> ColumnElement[bool]:
    """Say: the document is one of the licence's that have not been deleted; or, of those that have."""
    when = Document.deleted_at
    return and_(Document.licence_id == LICENCE, when.is_not(None) if deleted else when.is_(None))


def readable(plan: Plan, *, deleted: bool = False) -> tuple[FromClause, Column, Column]:
    """Return the documents that the viewer may read, with the columns `rights` and `shared_at` of each.

    With `deleted` those that he could read before they were deleted.
    """
    itself = Document.__table__
    access: FromClause
    if plan is Plan.FROM_GRANTS:
        access = granted().subquery("access")
        on = access.c.document_id == itself.c.id
    else:
        access = granted_on(itself.c.id)
        on = true()
    source = itself.join(access, and_(on, is_there(deleted=deleted), reads(access)))
    return source, access.c.rights, access.c.shared_at


# To whom each of some documents was given to read; so none of the others is told of it.
READERS: Final[AnySelect] = (
    select(DocumentGrant.document_id, func.array_agg(DocumentGrant.principal_id).label("principals"))
    .where(
        DocumentGrant.licence_id == LICENCE,
        DocumentGrant.document_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
        GIVES_READ,
    )
    .group_by(DocumentGrant.document_id)
)
ACCESS: Final = granted().subquery("access")
# What the viewer was given READ on, whether it still is there or not; found once for each statement.
HELD: Final = (
    select(ACCESS.c.document_id, ACCESS.c.rights, ACCESS.c.shared_at).where(reads(ACCESS)).cte("held")
)


def some_readable(most: int) -> AnySelect:
    """Return the keys of the documents that the viewer may read, each once; of more than `most` only so many.

    READ is in a union of grants when it is in one of them, so that those of each principal are read by
    themselves, in the order of their index and no further than needed.
    """
    of_one = (
        select(DocumentGrant.document_id)
        .join(Document, and_(is_there(), Document.id == DocumentGrant.document_id))
        .where(DocumentGrant.licence_id == LICENCE, DocumentGrant.principal_id == MINE.c.id, GIVES_READ)
        .distinct()
        .order_by(DocumentGrant.document_id)
        .limit(most)
        .correlate(MINE)
        .lateral("of_one")
    )
    return select(of_one.c.document_id).select_from(MINE.join(of_one, true())).distinct().limit(most)


# The documents that the viewer was given any right on, each as often as he was.
OF_MINE: Final[AnySelect] = (
    select(DocumentGrant.document_id).select_from(GIVEN).where(DocumentGrant.licence_id == LICENCE)
)
# How much the viewer was given, counted no further than it matters.
REACH: Final = select(func.count()).select_from(
    OF_MINE.limit(bindparam("at_most", type_=Integer()) + 1).subquery()
)
