"""createDossier, updateDossier and deleteDossier."""

from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from resolvers import dossier_changes
from resolvers.dossier_changes import Member
from resolvers.idempotency import once
from resolvers.reading import Reading
from schema import ids
from schema.context import Info
from schema.file_payloads import DeleteDossierPayload, DossierPayload
from schema.given import Keys, given, keys_given, left_out
from schema.idempotency import idempotency_key
from schema.user_errors import verb
from schema.words import DossierRole


@strawberry.input(description="Somebody who is to be in a dossier.")
class DossierMemberInput:
    relation_id: ID = strawberry.field(description="Who it is.")
    role: DossierRole = strawberry.field(description="What they are in it.")


@strawberry.input(description="A new dossier.")
class CreateDossierInput:
    name: str = strawberry.field(description="Naam: 1 to 200 characters.")
    members: list[DossierMemberInput] = strawberry.field(
        description="Who is in it: exactly one main person, at most one partner, 100 in all."
    )
    business_unit_id: ID | None = left_out("Business eenheid; without it the firm's, where it has but one.")
    manager_id: ID | None = left_out("Beheerder: somebody on the staff.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What is to be changed; what is left out stays as it is, null empties.")
class UpdateDossierInput:
    dossier_id: ID = strawberry.field(description="Which dossier.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )
    name: str | None = left_out("Naam: 1 to 200 characters.")
    business_unit_id: ID | None = left_out("Business eenheid.")
    manager_id: ID | None = left_out("Beheerder: somebody on the staff.")
    members: list[DossierMemberInput] | None = left_out("All who are in it; null changes nothing.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")


@strawberry.input(description="Which dossier goes.")
class DeleteDossierInput:
    dossier_id: ID = strawberry.field(description="One in which no document and no holding is any more.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )


KEYS: Final[Keys] = {
    "business_unit_id": ("BusinessUnit", "businessUnitId"),
    "manager_id": ("Account", "managerId"),
}


def said_in(request: Reading, input: CreateDossierInput | UpdateDossierInput) -> dict[str, Any]:
    """Return what an input says of a dossier, ids read. Raise Invalid."""
    said = {**given(input, ("name", "external_reference")), **keys_given(request, input, KEYS)}
    members: list[DossierMemberInput] | None = given(input, ("members",)).get("members")
    if members is not None:
        said["members"] = [member_in(request, it) for it in members]
    return said


def member_in(request: Reading, input: DossierMemberInput) -> Member:
    """Return who is to be in a dossier. Raise Invalid."""
    key = ids.read(request, "Relation", input.relation_id, "input", "members", "relationId")
    return Member(key, input.role.value)


@verb(DossierPayload)
async def create_dossier(info: Info, input: CreateDossierInput) -> DossierPayload:
    said = said_in(info.context, input)
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createDossier",
            said,
            lambda: dossier_changes.create_dossier(change, said),
        )
    return DossierPayload(dossier_id=made.id)


@verb(DossierPayload)
async def update_dossier(info: Info, input: UpdateDossierInput) -> DossierPayload:
    dossier_id = ids.read(info.context, "Dossier", input.dossier_id, "input", "dossierId")
    said = said_in(info.context, input)
    async with info.context.change() as change:
        await dossier_changes.update_dossier(change, dossier_id, said, input.if_revision)
    return DossierPayload(dossier_id=dossier_id)


@verb(DeleteDossierPayload)
async def delete_dossier(info: Info, input: DeleteDossierInput) -> DeleteDossierPayload:
    dossier_id = ids.read(info.context, "Dossier", input.dossier_id, "input", "dossierId")
    async with info.context.change() as change:
        await dossier_changes.delete_dossier(change, dossier_id, input.if_revision)
    return DeleteDossierPayload(key=dossier_id)
