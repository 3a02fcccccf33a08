"""explainUploadRouting: who would be told of an upload by a client, and why."""

from collections.abc import Sequence
from typing import Annotated, Final

import strawberry
from strawberry.scalars import ID

from execution import batched, derived
from languages import translate
from resolvers import routing
from resolvers.reading import Reading
from resolvers.routing import PassedOver, RoutingReason
from resolvers.routing import RoutingStep as Explained
from schema import ids
from schema.people import Account
from schema.words import named

named(
    RoutingReason,
    "RoutingReason",
    "Why somebody is told of a client's upload; the steps in which it is tried.",
    DOSSIER_MANAGER="Manages a dossier of the client's (beheerder).",
    INTERNAL_MANAGER="Looks after the client (interne beheerder).",
    LICENCE_ADMINISTRATOR="Administers the licence.",
)
WHY_PASSED_OVER: Final = {
    PassedOver.BLOCKED: "This account is blocked.",
    PassedOver.NO_EMAIL: "This account has no e-mail address.",
    PassedOver.EARLIER_STEP: "Somebody before this step is told already.",
}


def reasons_for(parents: Sequence[Explained], request: Reading) -> list[str | None]:
    language = request.viewer.language
    return [
        None if it.passed_over is None else translate(WHY_PASSED_OVER[it.passed_over], language)
        for it in parents
    ]


@strawberry.type(description="Somebody who could be told of a client's upload.")
class RoutingStep:
    account: Account = strawberry.field(description="Who it is.")
    reason: RoutingReason = strawberry.field(description="Why he could be told.")
    will_receive: bool = derived(lambda it: it.passed_over is None, description="Whether he gets the letter.")
    skipped_because: str | None = batched(
        reasons_for, description="Why he gets none, in the viewer's language; null where he does."
    )


RelationId = Annotated[
    ID, strawberry.argument(description="The client who sends a document, or would if he had access.")
]
DossierId = Annotated[
    ID | None,
    strawberry.argument(
        description="As if it were of this dossier alone, whatever he is in it: its manager, in place of "
        "those of all dossiers in which he is main person or partner."
    ),
]


async def explain_upload_routing(
    roots: Sequence[None], request: Reading, *, relation_id: RelationId, dossier_id: DossierId = None
) -> list[Sequence[Explained] | None]:
    relation = ids.read(request, "Relation", relation_id, "relationId")
    dossier = None if dossier_id is None else ids.read(request, "Dossier", dossier_id, "dossierId")
    return [await routing.explain(request, relation, dossier)]
