"""Rules of categories: whom each document that enters one is shared with."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry
from strawberry.scalars import ID

from core.rights import Right
from execution import Typed, batched, derived
from languages import translate
from models.tables import AnyRow
from resolvers import accounts, categories, groups
from resolvers.levels import column
from resolvers.reading import Reading
from schema.ids import identity
from schema.nodes import Node
from schema.people import Account, Group
from schema.words import rights_in

if TYPE_CHECKING:  # it imports this module
    from schema.category import Category

CategoryWord = Annotated["Category", strawberry.lazy("schema.category")]
PORTAL_USERS: Final = "Everybody in the dossier who has access to the portal."


@strawberry.type(
    description="The portal users of the dossier (de my.phineq.be users), as a class: clients who are in it "
    "when a document enters the category."
)
class PortalUsersOfDossier:
    description: str = strawberry.field(description="Who that is, in the viewer's language.")


Grantee = Annotated[
    PortalUsersOfDossier | Account | Group,
    strawberry.union("Grantee", description="Whom a rule of a category gives to."),
]


async def categories_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await categories.by_ids(request, column(parents, "category_id"))


async def grantees_of(parents: Sequence[AnyRow], request: Reading) -> list[Typed]:
    keys = {it.principal_id for it in parents if it.principal_id}
    named: dict[Any, Typed] = {}
    for typename, look_up in (("Account", accounts.by_ids), ("Group", groups.by_ids)):
        found = await look_up(request, list(keys))
        named |= {row.id: Typed(typename, row) for row in found if row}
    described = translate(PORTAL_USERS, request.viewer.language)
    everybody = Typed("PortalUsersOfDossier", PortalUsersOfDossier(description=described))
    return [named.get(it.principal_id, everybody) for it in parents]


async def makers_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "created_by")


@strawberry.type(
    description="Whom each document that enters the category in a dossier is shared with, from now on."
)
class CategoryRule(Node):
    id: ID = identity("CategoryRule")
    category: CategoryWord = batched(categories_of, description="The category.")
    grantee: Grantee = batched(grantees_of, description="Who is given the rights.")
    rights: list[Right] = derived(rights_in, description="What is given.")
    created_at: datetime = strawberry.field(description="Since when.")
    created_by: Account | None = batched(makers_of, description="Whose doing it was.")
    removed_at: datetime | None = strawberry.field(
        description="When it was taken away; null while it is in force. What it has shared stays shared."
    )
