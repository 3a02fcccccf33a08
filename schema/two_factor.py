"""Two-factor enrolment: started, confirmed, taken away again; and new recovery codes."""

import strawberry
from strawberry.scalars import ID

from resolvers import two_factor
from schema import ids
from schema.account_payloads import (
    ConfirmTwoFactorEnrolmentPayload,
    DisableTwoFactorPayload,
    RegenerateRecoveryCodesPayload,
    StartTwoFactorEnrolmentPayload,
)
from schema.context import Info
from schema.proof import ProofInput, proof_in
from schema.user_errors import verb


@strawberry.input(description="The password, and of whoever has a passkey already a proof of it.")
class StartTwoFactorEnrolmentInput(ProofInput):
    password: str = strawberry.field(description="Paswoord.")


@strawberry.input(description="A first code of the app, which proves that it has the secret.")
class ConfirmTwoFactorEnrolmentInput:
    enrolment_id: ID = strawberry.field(description="Of the enrolment that was started.")
    code: str = strawberry.field(description="What the app shows: 6 digits.")


@strawberry.input(description="The password, and a proof of any second factor.")
class DisableTwoFactorInput(ProofInput):
    password: str = strawberry.field(description="Paswoord.")


@strawberry.input(description="The password, and a proof of any second factor.")
class RegenerateRecoveryCodesInput(ProofInput):
    password: str = strawberry.field(description="Paswoord.")


@verb(StartTwoFactorEnrolmentPayload)
async def start_two_factor_enrolment(
    info: Info, input: StartTwoFactorEnrolmentInput
) -> StartTwoFactorEnrolmentPayload:
    started = await two_factor.start_enrolment(info.context, input.password, proof_in(input))
    return StartTwoFactorEnrolmentPayload(started=started)


@verb(ConfirmTwoFactorEnrolmentPayload)
async def confirm_two_factor_enrolment(
    info: Info, input: ConfirmTwoFactorEnrolmentInput
) -> ConfirmTwoFactorEnrolmentPayload:
    enrolment_id = ids.read(info.context, "TotpDevice", input.enrolment_id, "input", "enrolmentId")
    codes = await two_factor.confirm_enrolment(info.context, enrolment_id, input.code)
    return ConfirmTwoFactorEnrolmentPayload(recovery_codes=codes)


@verb(DisableTwoFactorPayload)
async def disable_two_factor(info: Info, input: DisableTwoFactorInput) -> DisableTwoFactorPayload:
    await two_factor.disable(info.context, input.password, proof_in(input))
    return DisableTwoFactorPayload()


@verb(RegenerateRecoveryCodesPayload)
async def regenerate_recovery_codes(
    info: Info, input: RegenerateRecoveryCodesInput
) -> RegenerateRecoveryCodesPayload:
    codes = await two_factor.regenerate_recovery_codes(info.context, input.password, proof_in(input))
    return RegenerateRecoveryCodesPayload(recovery_codes=codes)
