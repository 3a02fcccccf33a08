"""Reads for the profile page: second factor and sessions (S055-S059, ASVS 7.5)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from auth.sessions import IDLE_FOR
from models import RecoveryCode, Session, TotpDevice
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_ACCOUNT
from resolvers import accounts
from resolvers.reading import Reading

CODES_LEFT: Final = (
    select(func.count())
    .where(
        RecoveryCode.licence_id == LICENCE,
        RecoveryCode.account_id == OWN_ACCOUNT,
        RecoveryCode.used_at.is_(None),
    )
    .scalar_subquery()
)
TWO_FACTOR: Final = select(
    func.min(TotpDevice.confirmed_at).label("enabled_at"), CODES_LEFT.label("recovery_codes_left")
).where(TotpDevice.licence_id == LICENCE, TotpDevice.account_id == OWN_ACCOUNT)
CONFIRMED: Final = select(TotpDevice.account_id).where(
    TotpDevice.licence_id == LICENCE,
    TotpDevice.account_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    TotpDevice.confirmed_at.is_not(None),
)
SESSIONS: Final = (
    select(Session.id, Session.created_at, Session.last_seen_at, Session.expires_at, Session.user_agent)
    .where(
        Session.licence_id == LICENCE,
        Session.account_id == OWN_ACCOUNT,
        Session.expires_at > bindparam("now"),
        Session.last_seen_at > bindparam("idle_since"),
    )
    .order_by(Session.last_seen_at.desc(), Session.id)
)


async def own_account(request: Reading) -> AnyRow | None:
    """Return the viewer's account, None when nobody is signed in."""
    if request.asker is None:
        return None
    (account,) = await accounts.by_ids(request, [request.asker.account_id])
    return account


async def two_factor(request: Reading) -> AnyRow:
    """Return since when the viewer has a second factor, and how many recovery codes are left."""
    (status,) = await request.rows(TWO_FACTOR)
    return status


async def open_sessions(request: Reading) -> Sequence[AnyRow]:
    """Return the viewer's sessions that are open, the last used first."""
    return await request.rows(SESSIONS, now=request.now, idle_since=request.now - IDLE_FOR)


async def with_two_factor(request: Reading, account_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these accounts need a second factor to sign in."""
    return {row.account_id for row in await request.rows(CONFIRMED, ids=list(account_ids))}
