"""Why somebody can or cannot reach a document: the rights, the rows that give them, the groups between."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from core.errors import Forbidden
from core.rights import NO_RIGHTS, Right
from models import Document, DocumentGrant
from models.tables import AnyRow
from permissions.access import Plan, readable
from resolvers import accounts, document_rows, grants, groups
from resolvers.reading import Reading

# The one rule itself, asked for other principals than the viewer's.
SOURCE, RIGHTS, _ = readable(Plan.WALKING)
REACHES: Final = (
    select(RIGHTS.label("rights"))
    .select_from(SOURCE)
    .where(Document.id == bindparam("document", type_=Uuid()))
)
ROWS: Final = grants.OF_DOCUMENTS.where(
    DocumentGrant.principal_id == any_(bindparam("principals", type_=ARRAY(Uuid())))
)


class Obstacle(Enum):
    """What keeps somebody from a document."""

    NOT_SHARED = "NOT_SHARED"
    CANNOT_READ = "CANNOT_READ"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True, slots=True)
class AccessExplanation:
    """What a principal can do with a document, and why."""

    rights: Right
    grants: Sequence[AnyRow]
    via_groups: Sequence[AnyRow]
    obstacle: Obstacle | None


async def explain_access(request: Reading, document_id: UUID, principal_id: UUID) -> AccessExplanation | None:
    """Return why an account or a group can or cannot reach a document; None where the viewer sees not both.

    Who may not change the document's security is not told who has which rights. Raise Forbidden.
    """
    (document,) = await document_rows.by_ids(request, [document_id])
    (account,) = await accounts.look_up(request, [principal_id])
    (group,) = await groups.look_up(request, [principal_id])
    if document is None or (account is None and group is None):
        return None
    if Right.CHANGE_SECURITY not in Right(document.rights):
        raise Forbidden(path=("documentId",))
    principals = await accounts.principals_of(request, principal_id)
    rows = await request.rows(ROWS, ids=[document_id], principals=principals)
    reached = await request.row(REACHES, document=document_id, principals=principals)
    giving = {row.principal_id for row in rows}
    via = [row for row in await groups.by_ids(request, [it for it in principals[1:] if it in giving]) if row]
    obstacle = obstacle_to(account, rows, reached)
    rights = Right(reached.rights) if reached and obstacle is None else NO_RIGHTS
    return AccessExplanation(rights, rows, sorted(via, key=lambda it: it.name), obstacle)


def obstacle_to(account: AnyRow | None, rows: Sequence[AnyRow], reached: AnyRow | None) -> Obstacle | None:
    """Return what keeps the principal from the document, None when nothing does."""
    if not rows:
        return Obstacle.NOT_SHARED
    if reached is None:
        return Obstacle.CANNOT_READ
    return Obstacle.BLOCKED if account and account.blocked_at else None
