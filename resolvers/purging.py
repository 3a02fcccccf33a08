"""Documents that were deleted long ago are gone for good: first what opens their files, then all the rest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, any_, bindparam, delete, null, select, update
from sqlalchemy.dialects.postgresql import insert

from models import (
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentHolding,
    DocumentRelation,
    DocumentVersion,
    Event,
    Preview,
)
from models.tables import LICENCE
from resolvers import wording
from resolvers.ports import Ports

AT_ONCE: Final = 100
# Clocks of servers differ: what is purged could be brought back nowhere any more.
MARGIN: Final = timedelta(hours=1)
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
OVER: Final = (
    select(Document.id)
    .where(
        Document.licence_id == LICENCE,
        Document.deleted_at <= bindparam("until", type_=DateTime(timezone=True)),
    )
    .order_by(Document.deleted_at, Document.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
SHRED_VERSIONS: Final = (
    update(DocumentVersion)
    .where(DocumentVersion.licence_id == LICENCE, DocumentVersion.document_id == IDS)
    .values(sealed_key=null())
    .returning(DocumentVersion.object_key)
)
SHRED_PREVIEWS: Final = (
    update(Preview)
    .where(Preview.licence_id == LICENCE, Preview.document_id == IDS)
    .values(sealed_key=null())
    .returning(Preview.object_key)
)
HANGING_ON_IT: Final = (
    Preview,
    DocumentVersion,
    DocumentCategory,
    DocumentRelation,
    DocumentHolding,
    DocumentGrant,
)
REMOVE_HANGING: Final = tuple(
    delete(it).where(it.licence_id == LICENCE, it.document_id == IDS) for it in HANGING_ON_IT
)
REMOVE: Final = (
    delete(Document).where(Document.licence_id == LICENCE, Document.id == IDS).returning(Document.id)
)
RECORD: Final = insert(Event).values(
    licence_id=LICENCE,
    kind="document.purged",
    occurred_at=bindparam("now", type_=DateTime(timezone=True)),
    document_id=bindparam("document", type_=Uuid()),
    details={},
)


async def purge(ports: Ports, licence_id: UUID, now: datetime) -> int:
    """Remove the documents of a licence that were deleted long enough ago; return how many.

    Once the keys are gone nothing opens the bytes any more, not in a copy of the store either. What is cut
    off in between goes on the next time.
    """
    until, purged = now - ports.purge_after - MARGIN, 0
    while ids := await shredded(ports, licence_id, until):
        values = {"licence": licence_id, "ids": ids}
        async with ports.database.change(licence_id) as session:
            for statement in REMOVE_HANGING:
                await session.execute(statement, values)
            await wording.remove_words(session, licence_id, ids)
            # Another server may have come here first: it has told of those.
            removed = (await session.execute(REMOVE, values)).scalars().all()
            if removed:
                rows = [{"licence": licence_id, "now": now, "document": it} for it in removed]
                await session.execute(RECORD, rows)
        purged += len(removed)
    return purged


async def shredded(ports: Ports, licence_id: UUID, until: datetime) -> Sequence[UUID]:
    """Take the keys and then the bytes of some documents away; return which documents these were."""
    values: dict[str, Any] = {"licence": licence_id, "until": until}
    async with ports.database.change(licence_id) as session:
        values["ids"] = list((await session.execute(OVER, values)).scalars())
        versions = (await session.execute(SHRED_VERSIONS, values)).scalars().all()
        pictures = (await session.execute(SHRED_PREVIEWS, values)).scalars().all()
    for object_key in (*versions, *filter(None, pictures)):
        await ports.files.delete(object_key)
    return values["ids"]
