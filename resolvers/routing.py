"""Who is told that a client sent a document, and why: S071-S074, with A18-A20."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, bindparam, exists, literal, or_, union_all
from sqlalchemy.dialects.postgresql import array

from auth.sessions import IS_ADMINISTRATOR
from models import Account, Dossier, DossierMember, Relation
from models.tables import LICENCE, AnyRow, AnySelect
from resolvers import accounts, dossiers, relations
from resolvers.change import Change
from resolvers.reading import Reading


class RoutingReason(Enum):
    """Why somebody is told of an upload; the steps of the chain, in their order."""

    DOSSIER_MANAGER = "DOSSIER_MANAGER"
    INTERNAL_MANAGER = "INTERNAL_MANAGER"
    LICENCE_ADMINISTRATOR = "LICENCE_ADMINISTRATOR"


class PassedOver(Enum):
    """Why somebody in the chain is told nothing."""

    BLOCKED = "BLOCKED"
    NO_EMAIL = "NO_EMAIL"
    EARLIER_STEP = "EARLIER_STEP"


@dataclass(frozen=True, slots=True)
class RoutingStep:
    """Somebody in the chain, and what keeps him from being told; None: he is told."""

    account: AnyRow
    reason: RoutingReason
    passed_over: PassedOver | None


UPLOADER: Final = bindparam("uploader", type_=Uuid())
IN_DOSSIER: Final = bindparam("in_dossier", type_=Uuid())
# Without a dossier all in which the uploader is main person or partner count (A18); of one that is named he
# need only be a member.
COUNTS: Final = or_(
    and_(IN_DOSSIER.is_(None), DossierMember.role == any_(array(["MAIN_PERSON", "PARTNER"]))),
    DossierMember.dossier_id == IN_DOSSIER,
)
REACHED_BY: Final[dict[RoutingReason, ColumnElement[bool]]] = {
    RoutingReason.DOSSIER_MANAGER: exists()
    .where(Dossier.licence_id == LICENCE, Dossier.manager_id == Account.id)
    .where(
        DossierMember.licence_id == LICENCE,
        DossierMember.dossier_id == Dossier.id,
        DossierMember.relation_id == UPLOADER,
        COUNTS,
    ),
    RoutingReason.INTERNAL_MANAGER: exists().where(
        Relation.licence_id == LICENCE,
        Relation.id == UPLOADER,
        Relation.internal_manager_id == Account.id,
    ),
    RoutingReason.LICENCE_ADMINISTRATOR: IS_ADMINISTRATOR,
}
STEPS: Final = dict(enumerate(REACHED_BY))


def standing_at(step: int, is_reached: ColumnElement[bool]) -> AnySelect:
    """Return who stands at one step of the chain, each once, whether he can be told or not."""
    return accounts.ACCOUNT.add_columns(literal(step).label("step")).where(is_reached)


CHAIN: Final = union_all(*(standing_at(at, REACHED_BY[it]) for at, it in STEPS.items())).order_by(
    "step", "id"
)


async def route(
    request: Reading, relation_id: UUID | None, dossier_id: UUID | None = None
) -> list[RoutingStep]:
    """Return the chain of an upload by a relation, step by step: the first that reaches anybody is told.

    Who is blocked or has no e-mail address is not reached (A19); of a step that is, all are told (A20). With
    a dossier it is as if the upload were of that one alone.
    """
    found = await request.rows(CHAIN, uploader=relation_id, in_dossier=dossier_id)
    reached = min((row.step for row in found if obstacle_to(row) is None), default=None)
    return [RoutingStep(row, STEPS[row.step], obstacle_to(row) or beyond(row, reached)) for row in found]


def obstacle_to(account: AnyRow) -> PassedOver | None:
    """Return why an account can not be told of anything, None where it can."""
    if account.blocked_at is not None:
        return PassedOver.BLOCKED
    return None if account.email else PassedOver.NO_EMAIL


def beyond(row: AnyRow, reached: int | None) -> PassedOver | None:
    """Return whether somebody stands behind the step that is told."""
    return None if row.step == reached else PassedOver.EARLIER_STEP


async def told_of_upload(request: Reading) -> list[AnyRow]:
    """Return who is told of an upload by the viewer."""
    steps = await route(request, request.viewer.relation_id)
    return [it.account for it in steps if it.passed_over is None]


async def explain(
    request: Reading, relation_id: UUID, dossier_id: UUID | None = None
) -> Sequence[RoutingStep] | None:
    """Return the chain of an upload by a relation now; None where the viewer does not see what is named."""
    (relation,) = await relations.by_ids(request, [relation_id])
    (dossier,) = await dossiers.by_ids(request, [dossier_id])
    if relation is None or (dossier is None and dossier_id is not None):
        return None
    return await route(request, relation_id, dossier_id)


async def tell_of_upload(change: Change) -> None:
    """Write to whoever looks after the client who sent a document (S071-S074)."""
    (client,) = await accounts.by_ids(change, [change.viewer.account_id])
    name, about = client.display_name if client else "", str(change.viewer.account_id)
    for account in await told_of_upload(change):
        await change.tell_news("document_uploaded", account.id, about=about, client_name=name)
