"""createRelation, updateRelation, deleteRelation and updateContactDetails."""

from dataclasses import fields
from datetime import date
from typing import Any, Final

import strawberry
from strawberry.scalars import ID

from core.viewer import Language
from resolvers import own_contact, relation_changes
from resolvers.idempotency import once
from resolvers.reading import Reading
from schema import ids
from schema.context import Info
from schema.file_payloads import DeleteRelationPayload, RelationPayload
from schema.given import Keys, given, keys_given, left_out
from schema.idempotency import idempotency_key
from schema.user_errors import verb
from schema.words import DeliveryMethod, RelationKind


@strawberry.input(description="The contact tab of a relation (S026); what is left out stays as it is.")
class ContactDetailsInput:
    street: str | None = left_out("Straat en huisnummer.")
    postal_code: str | None = left_out("Postcode, of any country.")
    municipality: str | None = left_out("Gemeente.")
    phone: str | None = left_out("Telefoon: a Belgian number, or one with + and a country's code.")
    second_phone: str | None = left_out("Telefoon 2.")
    mobile: str | None = left_out("GSM.")
    fax: str | None = left_out("Faxnummer.")
    delivery_method: DeliveryMethod | None = left_out("Document aflevering methode.")


@strawberry.input(description="The detail tab of a relation from another program, but for its accountant.")
class ImportDetailsInput:
    birth_date: date | None = left_out("Geboortedatum.")
    birth_place: str | None = left_out("Geboorteplaats.")
    national_register_number: str | None = left_out(
        "Rijksregisternummer or BIS number: 11 digits, with or without signs between them."
    )
    professional_category: str | None = left_out("Beroepscategorie.")
    nace_code: str | None = left_out("NACE-code, such as 69.20; Belgium's fifth digit may follow.")
    profession: str | None = left_out("Beroepsactiviteit.")
    retirement_age: int | None = left_out("Pensioenleeftijd, in years.")
    retirement_year: int | None = left_out("Jaar pensionering.")
    activity_end_age: int | None = left_out("Leeftijd stopzetting beroepsactiviteit, in years.")
    activity_end_year: int | None = left_out("Jaar stopzetting beroepsactiviteit.")
    life_expectancy_year: int | None = left_out("Levensverwachting, as a year.")
    is_deceased: bool | None = left_out("Overleden?")
    is_disabled: bool | None = left_out("Is minder valide?")
    identity_card_number: str | None = left_out("Nummer identiteitskaart.")
    identity_card_valid_until: date | None = left_out("Identiteitskaart geldig tot.")


@strawberry.input(description="The detail tab of a relation (S027); what is left out stays as it is.")
class RelationDetailsInput(ImportDetailsInput):
    accountant_id: ID | None = left_out("Boekhouder: another relation.")


@strawberry.input(description="A new person or company.")
class CreateRelationInput:
    kind: RelationKind = strawberry.field(default=RelationKind.PERSON, description="Person or company.")
    given_name: str | None = left_out("Voornaam.")
    family_name: str | None = left_out("Familienaam; a person has this one or the other.")
    company_name: str | None = left_out("Maatschappelijke naam; a company has one.")
    title: str | None = left_out("Aanspreking, such as mevrouw.")
    email: str | None = left_out("E-mail; portal access needs one (S020).")
    language: Language | None = left_out("Taal.")
    business_unit_id: ID | None = left_out("Business eenheid; without it the firm's, where it has but one.")
    internal_manager_id: ID | None = left_out("Interne beheerder: somebody on the staff.")
    contact: ContactDetailsInput | None = left_out("The contact tab.")
    details: RelationDetailsInput | None = left_out("The detail tab.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What is to be changed; what is left out stays as it is, null empties.")
