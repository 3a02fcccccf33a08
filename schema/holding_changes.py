"""createHolding, updateHolding and deleteHolding."""

from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from resolvers import holding_changes
from resolvers.idempotency import once
from resolvers.reading import Reading
from schema import ids
from schema.context import Info
from schema.file_payloads import DeleteHoldingPayload, HoldingPayload
from schema.given import Keys, given, keys_given, left_out
from schema.idempotency import idempotency_key
from schema.user_errors import verb
from schema.words import HoldingKind

IN_DOSSIER: Final[Keys] = {"dossier_id": ("Dossier", "dossierId")}


@strawberry.input(description="A new asset, liability or policy.")
class CreateHoldingInput:
    kind: HoldingKind = strawberry.field(description="Asset, liability or policy.")
    name: str = strawberry.field(description="As lists show it: 1 to 200 characters.")
    reference: str | None = left_out("Such as the number of a policy.")
    dossier_id: ID | None = left_out("The dossier that it belongs to.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What is to be changed; what is left out stays as it is, null empties.")
class UpdateHoldingInput:
    holding_id: ID = strawberry.field(description="Which holding.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )
    name: str | None = left_out("As lists show it: 1 to 200 characters.")
    reference: str | None = left_out("Such as the number of a policy.")
    dossier_id: ID | None = left_out("The dossier that it belongs to.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")


@strawberry.input(description="Which holding goes.")
class DeleteHoldingInput:
    holding_id: ID = strawberry.field(description="One on which no document hangs any more.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )


def holding_in(request: Reading, input: CreateHoldingInput | UpdateHoldingInput) -> dict[str, Any]:
    """Return what an input says of a holding, ids read. Raise Invalid."""
    texts = given(input, ("name", "reference", "external_reference"))
    return {**texts, **keys_given(request, input, IN_DOSSIER)}


@verb(HoldingPayload)
async def create_holding(info: Info, input: CreateHoldingInput) -> HoldingPayload:
    said = {"kind": input.kind.value, **holding_in(info.context, input)}
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createHolding",
            said,
            lambda: holding_changes.create_holding(change, said),
        )
    return HoldingPayload(holding_id=made.id)


@verb(HoldingPayload)
async def update_holding(info: Info, input: UpdateHoldingInput) -> HoldingPayload:
    holding_id = ids.read(info.context, "Holding", input.holding_id, "input", "holdingId")
    said = holding_in(info.context, input)
    async with info.context.change() as change:
        await holding_changes.update_holding(change, holding_id, said, input.if_revision)
    return HoldingPayload(holding_id=holding_id)


@verb(DeleteHoldingPayload)
async def delete_holding(info: Info, input: DeleteHoldingInput) -> DeleteHoldingPayload:
    holding_id = ids.read(info.context, "Holding", input.holding_id, "input", "holdingId")
    async with info.context.change() as change:
        await holding_changes.delete_holding(change, holding_id, input.if_revision)
    return DeleteHoldingPayload(key=holding_id)
