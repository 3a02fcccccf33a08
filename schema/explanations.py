"""explainAccess: why somebody can or cannot reach a document."""

from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry.scalars import ID

from core.rights import Right
from execution import derived
from resolvers import explanations
from resolvers.explanations import AccessExplanation as Explained
from resolvers.explanations import Obstacle
from resolvers.reading import Reading
from schema import ids
from schema.document import Grant
from schema.people import Group
from schema.prices import about
from schema.words import named, rights_in

named(
    Obstacle,
    "AccessObstacle",
    "What keeps somebody from a document.",
    NOT_SHARED="Nothing was given to him or to a group he is in.",
    CANNOT_READ="He was given something, but not to read: the document is not there for him.",
    BLOCKED="He could, but his account is blocked (geblokkeerd).",
)


@strawberry.type(description="What an account or a group can do with a document, and why.")
class AccessExplanation:
    rights: list[Right] = derived(
        rights_in, description="What it comes to; empty: the document is not there."
    )
    grants: list[Grant] = strawberry.field(
        description="The rows of the rights tab that give something to it, or to a group it is in.",
        directives=[about(6)],
    )
    via_groups: list[Group] = strawberry.field(
        description="The groups that rows come through.", directives=[about(2)]
    )
    obstacle: Obstacle | None = strawberry.field(description="Why there are no rights; null where there are.")


DocumentId = Annotated[ID, strawberry.argument(description="A document whose rights tab the viewer may see.")]
PrincipalId = Annotated[ID, strawberry.argument(description="An account or a group.")]


async def explain_access(
    roots: Sequence[None], request: Reading, *, document_id: DocumentId, principal_id: PrincipalId
) -> list[Explained | None]:
    document = ids.read(request, "Document", document_id, "documentId")
    principal = ids.read_principal(request, principal_id, "principalId")
    return [await explanations.explain_access(request, document, principal)]
