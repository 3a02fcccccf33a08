"""Signing in and out: the first step, and what comes after each one, S054, ASVS 6.3 and 7.2."""

from dataclasses import dataclass
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from auth import challenges, sessions
from core.errors import TooManyTries, WrongCredentials
from core.folding import fold
from core.tokens import Token
from models import Account, KnownNetwork
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_ACCOUNT
from resolvers import refusals, second_factors, throttles
from resolvers.change import Change
from resolvers.entering import BY_USERNAME, as_account
from resolvers.fetching import fetched
from resolvers.request import Request
from resolvers.strangers import network_of
from resolvers.throttles import Counted

LONGEST_NAME: Final = 320
LONGEST_PASSWORD: Final = 1024
SIGNED_IN: Final = (
    update(Account)
    .where(
        Account.licence_id == LICENCE,
        Account.id == OWN_ACCOUNT,
        # What was checked must still hold: a block or a new password may have come in between.
        Account.blocked_at.is_(None),
        Account.password_hash == bindparam("checked_hash"),
    )
    .values(password_hash=bindparam("kept_hash"))
    .returning(Account.id)
)
ENTERED: Final = (
    update(Account)
    .where(Account.licence_id == LICENCE, Account.id == OWN_ACCOUNT, Account.blocked_at.is_(None))
    .values(last_signed_in_at=bindparam("now"))
    .returning(Account.id)
)
IS_KNOWN: Final = select(KnownNetwork.account_id).where(
    KnownNetwork.licence_id == LICENCE,
    KnownNetwork.account_id == bindparam("account"),
    KnownNetwork.network == bindparam("network"),
)
KNOW: Final = (
    insert(KnownNetwork)
    .values(
        licence_id=LICENCE,
        account_id=OWN_ACCOUNT,
        network=bindparam("network"),
        signed_in_at=bindparam("now"),
    )
    .on_conflict_do_update(
        index_elements=[KnownNetwork.licence_id, KnownNetwork.account_id, KnownNetwork.network],
        set_={"signed_in_at": bindparam("now")},
    )
)


class Step(Enum):
    """What a sign-in needs next."""

    SIGNED_IN = "SIGNED_IN"
    TWO_FACTOR_REQUIRED = "TWO_FACTOR_REQUIRED"
    PASSWORD_CHANGE_REQUIRED = "PASSWORD_CHANGE_REQUIRED"  # noqa: S105  no password


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step of a sign-in came to: a session's token, or a challenge for the next step."""

    step: Step
    token: Token | None = None
    challenge: Token | None = None
    passkey_options: str | None = None
    """What the account's passkeys are to sign, as browsers take it; None where it has none."""


async def sign_in(request: Request, username: str, password: str, licence: str | None) -> Outcome:
    """Take the first step as the account with this name and password.

    Raise WrongCredentials, in the same words and after the same work, whatever the reason is; TooManyTries.
    """
    # Whoever is signed in already holds a connection; what follows takes one of its own.
    await request.release()
    given = password[: LONGEST_PASSWORD + 1]
    async with request.ports.passwords.alike(), request.ports.turns.take():
        licence_id = await find_licence(request, licence)
        account = await find_account(request, licence_id, username)
        if licence_id is not None:
            await require_counted(request, licence_id, username, account)
        right = await request.ports.passwords.verify(usable_hash(account, request), given)
        if licence_id is not None and not right:
            await refusals.of_sign_in(request.ports, licence_id, account, request.address, request.now)
        if not right or account is None or licence_id is None:
            raise WrongCredentials
        kept_hash = await request.ports.passwords.renewed(account.password_hash, given)
    async with as_account(request, licence_id, account) as change:
        checked = {"checked_hash": account.password_hash, "kept_hash": kept_hash}
        if not await change.rows(SIGNED_IN, **checked):
            raise WrongCredentials
        outcome = await after_password(request, change, account)
    return await entered(request, outcome)


async def after_password(request: Request, change: Change, account: AnyRow) -> Outcome:
    """Return what comes after the right password: a second factor, where the account has one."""
    if account.has_second_factor:
        return await ask_for_second_factor(change)
    return await after_factors(request, change, account)


