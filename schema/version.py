"""Versions of documents: the current one and those before it."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry.scalars import ID

from execution import batched
from models.tables import AnyRow
from resolvers import accounts, versions
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from schema.connections import After, Before, Connection, First, Last
from schema.ids import identity
from schema.nodes import Node
from schema.people import Account
from schema.scalars import BigInt, Sha256
from schema.words import ScanState


async def senders_of(parents: Sequence[AnyRow], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "created_by")


@strawberry.type(description="The bytes of a document as they were sent in at one time; they never change.")
class DocumentVersion(Node):
    id: ID = identity("DocumentVersion")
    number: int = strawberry.field(description="From 1; `contentUrl(version:)` takes it.")
    file_name: str = strawberry.field(description="As it is saved.")
    media_type: str = strawberry.field(description="Such as application/pdf.")
    byte_size: BigInt = strawberry.field(description="In bytes.")
    sha256: Sha256 = strawberry.field(description="Digest of the bytes.")
    scan_state: ScanState = strawberry.field(description="What the search for malware said.")
    created_at: datetime = strawberry.field(description="When it was sent in.")
    created_by: Account | None = batched(senders_of, description="Who sent it.")


DocumentVersionConnection = Connection[DocumentVersion]


async def versions_of(
    parents: Sequence[AnyRow],
    request: Reading,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[NamedPage]:
    return await versions.of_documents(request, parents, PageAsked(first, after, last, before))
