"""updateLicence, and the verbs on business units."""

from typing import Final

import strawberry
from strawberry.scalars import ID

from resolvers import licence_changes
from resolvers.idempotency import once
from resolvers.operating import FirstSecret
from schema import ids
from schema.context import Info
from schema.file_payloads import BusinessUnitPayload, DeleteBusinessUnitPayload, LicencePayload
from schema.given import given, left_out
from schema.idempotency import idempotency_key
from schema.user_errors import verb


@strawberry.input(description="What is to be set for the firm; what is left out stays as it is.")
class UpdateLicenceInput:
    name: str | None = left_out("As it stands under its mails: 1 to 200 characters.")
    first_secret: FirstSecret | None = left_out("What new accounts are mailed to come in with.")
    staff_need_two_factor: bool | None = left_out(
        "Whether the staff need a second factor; who has none reaches the profile alone until then."
    )
    accepts_active_files: bool | None = left_out(
        "Whether files that can run something may be sent in; they are only ever downloaded."
    )
    changes_kept_days: int | None = left_out("For how many days `changes` goes back: 1 to 365.")
    mail_reply_to: str | None = left_out("Whom answers to its letters go to; null: the sender.")


@strawberry.input(description="A new business unit.")
class CreateBusinessUnitInput:
    name: str = strawberry.field(description="Such as MAIN: 1 to 100 characters, and no other's.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Another name for a business unit.")
class UpdateBusinessUnitInput:
    business_unit_id: ID = strawberry.field(description="Which business unit.")
    name: str = strawberry.field(description="1 to 100 characters, and no other's.")


@strawberry.input(description="Which business unit goes.")
class DeleteBusinessUnitInput:
    business_unit_id: ID = strawberry.field(description="One to which nothing belongs any more.")


SETTINGS: Final = (
    "name",
    "first_secret",
    "staff_need_two_factor",
    "accepts_active_files",
    "changes_kept_days",
    "mail_reply_to",
)


@verb(LicencePayload)
async def update_licence(info: Info, input: UpdateLicenceInput) -> LicencePayload:
    async with info.context.change() as change:
        await licence_changes.update_licence(change, given(input, SETTINGS))
    return LicencePayload(is_changed=True)


@verb(BusinessUnitPayload)
async def create_business_unit(info: Info, input: CreateBusinessUnitInput) -> BusinessUnitPayload:
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createBusinessUnit",
            {"name": input.name},
            lambda: licence_changes.create_business_unit(change, input.name),
        )
    return BusinessUnitPayload(unit_id=made.id)


@verb(BusinessUnitPayload)
async def update_business_unit(info: Info, input: UpdateBusinessUnitInput) -> BusinessUnitPayload:
    unit_id = ids.read(info.context, "BusinessUnit", input.business_unit_id, "input", "businessUnitId")
    async with info.context.change() as change:
        await licence_changes.update_business_unit(change, unit_id, input.name)
    return BusinessUnitPayload(unit_id=unit_id)


@verb(DeleteBusinessUnitPayload)
async def delete_business_unit(info: Info, input: DeleteBusinessUnitInput) -> DeleteBusinessUnitPayload:
    unit_id = ids.read(info.context, "BusinessUnit", input.business_unit_id, "input", "businessUnitId")
    async with info.context.change() as change:
        await licence_changes.delete_business_unit(change, unit_id)
    return DeleteBusinessUnitPayload(key=unit_id)
