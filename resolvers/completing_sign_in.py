"""The later steps of a sign-in: the second factor, and a password of one's own in place of the first one."""

from auth import challenges
from core.errors import Expired, TooManyTries, WrongCode
from core.tokens import Token
from models.tables import AnyRow
from resolvers import passwords, refusals, second_factors, throttles
from resolvers.entering import BY_ID, as_account
from resolvers.fetching import reads
from resolvers.request import Request
from resolvers.second_factors import CHALLENGE, Proof
from resolvers.signing_in import (
    Outcome,
    after_factors,
    ask_for_second_factor,
    entered,
    open_session,
)
from resolvers.strangers import network_of


async def complete_two_factor(request: Request, challenge: str, proof: Proof) -> Outcome:
    """Go on from the right password with a code of the app, a recovery code, or what a passkey signed.

    Each works once, and what was shown wrong can be tried again while the challenge stands. Raise Expired,
    WrongCode, TooLong, Required, TooManyTries.
    """
    proof.require_one()
    token, account, found = await standing(request, challenge, challenges.TWO_FACTOR)
    counted = throttles.codes_of(account.id)
    try:
        await throttles.require_try(request.ports.database, token.licence_id, counted, request.now)
    except TooManyTries:
        told = token.licence_id, account.id, "codes", request.address
        await refusals.of_too_many(request.ports, *told)
        raise
    outcome = None
    async with as_account(request, token.licence_id, account) as change:
        await second_factors.hold(change)
        if await second_factors.use(change, proof, found):
            outcome = await after_factors(request, change, account)
        else:
            change.record("two_factor.refused", network=network_of(request.address))
    if outcome is None:
        raise WrongCode(path=proof.path)
    return await entered(request, outcome)


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
        await second_factors.hold(change)
        await second_factors.use_up(change, found)
        await passwords.set_own(change, account.id, new_hash)
        # Whoever came by the link has shown no factor yet, and a reset leaves it standing (A11).
        if found.step == challenges.FIRST_PASSWORD and account.has_second_factor:
            outcome = await ask_for_second_factor(change)
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
