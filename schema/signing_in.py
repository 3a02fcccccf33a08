"""signIn and signOut."""

import strawberry

from resolvers import signing_in
from schema.context import Info
from schema.payloads import SignInPayload, SignOutPayload
from schema.user_errors import verb
from schema.words import SignInStep


@strawberry.input(description="Who wants to sign in.")
class SignInInput:
    username: str = strawberry.field(description="Gebruikersnaam; case does not matter.")
    password: str = strawberry.field(description="Paswoord.")
    licence: str | None = strawberry.field(
        default=None, description="Needed where the installation serves several licences: its slug."
    )


@verb(SignInPayload)
async def sign_in(info: Info, input: SignInInput) -> SignInPayload:
    token = await signing_in.sign_in(info.context, input.username, input.password, input.licence)
    return SignInPayload(step=SignInStep.SIGNED_IN, token=str(token))


@verb(SignOutPayload)
async def sign_out(info: Info) -> SignOutPayload:
    await signing_in.sign_out(info.context)
    return SignOutPayload()
