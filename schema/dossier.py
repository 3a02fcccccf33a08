"""Dossiers: what groups the relations of one financial plan."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry.scalars import ID

from execution import batched, plain
from models.tables import AnyRow
from permissions.fields import StaffReadsRelations
from resolvers import accounts, dossiers, licences, relations
from resolvers.document_sets import Scope
from resolvers.reading import Reading
from schema.connections import DocumentConnection, documents_in
from schema.ids import identity
from schema.nodes import Node
from schema.people import Account, BusinessUnit
from schema.prices import PAGE, about
from schema.relation import Relation
from schema.words import DossierRole


async def relations_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await relations.named_by(request, parents, "relation_id")


@strawberry.type(description="Somebody who is in a dossier.")
class DossierMember:
    relation: Relation = batched(relations_of, description="Who it is.")
    role: DossierRole = strawberry.field(description="What they are in it.")


async def units_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await licences.units_named_by(request, parents)


async def managers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "manager_id")


async def members_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await dossiers.members(request, parents)


@strawberry.type(description="Persoonlijk financieel planningsdossier.")
class Dossier(Node):
    id: ID = identity("Dossier")
    name: str = strawberry.field(description="Naam.")
    business_unit: BusinessUnit | None = batched(units_of, description="Business eenheid.")
    manager: Account | None = batched(
        managers_of,
        description="Beheerder: receives the mail about client uploads; for staff.",
        permission_classes=[StaffReadsRelations],
    )
    members: list[DossierMember] = batched(
        members_of,
        description="The main person, the partner, the children, then the others.",
        directives=[about(4)],
    )
    external_reference: str | None = plain(
        description="What another program calls it; for staff.", permission_classes=[StaffReadsRelations]
    )
    documents: DocumentConnection = batched(
        documents_in(Scope.DOSSIER),
        description="Documents of the dossier and of its members, as far as the viewer may read them.",
        directives=[PAGE],
    )
    created_at: datetime = strawberry.field(description="When it was opened.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    revision: int = strawberry.field(
        description="Rises by one with every change; send it back as `ifRevision`."
    )
