"""Relations (relaties): the persons and companies in the firm's files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from core.viewer import Language
from execution import batched, derived, plain
from models.tables import AnyRow
from permissions.fields import StaffReadsRelations, StaffReadsRelationsOrOwn
from resolvers import accounts, dossiers, licences, relations
from resolvers.document_sets import Scope
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema.connections import (
    After,
    Before,
    Connection,
    DocumentConnection,
    DossierWord,
    First,
    Last,
    documents_in,
)
from schema.ids import identity
from schema.nodes import Node
from schema.people import Account, BusinessUnit
from schema.prices import PAGE
from schema.words import DeliveryMethod, RelationKind


def delivery_method(relation: AnyRow) -> DeliveryMethod | None:
    """Return how the relation wants to be sent documents."""
    return DeliveryMethod(relation.delivery_method) if relation.delivery_method else None


@strawberry.type(description="The contact tab of a relation (S026).")
class ContactDetails:
    street: str | None = strawberry.field(description="Straat en huisnummer.")
    postal_code: str | None = strawberry.field(description="Postcode.")
    municipality: str | None = strawberry.field(description="Gemeente.")
    phone: str | None = strawberry.field(description="Telefoon.")
    second_phone: str | None = strawberry.field(description="Telefoon 2.")
    mobile: str | None = strawberry.field(description="GSM.")
    fax: str | None = strawberry.field(description="Faxnummer.")
    delivery_method: DeliveryMethod | None = derived(
        delivery_method, description="Document aflevering methode."
    )


async def accountants_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await relations.named_by(request, parents, "accountant_id")


@strawberry.type(description="The detail tab of a relation (S027).")
class RelationDetails:
    birth_date: date | None = strawberry.field(description="Geboortedatum.")
    birth_place: str | None = strawberry.field(description="Geboorteplaats.")
    national_register_number: str | None = strawberry.field(description="Rijksregisternummer.")
    professional_category: str | None = strawberry.field(description="Beroepscategorie.")
    nace_code: str | None = strawberry.field(description="NACE-code.")
    profession: str | None = strawberry.field(description="Beroepsactiviteit.")
    retirement_age: int | None = strawberry.field(description="Pensioenleeftijd, in years.")
    retirement_year: int | None = strawberry.field(description="Jaar pensionering.")
    activity_end_age: int | None = strawberry.field(
        description="Leeftijd stopzetting beroepsactiviteit, in years."
    )
    activity_end_year: int | None = strawberry.field(description="Jaar stopzetting beroepsactiviteit.")
    life_expectancy_year: int | None = strawberry.field(description="Levensverwachting, as a year.")
    is_deceased: bool = strawberry.field(description="Overleden?")
    is_disabled: bool = strawberry.field(description="Is minder valide?")
    identity_card_number: str | None = strawberry.field(description="Nummer identiteitskaart.")
    identity_card_valid_until: date | None = strawberry.field(description="Identiteitskaart geldig tot.")
    accountant: Annotated["Relation", strawberry.lazy("schema.relation")] | None = batched(
        accountants_of, description="Boekhouder."
    )


async def units_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await licences.units_named_by(request, parents)


async def managers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "internal_manager_id")


async def portal_accounts_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.of_relations(request, parents)


async def contacts_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await relations.contacts(request, parents)


async def details_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await relations.particulars(request, parents)


async def dossiers_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[NamedPage]:
    return await dossiers.of_relations(request, parents, PageAsked(first, after, last, before))


@strawberry.type(description="A person or company in the firm's files (relatie).")
class Relation(Node):
    id: ID = identity("Relation")
    kind: RelationKind = strawberry.field(description="Person or company.")
    display_name: str = strawberry.field(description="As lists show it.")
    given_name: str | None = strawberry.field(description="Voornaam.")
    family_name: str | None = strawberry.field(description="Familienaam.")
    company_name: str | None = strawberry.field(description="Of a company (maatschappelijke naam).")
    title: str | None = strawberry.field(description="Aanspreking, such as mevrouw.")
    email: str | None = plain(
        description="E-mail; for staff and the client himself.",
        permission_classes=[StaffReadsRelationsOrOwn],
    )
    language: Language | None = plain(
        description="Taal; for staff and the client himself.",
        permission_classes=[StaffReadsRelationsOrOwn],
    )
    business_unit: BusinessUnit | None = batched(units_of, description="Business eenheid.")
    contact: ContactDetails | None = batched(
        contacts_of,
        description="Straat en huisnummer, postcode, gemeente, telefoon, telefoon 2, GSM, fax; for staff and "
        "the client himself.",
        permission_classes=[StaffReadsRelationsOrOwn],
    )
    details: RelationDetails | None = batched(
        details_of,
        description="Personal details of the detail tab; for staff.",
        permission_classes=[StaffReadsRelations],
    )
    internal_manager: Account | None = batched(
        managers_of, description="Interne beheerder; for staff.", permission_classes=[StaffReadsRelations]
    )
    portal_account: Account | None = batched(
        portal_accounts_of,
        description="Portalgebruiker: null while access has not been granted; for staff.",
        permission_classes=[StaffReadsRelations],
    )
    external_reference: str | None = plain(
        description="What another program calls it; for staff.", permission_classes=[StaffReadsRelations]
    )
    dossiers: Connection[DossierWord] = batched(
        dossiers_of,
        description="The dossiers that it is in and that the viewer may see, by name.",
        directives=[PAGE],
    )
    documents: DocumentConnection = batched(
        documents_in(Scope.RELATION),
        description="The documents linked to this relation that the viewer may read.",
        directives=[PAGE],
    )
    created_at: datetime = strawberry.field(description="When it came into the files.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    revision: int = strawberry.field(
        description="Rises by one with every change; send it back as `ifRevision`."
    )
