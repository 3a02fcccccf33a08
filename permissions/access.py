"""ACCESS(document, rights): which documents the viewer reaches, and what he may do with each.

The one rule: a viewer's rights on a document are the union of the grants to him and to his groups, and a
document exists for him when READ is among them and it has not been deleted. Lists, checks, counts, downloads
and mails all start here (house rule 5). There is no deny, and no right by role.

One rule, two plans: FROM_GRANTS starts with what the viewer was given, for whoever reaches few documents of
many; WALKING takes the documents in their order and asks for each, for whoever reaches most of them.
"""

from enum import Enum
from typing import Any, Final, TypeAlias

from sqlalchemy import ARRAY, FromClause, Uuid, and_, any_, bindparam, func, select, true
from sqlalchemy.sql.elements import KeyedColumnElement

from core.rights import Right
from models import Document, DocumentGrant
from models.tables import LICENCE, AnySelect

PRINCIPALS = bindparam("principals", type_=ARRAY(Uuid()))
# Up to how many grants a list starts from them.
FEW: Final = 2000


class Plan(Enum):
    """How a list of documents is found; never what it holds."""

    FROM_GRANTS = "from_grants"
    WALKING = "walking"


Column: TypeAlias = KeyedColumnElement[Any]


def union_of_grants() -> AnySelect:
    """Return the union of the viewer's grants: a bit mask of rights and when he last was given READ."""
    given_read = DocumentGrant.rights.bitwise_and(int(Right.READ)) != 0
    return select(
        func.bit_or(DocumentGrant.rights).label("rights"),
        func.max(DocumentGrant.granted_at).filter(given_read).label("shared_at"),
    ).where(DocumentGrant.licence_id == LICENCE, DocumentGrant.principal_id == any_(PRINCIPALS))


def granted() -> AnySelect:
    """Return ACCESS as a relation of its own: document_id, rights, shared_at."""
    return union_of_grants().add_columns(DocumentGrant.document_id).group_by(DocumentGrant.document_id)


def readable(plan: Plan, *, deleted: bool = False) -> tuple[FromClause, Column, Column]:
    """Return the documents that the viewer may read, with the columns `rights` and `shared_at` of each.

    With `deleted` those that he could read before they were deleted.
    """
    if plan is Plan.FROM_GRANTS:
        access = granted().subquery("access")
        on = access.c.document_id == Document.id
    else:
        of_this_one = union_of_grants().where(DocumentGrant.document_id == Document.id)
        access = of_this_one.correlate(Document).lateral("access")
        on = true()
    exists_for_viewer = and_(
        on,
        Document.licence_id == LICENCE,
        Document.deleted_at.is_not(None) if deleted else Document.deleted_at.is_(None),
        access.c.rights.bitwise_and(int(Right.READ)) != 0,
    )
    return Document.__table__.join(access, exists_for_viewer), access.c.rights, access.c.shared_at


# How much the viewer was given, counted no further than it matters.
REACH = select(func.count()).select_from(
    select(DocumentGrant.document_id)
    .where(DocumentGrant.licence_id == LICENCE, DocumentGrant.principal_id == any_(PRINCIPALS))
    .limit(FEW + 1)
    .subquery()
)


def plan_for(reach: int) -> Plan:
    """Return the plan for a viewer who was given so many grants."""
    return Plan.FROM_GRANTS if reach <= FEW else Plan.WALKING
