"""What lies in the store and belongs to no row: uploads that were given up, and what a crash left behind."""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, any_, bindparam, delete, func, select, union_all

from models import DocumentVersion, Preview, Upload
from models.tables import LICENCE
from resolvers.ports import Ports
from resolvers.sweeping import AT_ONCE

# An upload's row comes within a moment after its object; this is a day for it.
OLD_AFTER: Final = timedelta(hours=24)
KEYS: Final = any_(bindparam("keys", type_=ARRAY(Text())))
WITH_OBJECTS: Final = (DocumentVersion, Preview, Upload)
KNOWN: Final = union_all(
    *(select(it.object_key).where(it.licence_id == LICENCE, it.object_key == KEYS) for it in WITH_OBJECTS)
)
SOME_OVER: Final = (
    select(Upload.id)
    .where(Upload.licence_id == LICENCE, Upload.expires_at <= bindparam("now", type_=DateTime(timezone=True)))
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
# An array is made once; a subquery that IN looks through may be carried out for each row, beyond its limit.
END_UPLOADS: Final = (
    delete(Upload)
    .where(Upload.licence_id == LICENCE, Upload.id == any_(func.array(SOME_OVER.scalar_subquery())))
    .returning(Upload.object_key)
)

log = logging.getLogger("kluis.files")


async def end_uploads(ports: Ports, licence_id: UUID, now: datetime) -> int:
    """Remove the uploads whose time is over, with their bytes; return how many there were."""
    ended = 0
    while True:
        async with ports.database.change(licence_id) as session:
            values = {"licence": licence_id, "now": now}
            object_keys = (await session.execute(END_UPLOADS, values)).scalars().all()
        for object_key in filter(None, object_keys):
            await ports.files.delete(object_key)
        ended += len(object_keys)
        if len(object_keys) < AT_ONCE:
            return ended


async def sweep_orphans(ports: Ports, licence_id: UUID, now: datetime) -> int:
    """Remove the objects of a licence that no row names, a day after they came; return how many."""
    store, before = ports.files.store, now - OLD_AFTER
    swept = await store.clear_rests(licence_id, before=before)
    async for listed in store.listed(licence_id):
        old = [it.key for it in listed if it.modified_at < before]
        for object_key in await unknown(ports, licence_id, old):
            await ports.files.delete(object_key)
            swept += 1
    if swept:
        log.warning("%s objects of no document were swept", swept)
    return swept


async def unknown(ports: Ports, licence_id: UUID, object_keys: list[str]) -> set[str]:
    """Return the keys that no row of the licence names."""
    if not object_keys:
        return set()
    async with ports.database.snapshot(licence_id) as connection:
        found = await connection.execute(KNOWN, {"licence": licence_id, "keys": object_keys})
        return set(object_keys) - set(found.scalars())
