"""Signing in and out: S054, ASVS 6.3 and 7.2."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update

from auth import sessions
from core.errors import WrongCredentials
from core.folding import fold
from core.tokens import Token
from models import Account, Event
from models.tables import LICENCE, AnyRow
from resolvers.fetching import fetched
from resolvers.request import Request

LONGEST_NAME: Final = 320
LONGEST_PASSWORD: Final = 1024
BY_USERNAME: Final = select(
    Account.id, Account.password_hash, Account.blocked_at, Account.initial_password_expires_at
).where(Account.licence_id == LICENCE, Account.username_folded == bindparam("username"))
SIGNED_IN: Final = (
    update(Account)
    .where(
        Account.licence_id == LICENCE,
        Account.id == bindparam("account"),
        # What was checked must still hold: a block or a new password may have come in between.
        Account.blocked_at.is_(None),
        Account.password_hash == bindparam("checked_hash"),
    )
    .values(last_signed_in_at=bindparam("now"))
    .returning(Account.id)
)


async def sign_in(request: Request, username: str, password: str, licence: str | None) -> Token:
    """Go on as the account with this name and password; return the token of its session.

    Raise WrongCredentials, in the same words and after the same work, whatever the reason is.
    """
    # Whoever is signed in already holds a connection; what follows takes one of its own.
    await request.release()
    licence_id = await find_licence(request, licence)
    account = await find_account(request, licence_id, username)
    right = await request.ports.passwords.verify(
        usable_hash(account, request.now), password[: LONGEST_PASSWORD + 1]
    )
    if not right or account is None or licence_id is None:
        raise WrongCredentials
    token = Token.new(licence_id)
    async with request.ports.database.change(licence_id) as session:
        values = {"account": account.id, "checked_hash": account.password_hash, "now": request.now}
        found = await session.execute(SIGNED_IN, {"licence": licence_id, **values})
        if found.first() is None:
            raise WrongCredentials
        sessions.open_session(session, account.id, token, request.now, request.user_agent)
        session.add(
            Event(
                licence_id=licence_id, kind="session.opened", occurred_at=request.now, account_id=account.id
            )
        )
    await request.become(token)
    return token


async def sign_out(request: Request) -> None:
    """End the viewer's session, at once and for good. Raise Unauthenticated."""
    async with request.change() as change:
        await sessions.close_session(change.session, change.viewer)
        change.record("session.closed")
    await request.become(None)


async def find_licence(request: Request, slug: str | None) -> UUID | None:
    """Return the licence that is meant: the only one, where the installation serves one."""
    found = await request.ports.database.licence_ids(slug)
    return found[0] if len(found) == 1 else None


async def find_account(request: Request, licence_id: UUID | None, username: str) -> AnyRow | None:
    """Return the account with this user name, if there is one."""
    if licence_id is None or len(username) > LONGEST_NAME:
        return None
    async with request.ports.database.snapshot(licence_id) as connection:
        values = {"licence": licence_id, "username": fold(username)}
        found = await fetched(connection, BY_USERNAME, values)
    return found[0] if found else None


def usable_hash(account: AnyRow | None, now: datetime) -> str | None:
    """Return the hash of a password that opens the account; None for none, blocked or expired (S036)."""
    if account is None or account.blocked_at is not None:
        return None
    expires_at = account.initial_password_expires_at
    return account.password_hash if expires_at is None or expires_at > now else None
