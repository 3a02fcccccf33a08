"""Categories of documents."""

from collections.abc import Sequence

import strawberry
from strawberry.scalars import ID

from execution import batched, derived
from models.tables import AnyRow
from permissions.fields import IsStaff
from resolvers import categories, category_rules
from resolvers.document_sets import Scope
from resolvers.reading import Reading
from schema.category_rule import CategoryRule
from schema.connections import DocumentConnection, documents_in
from schema.ids import identity
from schema.nodes import Node
from schema.prices import PAGE, about


def names_of(parents: Sequence[AnyRow], request: Reading) -> list[str]:
    return [categories.name_in(it, request.viewer.language) for it in parents]


async def rules_of(parents: Sequence[AnyRow], request: Reading) -> list[list[AnyRow]]:
    return await category_rules.of_categories(request, parents)


@strawberry.type(description="One name in four languages.")
class Translations:
    nl: str = derived(lambda it: it.name_nl, description="Nederlands, which stands for each that is missing.")
    fr: str | None = derived(lambda it: it.name_fr, description="Français.")
    de: str | None = derived(lambda it: it.name_de, description="Deutsch.")
    en: str | None = derived(lambda it: it.name_en, description="English.")


@strawberry.type(description="A kind of document (categorie).")
class Category(Node):
    id: ID = identity("Category")
    name: str = batched(names_of, description="In the viewer's language.")
    translations: Translations | None = derived(
        lambda it: it,
        description="Its names in all languages; for staff.",
        permission_classes=[IsStaff],
    )
    position: int = strawberry.field(description="Its place in the firm's list.")
    is_archived: bool = strawberry.field(description="Whether it is no longer given to documents.")
    revision: int = strawberry.field(
        description="Rises by one with every change; send it back as `ifRevision`."
    )
    rules: list[CategoryRule] | None = batched(
        rules_of,
        description="Whom documents that enter it are shared with.",
        permission_classes=[IsStaff],
        directives=[about(2)],
    )
    documents: DocumentConnection = batched(
        documents_in(Scope.CATEGORY),
        description="The documents in it that the viewer may read.",
        directives=[PAGE],
    )
