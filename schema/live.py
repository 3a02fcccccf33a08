"""The root of all subscriptions: what is told of documents the moment it happens."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias

import strawberry
from strawberry.scalars import ID

from execution import Typed, batched, derived
from models.feed import ChangeKind
from permissions.fields import ReadsDocuments
from resolvers.changes import Told
from resolvers.reading import Reading
from schema.document import Document
from schema.prices import SUBSCRIBED

NAMES: Final = {
    ChangeKind.CREATED: "DocumentAdded",
    ChangeKind.CHANGED: "DocumentChanged",
    ChangeKind.DELETED: "DocumentGone",
}


class Event:
    """What the members of the union have in common."""

    @classmethod
    def is_type_of(cls, value: Typed, _: object) -> bool:
        """Return whether an event is of this type."""
        return value.typename == cls.__name__


def document_of(event: Told) -> object:
    """Return the document of an event, as the viewer sees it."""
    return event.row


def document_ids(parents: Sequence[Told], request: Reading) -> list[str]:
    return request.ports.ids.write("Document", [it.subject_id for it in parents])


@strawberry.type(description="A document is there, or the viewer can see it, from now on.")
class DocumentAdded(Event):
    document: Document = derived(document_of, description="The document, as it is now.")


@strawberry.type(description="A document was changed, or the viewer's rights on it were.")
class DocumentChanged(Event):
    document: Document = derived(document_of, description="The document, as it is now.")


@strawberry.type(description="A document is gone, or the viewer may no longer see it.")
class DocumentGone(Event):
    document_id: ID = batched(document_ids, description="The document's id.")


DocumentEvent: TypeAlias = Annotated[
    DocumentAdded | DocumentChanged | DocumentGone,
    strawberry.union(
        "DocumentEvent", description="What became of a document that the viewer can or could see."
    ),
]
DossierId: TypeAlias = Annotated[
    ID | None,
    strawberry.argument(description="Of the dossier in whose list the documents are; all without it."),
]


async def document_events(
    events: Sequence[Told], request: Reading, *, dossier_id: DossierId = None
) -> list[Typed]:
    return [Typed(NAMES[it.kind], it) for it in events]


@strawberry.type(description="What can be listened to.")
class Subscription:
    document_events: DocumentEvent = batched(
        document_events,
        description="Each document that is added, changed or gone, from now on. Several changes of one "
        "document may be told as one. After a break, and on the error BEGIN_ANEW, read the lists again.",
        permission_classes=[ReadsDocuments],
        directives=[SUBSCRIBED],
    )
