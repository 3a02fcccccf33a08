"""Holdings: the assets, liabilities and policies that documents hang on beside people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from execution import batched, plain
from models.tables import AnyRow
from permissions.fields import StaffReadsRelations
from resolvers import dossiers, holdings
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema import ids
from schema.connections import After, Before, Connection, DossierWord, First, Last, Search
from schema.ids import identity
from schema.nodes import Node
from schema.words import HoldingKind


async def dossiers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await dossiers.named_by(request, parents, "dossier_id")


@strawberry.type(
    description="Something a document can be hung on besides a person: activum, passivum, polis."
)
class Holding(Node):
    id: ID = identity("Holding")
    kind: HoldingKind = strawberry.field(description="Asset, liability or policy.")
    name: str = strawberry.field(description="As lists show it.")
    reference: str | None = strawberry.field(description="Such as the number of a policy.")
    dossier: DossierWord | None = batched(dossiers_of, description="The dossier that it belongs to.")
    external_reference: str | None = plain(
        description="What another program calls it; for staff.", permission_classes=[StaffReadsRelations]
    )
    created_at: datetime = strawberry.field(description="When it came into the files.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    revision: int = strawberry.field(
        description="Rises by one with every change; send it back as `ifRevision`."
    )


HoldingConnection = Connection[Holding]
InDossier = Annotated[ID | None, strawberry.argument(description="Only those of this dossier.")]


async def holdings_by_name(  # noqa: PLR0913  the arguments of the list
    roots: Sequence[None],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    dossier_id: InDossier = None,
    search: Search = None,
) -> list[NamedPage]:
    dossier = None if dossier_id is None else ids.read(request, "Dossier", dossier_id, "dossierId")
    return [await holdings.search(request, PageAsked(first, after, last, before), search, dossier)]