async def ask_for_second_factor(change: Change) -> Outcome:
    """Return that a second factor is needed, with a fresh challenge for it."""
    asked = await second_factors.ask(change)
    return Outcome(Step.TWO_FACTOR_REQUIRED, challenge=asked.challenge, passkey_options=asked.passkey_options)


async def after_factors(request: Request, change: Change, account: AnyRow) -> Outcome:
    """Return what comes after all factors: a password of one's own instead of the first, or a session."""
    if account.initial_password_expires_at is not None:
        return ask_for_password(change, account)
    return await open_session(request, change, account)


def ask_for_password(change: Change, account: AnyRow) -> Outcome:
    """Return that a password of one's own is needed, with a fresh challenge for it."""
    token = Token.new(change.viewer.licence_id)
    challenges.hand_out(change.session, account.id, challenges.PASSWORD_CHANGE, token, change.now)
    return Outcome(Step.PASSWORD_CHANGE_REQUIRED, challenge=token)


async def open_session(request: Request, change: Change, account: AnyRow) -> Outcome:
    """Return a fresh session of an account. Raise WrongCredentials for one that was blocked meanwhile."""
    if not await change.rows(ENTERED, now=change.now):
        raise WrongCredentials
    token = Token.new(change.viewer.licence_id)
    sessions.open_session(change.session, account.id, token, change.now, request.user_agent)
    await change.rows(KNOW, network=network_of(request.address), now=change.now)
    change.record("session.opened", network=network_of(request.address))
    return Outcome(Step.SIGNED_IN, token=token)


async def entered(request: Request, outcome: Outcome) -> Outcome:
    """Go on as whoever has just been signed in, if somebody was; return the outcome.

    The browser forgets the token that it had, and nobody else shall keep it (ASVS 7.2.4).
    """
    if outcome.token:
        if request.is_browser and request.token:
            async with request.ports.database.change(request.token.licence_id) as change:
                await sessions.close_with(change, request.token)
        await request.become(outcome.token)
    return outcome


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


async def require_counted(request: Request, licence_id: UUID, username: str, account: AnyRow | None) -> None:
    """Count a try, and remember where it is one too many. Raise TooManyTries."""
    try:
        await require_try(request, licence_id, username, account)
    except TooManyTries:
        name, account_id = name_of(request, username), account.id if account else None
        await refusals.of_too_many(request.ports, licence_id, account_id, name, request.address)
        raise


def name_of(request: Request, username: str) -> str:
    """Return what stands for a name where tries are counted.

    It may be of any length, and is not to be guessed at: people type their password into the wrong field.
    """
    return request.ports.keys.mark(fold(username[:LONGEST_NAME]))


async def require_try(request: Request, licence_id: UUID, username: str, account: AnyRow | None) -> None:
    """Count a try of this name from this network. Raise TooManyTries, for names that nobody has as well.

    Whoever guesses from elsewhere does not keep people out where they signed in before (ASVS 6.1.1).
    """
    network = network_of(request.address)
    name = name_of(request, username)
    here = f"name:{name}:{network}"
    # Where he is known it is counted once more: a statement less would tell by its time that he is somebody.
    known = Counted(throttles.NAME_FROM_NETWORK, f"known:{here}")
    anywhere = Counted(throttles.NAME_FROM_ANYWHERE, f"name:{name}")
    counted = [
        Counted(throttles.NETWORK, f"network:{network}"),
        Counted(throttles.NAME_FROM_NETWORK, here),
        known if await is_known(request, licence_id, account, network) else anywhere,
    ]
    await throttles.require_try(request.ports.database, licence_id, counted, request.ports.clock.now())


async def is_known(request: Request, licence_id: UUID, account: AnyRow | None, network: str) -> bool:
    """Return whether the account signed in from this network before; asked for names that nobody has too."""
    values = {"licence": licence_id, "account": account.id if account else licence_id, "network": network}
    async with request.ports.database.snapshot(licence_id) as connection:
        return bool(await fetched(connection, IS_KNOWN, values))


def usable_hash(account: AnyRow | None, request: Request) -> str | None:
    """Return the hash of a password that opens the account; None for none, blocked or expired (S036)."""
    if account is None or account.blocked_at is not None:
        return None
    expires_at = account.initial_password_expires_at
    return account.password_hash if expires_at is None or expires_at > request.now else None