class UpdateRelationInput:
    relation_id: ID = strawberry.field(description="Which relation.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )
    given_name: str | None = left_out("Voornaam.")
    family_name: str | None = left_out("Familienaam.")
    company_name: str | None = left_out("Maatschappelijke naam.")
    title: str | None = left_out("Aanspreking, such as mevrouw.")
    email: str | None = left_out("E-mail; with portal access say `movesPortalAccount` too.")
    language: Language | None = left_out("Taal.")
    business_unit_id: ID | None = left_out("Business eenheid.")
    internal_manager_id: ID | None = left_out("Interne beheerder: somebody on the staff.")
    contact: ContactDetailsInput | None = left_out("The contact tab.")
    details: RelationDetailsInput | None = left_out("The detail tab.")
    external_reference: str | None = left_out("What another program calls it, once in a firm.")
    moves_portal_account: bool | None = strawberry.field(
        default=None,
        description="Whether the portal account's user name, and where its mail goes, become the new address "
        "too; both addresses are told. Needed when the address of somebody with portal access changes.",
    )


@strawberry.input(description="Which relation goes.")
class DeleteRelationInput:
    relation_id: ID = strawberry.field(description="One that nothing uses any more.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if it is still at this revision."
    )


@strawberry.input(description="How the viewer can be reached; what is left out stays as it is, null empties.")
class UpdateContactDetailsInput:
    contact: ContactDetailsInput = strawberry.field(description="The contact tab of one's own sheet.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if the relation is still at this revision."
    )


NAMES: Final = (
    "given_name",
    "family_name",
    "company_name",
    "title",
    "email",
    "language",
    "external_reference",
)
KEYS: Final[Keys] = {
    "business_unit_id": ("BusinessUnit", "businessUnitId"),
    "internal_manager_id": ("Account", "internalManagerId"),
}
ACCOUNTANT: Final[Keys] = {"accountant_id": ("Relation", "details", "accountantId")}
CONTACT: Final = tuple(it.name for it in fields(ContactDetailsInput))
DETAILS: Final = tuple(it.name for it in fields(ImportDetailsInput))


def said_in(request: Reading, input: CreateRelationInput | UpdateRelationInput) -> dict[str, Any]:
    """Return what an input says of a relation, ids read. Raise Invalid."""
    said = {**given(input, NAMES), **keys_given(request, input, KEYS)}
    if input.contact:
        said |= given(input.contact, CONTACT)
    if input.details:
        said |= {**given(input.details, DETAILS), **keys_given(request, input.details, ACCOUNTANT)}
    return said


@verb(RelationPayload)
async def create_relation(info: Info, input: CreateRelationInput) -> RelationPayload:
    said = {"kind": input.kind.value, **said_in(info.context, input)}
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createRelation",
            said,
            lambda: relation_changes.create_relation(change, said),
        )
    return RelationPayload(relation_id=made.id)


@verb(RelationPayload)
async def update_relation(info: Info, input: UpdateRelationInput) -> RelationPayload:
    relation_id = ids.read(info.context, "Relation", input.relation_id, "input", "relationId")
    said = said_in(info.context, input)
    async with info.context.change() as change:
        await relation_changes.update_relation(
            change, relation_id, said, input.if_revision, moves_account=input.moves_portal_account
        )
    return RelationPayload(relation_id=relation_id)


@verb(DeleteRelationPayload)
async def delete_relation(info: Info, input: DeleteRelationInput) -> DeleteRelationPayload:
    relation_id = ids.read(info.context, "Relation", input.relation_id, "input", "relationId")
    async with info.context.change() as change:
        await relation_changes.delete_relation(change, relation_id, input.if_revision)
    return DeleteRelationPayload(key=relation_id)


@verb(RelationPayload)
async def update_contact_details(info: Info, input: UpdateContactDetailsInput) -> RelationPayload:
    said = given(input.contact, CONTACT)
    async with info.context.change() as change:
        await own_contact.update_contact_details(change, said, input.if_revision)
        own = change.viewer.relation_id
    return RelationPayload(relation_id=own)
