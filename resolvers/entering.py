"""Whoever is signing in: an account that has no session yet, and a transaction in its name."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from auth.second_factors import HAS_SECOND_FACTOR
from core.viewer import Language, Role, Viewer
from models import Account
from models.tables import LICENCE, AnyRow
from resolvers.change import Change
from resolvers.ports import Ports
from resolvers.request import Request

ENTERING = select(
    Account.id,
    Account.role,
    Account.username,
    Account.username_folded,
    Account.display_name,
    Account.given_name,
    Account.family_name,
    Account.language,
    Account.email,
    Account.password_hash,
    Account.blocked_at,
    Account.initial_password_expires_at,
    HAS_SECOND_FACTOR.label("has_second_factor"),
).where(Account.licence_id == LICENCE)
BY_USERNAME = ENTERING.where(Account.username_folded == bindparam("username"))
BY_ID = ENTERING.where(Account.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


@asynccontextmanager
async def as_account(request: Request, licence_id: UUID, account: AnyRow) -> AsyncGenerator[Change]:
    """Yield a transaction in the name of an account that has no session, and reaches nothing in it."""
    viewer = Viewer(
        licence_id=licence_id,
        account_id=account.id,
        session_id=account.id,
        seen_at=request.now,
        roles=frozenset({Role(account.role)}),
        language=Language(account.language),
        principals=(),
    )
    async with acting(request.ports, viewer) as change:
        yield change


@asynccontextmanager
async def acting(ports: Ports, viewer: Viewer) -> AsyncGenerator[Change]:
    """Yield a transaction in somebody's name."""
    async with ports.database.change(viewer.licence_id) as session:
        yield Change(ports, viewer, session)


def steward(licence_id: UUID, now: datetime) -> Viewer:
    """Return who acts where no account does: the operator by command, or the server by itself."""
    nobody = UUID(int=0)
    return Viewer(
        licence_id=licence_id,
        account_id=nobody,
        session_id=nobody,
        seen_at=now,
        roles=frozenset({Role.STAFF, Role.ADMINISTRATOR}),
        language=Language.EN,
        principals=(),
    )
