"""Sessions: opened at sign-in, read anew by every operation, ended at once when the account is blocked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.second_factors import NEEDS_SECOND_FACTOR
from core.tokens import Token
from core.viewer import Language, Role, Viewer
from models import Account, AccountGroup, AccountGroupMember, Session
from models.feed import LIVE_CHANNEL
from models.tables import LICENCE, AnyRow, Rows

IDLE_FOR: Final = timedelta(minutes=30)
LASTS_FOR: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)
USER_AGENT_LENGTH = 200

MEMBER = and_(
    AccountGroupMember.licence_id == LICENCE,
    AccountGroupMember.account_id == Account.id,
)
GROUPS = (
    select(func.array_agg(AccountGroupMember.group_id, type_=ARRAY(Uuid())))
    .where(MEMBER)
    .correlate(Account)
    .scalar_subquery()
)
IS_ADMINISTRATOR = exists().where(
    MEMBER,
    AccountGroup.licence_id == LICENCE,
    AccountGroup.id == AccountGroupMember.group_id,
    AccountGroup.built_in == "ADMINISTRATORS",
)
ALIVE = (
    select(
        Session.id.label("session_id"),
        Session.last_seen_at,
        Account.licence_id,
        Account.id.label("account_id"),
        Account.role,
        Account.language,
        Account.relation_id,
        GROUPS.label("groups"),
        IS_ADMINISTRATOR.label("is_administrator"),
        NEEDS_SECOND_FACTOR.label("needs_second_factor"),
    )
    .join(Account, and_(Account.licence_id == LICENCE, Account.id == Session.account_id))
    .where(
        Session.licence_id == LICENCE,
        Session.expires_at > bindparam("now"),
        Session.last_seen_at > bindparam("idle_since"),
        Account.blocked_at.is_(None),
        # A program has a key, and no session that no scope would limit.
        Account.role != "SERVICE",
    )
)
BY_DIGEST = ALIVE.where(Session.digest == bindparam("digest"))
BY_ID = ALIVE.where(Session.id == bindparam("session"))
SEEN = (
    update(Session)
    .where(
        Session.licence_id == LICENCE,
        Session.id == bindparam("session"),
        Session.last_seen_at < bindparam("seen_before"),
    )
    .values(last_seen_at=bindparam("now"))
)
# What is open for an account on any server ends once this is committed. An API key has no session that ends.
ENDED = func.pg_notify(LIVE_CHANNEL, func.concat(LICENCE, " ", bindparam("account", type_=Uuid())))
OF_SESSION = func.pg_notify(LIVE_CHANNEL, func.concat(Session.licence_id, " ", Session.account_id))
CLOSE_ALL = select(ENDED).add_cte(
    delete(Session)
    .where(
        Session.licence_id == LICENCE,
        Session.account_id == bindparam("account"),
        Session.id.is_distinct_from(bindparam("kept", type_=Uuid())),
    )
    .returning(Session.id)
    .cte("closed")
)
CLOSE_ONE = (
    delete(Session)
    .where(Session.licence_id == LICENCE, Session.digest == bindparam("digest"))
    .returning(OF_SESSION)
)
CLOSE = (
    delete(Session)
    .where(Session.licence_id == LICENCE, Session.id == bindparam("session"))
    .returning(OF_SESSION)
)


async def viewer_with(rows: Rows, token: Token, now: datetime) -> Viewer | None:
    """Return the viewer whom a token stands for, or None when it stands for nobody any more."""
    return viewer_of(await rows(BY_DIGEST, moments(token.licence_id, now) | {"digest": token.digest}))


async def viewer_in(rows: Rows, licence_id: UUID, session_id: UUID, now: datetime) -> Viewer | None:
    """Return the viewer of a session, or None when it has ended."""
    return viewer_of(await rows(BY_ID, moments(licence_id, now) | {"session": session_id}))


def moments(licence_id: UUID, now: datetime) -> dict[str, object]:
    """Return what decides whether a session lives."""
    return {"licence": licence_id, "now": now, "idle_since": now - IDLE_FOR}


def viewer_of(rows: Sequence[AnyRow]) -> Viewer | None:
    """Return the viewer in the one row, if there is one."""
    for row in rows:
        viewer = Viewer(
            licence_id=row.licence_id,
            account_id=row.account_id,
            session_id=row.session_id,
            seen_at=row.last_seen_at,
            roles=roles_of(row),
            language=Language(row.language),
            principals=(row.account_id, *(row.groups or ())),
            relation_id=row.relation_id,
        )
        return viewer.before_second_factor() if row.needs_second_factor else viewer
    return None


def roles_of(row: AnyRow) -> frozenset[Role]:
    """Return what an account is to the firm."""
    role = Role(row.role)
    return frozenset({role, Role.ADMINISTRATOR} if row.is_administrator else {role})


def open_session(change: AsyncSession, account_id: UUID, token: Token, now: datetime, agent: str) -> None:
    """Add a session for an account; the token itself is not kept."""
    change.add(
        Session(
            licence_id=token.licence_id,
            account_id=account_id,
            digest=token.digest,
            user_agent=agent[:USER_AGENT_LENGTH],
            created_at=now,
            last_seen_at=now,
            expires_at=now + LASTS_FOR,
        )
    )


async def close_all(
    change: AsyncSession, licence_id: UUID, account_id: UUID, *, keep: UUID | None = None
) -> None:
    """End the sessions of an account, all but `keep`."""
    values = {"licence": licence_id, "account": account_id, "kept": keep}
    await change.execute(CLOSE_ALL, values)


async def close_session(change: AsyncSession, viewer: Viewer) -> None:
    """End the viewer's session."""
    await change.execute(CLOSE, {"licence": viewer.licence_id, "session": viewer.session_id})


async def close_with(change: AsyncSession, token: Token) -> None:
    """End the session of a token, if there is one."""
    await change.execute(CLOSE_ONE, {"licence": token.licence_id, "digest": token.digest})


async def note_seen(change: AsyncSession, viewer: Viewer, now: datetime) -> None:
    """Note that the session was used just now."""
    seen_before = now - SEEN_EVERY
    values = {"licence": viewer.licence_id, "session": viewer.session_id, "now": now}
    await change.execute(SEEN, values | {"seen_before": seen_before})


def should_note(viewer: Viewer, now: datetime) -> bool:
    """Return whether the last use of a session, or of an API key, is old enough to be noted again."""
    return viewer.seen_at is None or viewer.seen_at < now - SEEN_EVERY
