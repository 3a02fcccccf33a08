"""Documents: what they are, what they hang on, and their rights tab."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from core.errors import Invalid
from core.rights import Right
from execution import Typed, batched, derived, plain
from models.tables import AnyRow
from permissions.fields import MayChangeSecurity, MayRead, StaffReadsDocuments
from resolvers import (
    accounts,
    categories,
    content,
    dossiers,
    grants,
    holdings,
    licences,
    previews,
    relations,
)
from resolvers.reading import Reading
from schema.category import Category
from schema.category_rule import CategoryRule
from schema.dossier import Dossier
from schema.history import DocumentActConnection, history_of
from schema.holding import Holding
from schema.ids import identity
from schema.nodes import Node
from schema.people import Account, BusinessUnit, Principal
from schema.prices import PAGE, SEALED, about
from schema.relation import Relation
from schema.scalars import URL, BigInt, Sha256
from schema.version import DocumentVersionConnection, versions_of
from schema.words import Disposition, GrantSource, ScanState, rights_in


async def principals_of(parents: Sequence[AnyRow], request: Reading) -> list[Typed]:
    found = await grants.principals(request, parents)
    names = {"ACCOUNT": "Account", "GROUP": "Group"}
    return [Typed(names[it.principal_kind], row) for it, row in zip(parents, found, strict=True)]


async def granters_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "granted_by")


async def rules_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await grants.rules(request, parents)


async def are_linked(parents: Sequence[AnyRow], request: Reading) -> list[bool]:
    return await grants.linked(request, parents)


@strawberry.type(
    description="One row of the rights tab: what one principal may do with one document, and why."
)
class Grant(Node):
    id: ID = identity("Grant")
    principal: Principal = batched(principals_of, description="Who (naam).")
    rights: list[Right] = derived(rights_in, description="The ticks.")
    source: GrantSource = strawberry.field(description="Why.")
    rule: CategoryRule | None = batched(
        rules_of, description="The rule that stamped it, in force or not; null for every other source."
    )
    is_linked: bool = batched(
        are_linked,
        description="False: the client is linked to the document no more, but what was shared stays shared.",
    )
    granted_by: Account | None = batched(granters_of, description="Whose doing it was.")
    granted_at: datetime = strawberry.field(description="Since when.")


async def units_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await licences.units_named_by(request, parents)


async def dossiers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await dossiers.named_by(request, parents, "dossier_id")


async def categories_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await categories.of_documents(request, parents)


async def relations_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await relations.of_documents(request, parents)


async def holdings_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await holdings.of_documents(request, parents)


async def grants_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await grants.of_documents(request, parents)


async def makers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "created_by")


async def changers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "updated_by")


async def content_urls_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    disposition: Annotated[
        Disposition, strawberry.argument(description="What the browser does with it.")
    ] = Disposition.ATTACHMENT,
    version: Annotated[
        int | None, strawberry.argument(description="Which version; without it the current one.")
    ] = None,
) -> list[str | None]:
    if version is not None and version < 1:
        raise Invalid("Versions are numbered from 1.", path=("version",))
    inline = disposition is Disposition.INLINE
    return await content.urls(request, parents, inline=inline, version=version)


async def preview_urls_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    width: Annotated[int, strawberry.argument(description="In pixels: 320 or 1280.")] = 320,
) -> list[str | None]:
    return await previews.urls(request, parents, width)


@strawberry.type(description="A document that the viewer may read.")
class Document(Node):
    id: ID = identity("Document")
    description: str = strawberry.field(description="Omschrijving.")
    document_date: date | None = strawberry.field(description="The date on the document (datum).")
    file_name: str = strawberry.field(description="Of the current version.")
    media_type: str = strawberry.field(description="Such as application/pdf.")
    byte_size: BigInt = strawberry.field(description="In bytes.")
    sha256: Sha256 = strawberry.field(description="Digest of the bytes.")
    scan_state: ScanState = strawberry.field(description="What the search for malware said.")
    business_unit: BusinessUnit | None = batched(units_of, description="Business eenheid.")
    dossier: Dossier | None = batched(dossiers_of, description="Dossier, if the viewer may see it.")
    categories: list[Category] = batched(
        categories_of, description="Categorieën, in the firm's order.", directives=[about(2)]
    )
    relations: list[Relation] = batched(
        relations_of,
        description="The relations that it hangs on, as far as the viewer may see them.",
        directives=[about(2)],
    )
    holdings: list[Holding] = batched(
        holdings_of,
        description="The assets, liabilities and policies that it hangs on, as far as the viewer sees them.",
        directives=[about(1)],
    )
    viewer_can: list[Right] = derived(rights_in, description="What the viewer may do with it.")
    content_url: URL | None = batched(
        content_urls_of,
        description="Works for 60 seconds, for this viewer only; rights are checked again when it is used. "
        "`INLINE` opens it, `ATTACHMENT` downloads it; null for a file that can not be opened.",
        permission_classes=[MayRead],
        directives=[SEALED],
    )
    preview_url: URL | None = batched(
        preview_urls_of,
        description="The first page as a picture (bekijken; WebP), for 60 seconds and this viewer only; null "
        "where there is none.",
        permission_classes=[MayRead],
        directives=[SEALED],
    )
    versions: DocumentVersionConnection | None = batched(
        versions_of,
        description="All versions, the newest first.",
        permission_classes=[MayRead],
        directives=[PAGE],
    )
    history: DocumentActConnection | None = batched(
        history_of,
        description="What was done with it, the newest first: for a client with its content, by the firm, by "
        "himself and by who is in a dossier with him.",
        permission_classes=[MayRead],
        directives=[PAGE],
    )
    grants: list[Grant] | None = batched(
        grants_of,
        description="The rights tab (Rechten); for whoever may change the security of this document.",
        permission_classes=[MayChangeSecurity],
        directives=[about(6)],
    )
    created_by: Account | None = batched(makers_of, description="Creatie gebruiker.")
    created_at: datetime = strawberry.field(description="Creatie datum/tijd.")
    updated_by: Account | None = batched(
        changers_of, description="Laatste update gebruiker; for a client, of what every reader sees."
    )
    updated_at: datetime = strawberry.field(
        description="Datum/tijd laatste update; for a client, of what concerns him."
    )
    revision: int = strawberry.field(
        description="Rises by one with every change, for a client with every one that he sees; send it "
        "back as `ifRevision`."
    )
    external_reference: str | None = plain(
        description="What another program calls it; for staff.", permission_classes=[StaffReadsDocuments]
    )
