"""What is done with accounts that are there: a new first secret, blocking, S023, S024, A11, A13."""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete

from auth import challenges, sessions
from core.errors import Forbidden, Invalid
from models import Account, Passkey, RecoveryCode, TotpDevice
from models.tables import LICENCE
from resolvers import accounts, first_secrets, gate, keepers
from resolvers.change import Change
from resolvers.portal_access import require_seat

PLACE: Final = ("input", "accountId")
CLIENT: Final = "CLIENT"
FACTORS: Final = tuple(
    delete(table).where(table.licence_id == LICENCE, table.account_id == bindparam("account"))
    for table in (TotpDevice, RecoveryCode, Passkey)
)


async def reset_password(change: Change, account_id: UUID) -> Account:
    """Give an account a new first secret, and end its sessions; its second factor stays (A11).

    Return the account. Raise Forbidden, NotFound, Invalid, TooManyTries.
    """
    account = await managed(change, account_id)
    require_person(account)
    require_not_blocked(account)
    await sessions.close_all(change.session, account.licence_id, account.id)
    await first_secrets.give(change, account, "password_reset")
    change.record("account.password_reset", relation_id=account.relation_id, account=str(account.id))
    return account


async def block_account(change: Change, account_id: UUID) -> Account:
    """Let nobody in with an account any more, from this moment on (A13), and tell its owner.

    To block again changes nothing. Return the account. Raise Forbidden, NotFound, and Invalid where the firm
    would lose its last administrator, or a document everybody who may change its security.
    """
    await keepers.hold(change)
    account = await managed(change, account_id)
    if account.blocked_at is not None:
        return account
    account.blocked_at = change.now
    await sessions.close_all(change.session, account.licence_id, account.id)
    await challenges.void(change.session, account.licence_id, account.id)
    if account.role == "STAFF":
        await keepers.require_administrator(change, path=PLACE)
        await keepers.require_kept_without(
            change, await accounts.principals_of(change, account.id), path=PLACE
        )
    await change.tell("account_blocked", account.id)
    change.record("account.blocked", relation_id=account.relation_id, account=str(account.id))
    return account


async def unblock_account(change: Change, account_id: UUID) -> Account:
    """Let an account in again, and tell its owner; a client needs a free seat (A14).

    To unblock again changes nothing. Return the account. Raise Forbidden, NotFound, NoSeatLeft.
    """
    account = await managed(change, account_id)
    if account.blocked_at is None:
        return account
    if account.role == CLIENT:
        await require_seat(change, PLACE)
    account.blocked_at = None
    await change.tell("account_unblocked", account.id)
    change.record("account.unblocked", relation_id=account.relation_id, account=str(account.id))
    return account


async def reset_two_factor(change: Change, account_id: UUID) -> Account:
    """Take every second factor from an account whose owner lost it, end its sessions, and tell him.

    Return the account. Raise Forbidden, also for one's own account, and NotFound.
    """
    gate.administrator(change)
    account = await managed(change, account_id)
    if account.id == change.viewer.account_id:
        raise Forbidden("Your own second factor is changed on your profile page.", path=PLACE)
    for statement in FACTORS:
        await change.rows(statement, account=account.id)
    await sessions.close_all(change.session, account.licence_id, account.id)
    await challenges.void(change.session, account.licence_id, account.id)
    await change.tell("two_factor_reset", account.id)
    change.record("account.two_factor_reset", relation_id=account.relation_id, account=str(account.id))
    return account


async def managed(change: Change, account_id: UUID) -> Account:
    """Return an account that the viewer may manage: staff those of clients, administrators every one.

    Raise NotFound, Forbidden.
    """
    gate.staff(change)
    row = await gate.one(change, accounts.look_up, account_id, path=PLACE)
    if row.role != CLIENT and not change.viewer.is_administrator:
        raise Forbidden(path=PLACE)
    key = (change.viewer.licence_id, account_id)
    return await change.session.get_one(Account, key, with_for_update={"key_share": True})


def require_person(account: Account) -> None:
    """Require that somebody signs in with an account: a program has a key instead. Raise Invalid."""
    if account.role == "SERVICE":
        raise Invalid("A program has an API key, and no password.", path=PLACE)


def require_not_blocked(account: Account) -> None:
    """Require that an account is let in. Raise Invalid."""
    if account.blocked_at is not None:
        raise Invalid("This account is blocked. Unblock it first.", path=PLACE)
