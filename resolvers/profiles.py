"""Reads for the profile page: second factor and sessions (S055-S059, ASVS 7.5)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from auth.second_factors import HAS_SECOND_FACTOR, IS_DEMANDED
from auth.sessions import IDLE_FOR
from models import Account, Passkey, RecoveryCode, Session, TotpDevice
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
FIRST_PASSKEY: Final = (
    select(func.min(Passkey.created_at))
    .where(Passkey.licence_id == LICENCE, Passkey.account_id == OWN_ACCOUNT)
    .scalar_subquery()
)
REQUIRED: Final = (
    select(IS_DEMANDED).where(Account.licence_id == LICENCE, Account.id == OWN_ACCOUNT).scalar_subquery()
)
TWO_FACTOR: Final = select(
    # The least of what there is: NULL is no time.
    func.least(func.min(TotpDevice.confirmed_at), FIRST_PASSKEY).label("enabled_at"),
    CODES_LEFT.label("recovery_codes_left"),
    REQUIRED.label("required"),
).where(TotpDevice.licence_id == LICENCE, TotpDevice.account_id == OWN_ACCOUNT)
PROTECTED: Final = select(Account.id).where(
    Account.licence_id == LICENCE,
    Account.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    HAS_SECOND_FACTOR,
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
    """Return since when the viewer has a second factor, its recovery codes, and whether it is demanded."""
    (status,) = await request.rows(TWO_FACTOR)
    return status


async def open_sessions(request: Reading) -> Sequence[AnyRow]:
    """Return the viewer's sessions that are open, the last used first."""
    return await request.rows(SESSIONS, now=request.now, idle_since=request.now - IDLE_FOR)


async def with_two_factor(request: Reading, account_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these accounts need a second factor to sign in."""
    return {row.id for row in await request.rows(PROTECTED, ids=list(account_ids))}
