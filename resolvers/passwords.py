"""Passwords of one's own: chosen at the first sign-in, and changed on the profile page, S035, S060."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, update

from auth import challenges, sessions
from core.errors import Invalid, WeakPassword, WrongCredentials
from models import Account, Licence
from models.tables import LICENCE, AnyRow
from resolvers import throttles
from resolvers.change import Change
from resolvers.entering import BY_ID
from resolvers.fetching import fetched
from resolvers.request import Request

NEW: Final = ("input", "newPassword")
CONFIRMATION: Final = ("input", "newPasswordConfirmation")
OLD: Final = ("input", "oldPassword")
# What every password is compared with, beside its owner's own words.
PRODUCT: Final = ("kluis", "password", "wachtwoord", "passwort", "motdepasse")
FIRM: Final = select(Licence.name, Licence.slug).where(Licence.id == LICENCE)
SET: Final = (
    update(Account)
    .where(Account.licence_id == LICENCE, Account.id == bindparam("account"))
    .values(password_hash=bindparam("new_hash"), initial_password_expires_at=None)
)


async def hash_of_new(
    request: Request, licence_id: UUID, account: AnyRow, password: str, confirmation: str
) -> str:
    """Return the hash of a new password that was given twice.

    Raise Invalid when they differ, WeakPassword, TooLong, TooManyTries.
    """
    if password != confirmation:
        raise Invalid("The two passwords are not the same.", path=CONFIRMATION)
    async with request.ports.database.snapshot(licence_id) as connection:
        (firm,) = await fetched(connection, FIRM, {"licence": licence_id})
    own_words = (*own_words_of(account), firm.name, firm.slug)
    await request.ports.passwords.require_strength(password, own_words, *NEW)
    # The first one stands in a letter, and would stay good for ever (ASVS 6.4.1).
    if await request.ports.passwords.verify(account.password_hash, password):
        raise WeakPassword(path=NEW)
    return await request.ports.passwords.hash(password)


def own_words_of(account: Any) -> tuple[str | None, ...]:
    """Return the words that a password of this account must not hold (ASVS 6.2.11)."""
    names = (account.username, account.email, account.given_name, account.family_name)
    return (*names, account.display_name, *PRODUCT)


async def set_own(change: Change, account_id: UUID, new_hash: str, *, keep: UUID | None = None) -> None:
    """Set an account's password, end every session but `keep` and every challenge, and tell its owner."""
    licence_id = change.viewer.licence_id
    await change.rows(SET, account=account_id, new_hash=new_hash)
    await challenges.void(change.session, licence_id, account_id)
    await sessions.close_all(change.session, licence_id, account_id, keep=keep)
    change.record("account.password_set", account=str(account_id))
    await change.tell("password_changed", account_id)


async def change_password(request: Request, old: str, new: str, confirmation: str) -> None:
    """Replace the viewer's password by a new one; his other sessions end.

    Raise WrongCredentials, Invalid, WeakPassword, TooLong, TooManyTries, Unauthenticated.
    """
    account = await require_password(request, old, *OLD)
    new_hash = await hash_of_new(request, request.viewer.licence_id, account, new, confirmation)
    async with request.change() as change:
        await set_own(change, account.id, new_hash, keep=change.viewer.session_id)


async def require_password(request: Request, password: str, *path: str) -> AnyRow:
    """Require that the viewer gives his password once more; return his account (ASVS 7.5.1).

    Raise WrongCredentials, TooManyTries, Unauthenticated.
    """
    viewer = request.viewer
    await request.release()
    counted = throttles.password_of(viewer.account_id)
    await throttles.require_try(request.ports.database, viewer.licence_id, counted, request.now)
    async with request.ports.database.snapshot(viewer.licence_id) as connection:
        values = {"licence": viewer.licence_id, "ids": [viewer.account_id]}
        (account,) = await fetched(connection, BY_ID, values)
    if not await request.ports.passwords.verify(account.password_hash, password):
        await remember_refusal(request)
        raise WrongCredentials(path=path)
    return account


async def remember_refusal(request: Request) -> None:
    """Remember that the viewer's password was given wrong, though nothing else comes of it (ASVS 16.3.1).

    Raise Unauthenticated.
    """
    async with request.change() as change:
        change.record("account.password_refused", account=str(change.viewer.account_id))
