"""signIn, completeTwoFactor, completePasswordChange and signOut."""

import strawberry

from resolvers import completing_sign_in, signing_in
from resolvers.second_factors import Proof
from resolvers.signing_in import Outcome
from schema.account_payloads import SignInPayload, SignOutPayload
from schema.context import Info
from schema.user_errors import verb


@strawberry.input(description="Who wants to sign in.")
class SignInInput:
    username: str = strawberry.field(description="Gebruikersnaam; case does not matter.")
    password: str = strawberry.field(description="Paswoord.")
    licence: str | None = strawberry.field(
        default=None, description="Needed where the installation serves several licences: its slug."
    )


@strawberry.input(
    description="The second factor, after the right password: one of a code, a recovery code, and what a "
    "passkey signed."
)
class CompleteTwoFactorInput:
    challenge: str = strawberry.field(description="That of the step before; it stands for 5 minutes.")
    code: str | None = strawberry.field(default=None, description="What the app shows: 6 digits.")
    recovery_code: str | None = strawberry.field(
        default=None, description="One of the ten that were shown; case and hyphens do not matter."
    )
    credential: str | None = strawberry.field(
        default=None,
        description="What `navigator.credentials.get` answered to `passkeyOptions`, as JSON; at most 16 KiB.",
    )


@strawberry.input(description="A password of one's own in place of the first one.")
class CompletePasswordChangeInput:
    challenge: str = strawberry.field(description="That of the step before, or of the mailed link.")
    new_password: str = strawberry.field(
        description="At least 12 characters, hard to guess, and without names of one's own or the firm's."
    )
    new_password_confirmation: str = strawberry.field(description="The same once more.")


def payload_of(outcome: Outcome) -> SignInPayload:
    """Return a step's outcome as the payload tells it."""
    return SignInPayload(
        step=outcome.step,
        token=str(outcome.token) if outcome.token else None,
        challenge=str(outcome.challenge) if outcome.challenge else None,
        passkey_options=outcome.passkey_options,
    )


@verb(SignInPayload)
async def sign_in(info: Info, input: SignInInput) -> SignInPayload:
    outcome = await signing_in.sign_in(info.context, input.username, input.password, input.licence)
    return payload_of(outcome)


@verb(SignInPayload)
async def complete_two_factor(info: Info, input: CompleteTwoFactorInput) -> SignInPayload:
    proof = Proof(input.code, input.recovery_code, input.credential)
    outcome = await completing_sign_in.complete_two_factor(info.context, input.challenge, proof)
    return payload_of(outcome)


@verb(SignInPayload)
async def complete_password_change(info: Info, input: CompletePasswordChangeInput) -> SignInPayload:
    outcome = await completing_sign_in.complete_password_change(
        info.context, input.challenge, input.new_password, input.new_password_confirmation
    )
    return payload_of(outcome)


@verb(SignOutPayload)
async def sign_out(info: Info) -> SignOutPayload:
    await signing_in.sign_out(info.context)
    return SignOutPayload()
