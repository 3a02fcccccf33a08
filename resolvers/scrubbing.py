"""Every file is read again within thirty days, so that damage shows before somebody needs the file."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid, any_, bindparam, func, select, update

from models import DocumentVersion
from models.tables import LICENCE, AnyRow
from resolvers import damage
from resolvers.file_rows import Place
from resolvers.opening import OF_FILE
from resolvers.ports import Ports
from storage.files import Damaged
from storage.store import Missing

EVERY: Final = timedelta(days=30)
# Who claims a file has so long to read it, before another one does.
CLAIMED_FOR: Final = timedelta(hours=1)
AT_ONCE: Final = 20
DUE: Final = (
    select(DocumentVersion.id)
    .where(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.checked_at < bindparam("until", type_=DateTime(timezone=True)),
        DocumentVersion.sealed_key.is_not(None),
    )
    .order_by(DocumentVersion.checked_at, DocumentVersion.id)
    .limit(bindparam("some", type_=Integer()))
    .with_for_update(skip_locked=True)
)
COUNT_DUE: Final = select(func.count()).where(
    DocumentVersion.licence_id == LICENCE,
    DocumentVersion.checked_at < bindparam("until", type_=DateTime(timezone=True)),
    DocumentVersion.sealed_key.is_not(None),
)
# An array is made once; a subquery that IN looks through may be carried out for each row, beyond its limit.
CLAIM: Final = (
    update(DocumentVersion)
    .where(
        DocumentVersion.licence_id == LICENCE, DocumentVersion.id == any_(func.array(DUE.scalar_subquery()))
    )
    .values(checked_at=bindparam("again", type_=DateTime(timezone=True)))
    .returning(DocumentVersion.id, *OF_FILE)
)
CHECKED: Final = (
    update(DocumentVersion)
    .where(DocumentVersion.licence_id == LICENCE, DocumentVersion.id == bindparam("version", type_=Uuid()))
    .values(
        checked_at=bindparam("at", type_=DateTime(timezone=True)), damage=bindparam("found", type_=Text())
    )
)


async def scrub(
    ports: Ports, licence_id: UUID, *, until: datetime, now: datetime, some: int = AT_ONCE
) -> AsyncGenerator[tuple[AnyRow, str | None]]:
    """Read files that were last read before a moment; yield each, and what is wrong with it.

    MISSING or DAMAGED is told in the log and as an event too; None is as it should be.
    """
    while True:
        async with ports.database.change(licence_id) as session:
            values = {"licence": licence_id, "until": until, "some": some, "again": until + CLAIMED_FOR}
            claimed = (await session.execute(CLAIM, values)).all()
        for row in claimed:
            yield row, await check(ports, licence_id, row, now)
        if len(claimed) < some:
            return


async def check(ports: Ports, licence_id: UUID, row: AnyRow, now: datetime) -> str | None:
    """Read one file from end to end, and note what was found: MISSING, DAMAGED, or None for nothing."""
    found = None
    try:
        stored = Place.of_version(licence_id, row.document_id, row.number).stored(ports.keys, row)
        await ports.files.check(stored)
    except (Missing, Damaged) as trouble:
        found = await damage.report(ports, licence_id, row, trouble)
    async with ports.database.change(licence_id) as session:
        values = {"licence": licence_id, "version": row.id, "at": now, "found": found}
        await session.execute(CHECKED, values)
    return found


async def count_due(ports: Ports, licence_id: UUID, until: datetime) -> int:
    """Return how many files of a licence were last read before a moment."""
    async with ports.database.snapshot(licence_id) as connection:
        counted = await connection.execute(COUNT_DUE, {"licence": licence_id, "until": until})
        return counted.scalar_one()
