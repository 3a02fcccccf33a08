"""The later steps of a sign-in: the second factor, and a password of one's own in place of the first one."""

from typing import Final

from auth import challenges
from core.errors import Expired, Required, WrongCode
from core.tokens import Token
from models.tables import AnyRow
from resolvers import passwords, second_factors, throttles
from resolvers.change import Change
from resolvers.entering import BY_ID, as_account
from resolvers.fetching import reads
from resolvers.request import Request
from resolvers.signing_in import Outcome, Step, after_factors, ask_for, entered, open_session

CHALLENGE: Final = ("input", "challenge")
CODE: Final = ("input", "code")


async def complete_two_factor(
    request: Request, challenge: str, code: str | None, recovery_code: str | None
) -> Outcome:
    """Go on from the right password with a code of the app, or with a recovery code.

    Each works once, and what was shown wrong can be tried again while the challenge stands. Raise Expired,
    WrongCode, Required, TooManyTries.
    """
    if bool(code) == bool(recovery_code):
        raise Required("Give either a code or a recovery code.", path=CODE)
    token, account, found = await standing(request, challenge, challenges.TWO_FACTOR)
    counted = throttles.codes_of(account.id)
    await throttles.require_try(request.ports.database, token.licence_id, counted, request.now)
    async with as_account(request, token.licence_id, account) as change:
        if not await is_right(change, account, code, recovery_code):
            raise WrongCode(path=CODE if code else ("input", "recoveryCode"))
        if not await challenges.use(change.session, token.licence_id, found.id):
            raise Expired(path=CHALLENGE)
        outcome = await after_factors(request, change, account)
    return await entered(request, outcome)


async def is_right(change: Change, account: AnyRow, code: str | None, recovery_code: str | None) -> bool:
    """Return whether what was shown of a second factor is right; it is used up then."""
    if code:
        return await second_factors.use_code(change, account.id, code)
    return await second_factors.use_recovery_code(change, account.id, recovery_code or "", change.now)


async def complete_password_change(
    request: Request, challenge: str, new_password: str, confirmation: str
) -> Outcome:
    """Go on from the first password, or from the mailed link, with a password of one's own (S035, A10).

    Raise Expired, Invalid, WeakPassword, TooLong, TooManyTries.
    """
    steps = challenges.PASSWORD_CHANGE, challenges.FIRST_PASSWORD
    token, account, found = await standing(request, challenge, *steps)
    new_hash = await passwords.hash_of_new(request, token.licence_id, account, new_password, confirmation)
    async with as_account(request, token.licence_id, account) as change:
        if not await challenges.use(change.session, token.licence_id, found.id):
            raise Expired(path=CHALLENGE)
        await passwords.set_own(change, account.id, new_hash)
        # Whoever came by the link has shown no factor yet, and a reset leaves it standing (A11).
        if found.step == challenges.FIRST_PASSWORD and account.has_second_factor:
            outcome = ask_for(change, account, Step.TWO_FACTOR_REQUIRED, challenges.TWO_FACTOR)
        else:
            outcome = await open_session(request, change, account)
    return await entered(request, outcome)


async def standing(request: Request, challenge: str, *steps: str) -> tuple[Token, AnyRow, AnyRow]:
    """Return the token of a challenge, its account, and the challenge itself. Raise Expired."""
    await request.release()
    token = Token.parse(challenge)
    if token is None:
        raise Expired(path=CHALLENGE)
    async with request.ports.database.snapshot(token.licence_id) as connection:
        rows = reads(connection)
        found = await challenges.standing(rows, token, list(steps), request.now)
        if found is None:
            raise Expired(path=CHALLENGE)
        (account,) = await rows(BY_ID, {"licence": token.licence_id, "ids": [found.account_id]})
    return token, account, found
