"""Passkeys: started, confirmed, asked to sign in a session, and taken away again."""

import strawberry
from strawberry.scalars import ID

from resolvers import passkeys
from schema import ids
from schema.account_payloads import (
    ConfirmPasskeyEnrolmentPayload,
    RemovePasskeyPayload,
    StartPasskeyEnrolmentPayload,
    StartPasskeyProofPayload,
)
from schema.context import Info
from schema.proof import ProofInput, proof_in
from schema.user_errors import verb


@strawberry.input(description="The password, and of whoever has a second factor already a proof of it.")
class StartPasskeyEnrolmentInput(ProofInput):
    password: str = strawberry.field(description="Paswoord.")


@strawberry.input(description="What the authenticator made.")
class ConfirmPasskeyEnrolmentInput:
    challenge: str = strawberry.field(description="That of the start; it stands for 5 minutes.")
    name: str = strawberry.field(description="What to call it: 1 to 100 characters.")
    credential: str = strawberry.field(
        description="What `navigator.credentials.create` answered, as JSON of at most 16 KiB."
    )


@strawberry.input(description="The viewer's password, once more.")
class StartPasskeyProofInput:
    password: str = strawberry.field(description="Paswoord.")


@strawberry.input(description="Which passkey, with the password and a proof of any second factor.")
class RemovePasskeyInput(ProofInput):
    passkey_id: ID = strawberry.field(description="One of one's own.")
    password: str = strawberry.field(description="Paswoord.")


@verb(StartPasskeyEnrolmentPayload)
async def start_passkey_enrolment(
    info: Info, input: StartPasskeyEnrolmentInput
) -> StartPasskeyEnrolmentPayload:
    begun = await passkeys.start_enrolment(info.context, input.password, proof_in(input))
    return StartPasskeyEnrolmentPayload(challenge=str(begun.challenge), options=begun.options)


@verb(ConfirmPasskeyEnrolmentPayload)
async def confirm_passkey_enrolment(
    info: Info, input: ConfirmPasskeyEnrolmentInput
) -> ConfirmPasskeyEnrolmentPayload:
    added = await passkeys.confirm_enrolment(info.context, input.challenge, input.name, input.credential)
    return ConfirmPasskeyEnrolmentPayload(passkey_id=added.id, recovery_codes=added.recovery_codes)


@verb(StartPasskeyProofPayload)
async def start_passkey_proof(info: Info, input: StartPasskeyProofInput) -> StartPasskeyProofPayload:
    asked = await passkeys.start_proof(info.context, input.password)
    return StartPasskeyProofPayload(challenge=str(asked.challenge), options=asked.passkey_options)


@verb(RemovePasskeyPayload)
async def remove_passkey(info: Info, input: RemovePasskeyInput) -> RemovePasskeyPayload:
    passkey_id = ids.read(info.context, "Passkey", input.passkey_id, "input", "passkeyId")
    await passkeys.remove(info.context, passkey_id, input.password, proof_in(input))
    return RemovePasskeyPayload(removed_passkey_id=input.passkey_id)
