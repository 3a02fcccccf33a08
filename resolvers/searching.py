"""Files that have not been searched for malware yet: the scanner was away, or there was none."""

import logging
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, any_, bindparam, func, literal_column, select, update

from models import DocumentVersion
from models.documents import UNSCANNED
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from resolvers import damage
from resolvers.entering import acting, steward
from resolvers.file_rows import Place
from resolvers.opening import OF_FILE
from resolvers.ports import Ports
from storage.files import Damaged
from storage.malware import Clamd, Verdict
from storage.store import Missing

AT_ONCE: Final = 20
# Whoever claims a file has so long for it, before another one takes it up.
CLAIMED_FOR: Final = timedelta(minutes=10)
# In seconds, after the last byte.
WAIT_FOR_VERDICT: Final = 240.0
DUE: Final = (
    select(DocumentVersion.id)
    .where(
        DocumentVersion.licence_id == LICENCE,
        UNSCANNED,
        DocumentVersion.scan_due_at <= bindparam("now", type_=DateTime(timezone=True)),
        DocumentVersion.sealed_key.is_not(None),
    )
    .order_by(DocumentVersion.scan_due_at, DocumentVersion.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
# Known to PostgreSQL 18, and not to SQLAlchemy.
WAS: Final = literal_column("old.scan_state", Text()).label("was")
# What came before there was a scanner waits like what came while it was away. An array is made once; a
# subquery that IN looks through may be carried out for each row, beyond its limit.
CLAIM: Final = (
    update(DocumentVersion)
    .where(
        DocumentVersion.licence_id == LICENCE, DocumentVersion.id == any_(func.array(DUE.scalar_subquery()))
    )
    .values(scan_due_at=bindparam("again", type_=DateTime(timezone=True)), scan_state="PENDING")
    .returning(DocumentVersion.id, DocumentVersion.created_by, WAS, *OF_FILE)
)
SETTLE: Final = (
    update(DocumentVersion)
    .where(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.id == bindparam("version", type_=Uuid()),
        DocumentVersion.scan_state == "PENDING",
    )
    .values(scan_state=bindparam("state", type_=Text()))
    .returning(DocumentVersion.id)
)
STATES: Final = {Verdict.CLEAN: "CLEAN", Verdict.INFECTED: "INFECTED"}

log = logging.getLogger("kluis.files")


async def search(ports: Ports, scanner: Clamd, licence_id: UUID, now: datetime) -> int:
    """Search some files that wait for it; return how many got an answer. The others stay as they are."""
    settled = 0
    for row in await claimed(ports, licence_id, now):
        verdict = await verdict_on(ports, scanner, licence_id, row)
        if verdict in STATES:
            await settle(ports, licence_id, row, STATES[verdict], now)
            settled += 1
    return settled


async def claimed(ports: Ports, licence_id: UUID, now: datetime) -> Sequence[AnyRow]:
    """Return some files that wait; nobody else takes them for a while."""
    async with acting(ports, steward(licence_id, now)) as change:
        found = await change.rows(CLAIM, now=now, again=now + CLAIMED_FOR)
        changed = [(it.document_id, ()) for it in found if it.was != "PENDING"]
        await change.note_each(ChangeKind.CHANGED, "Document", changed)
        return found


async def verdict_on(ports: Ports, scanner: Clamd, licence_id: UUID, row: AnyRow) -> Verdict:
    """Return what the scanner says of a file; UNKNOWN of one that can not be read, which is told."""
    place = Place.of_version(licence_id, row.document_id, row.number)
    try:
        async with aclosing(await ports.files.get(place.stored(ports.keys, row))) as pieces:
            return await scanner.scan_all(pieces, within=WAIT_FOR_VERDICT)
    except (Missing, Damaged) as trouble:
        await damage.report(ports, licence_id, row, trouble)
        return Verdict.UNKNOWN


async def settle(ports: Ports, licence_id: UUID, row: AnyRow, state: str, now: datetime) -> None:
    """Note what was found, and tell whoever sent a file that nobody can open."""
    async with acting(ports, steward(licence_id, now)) as change:
        is_first = await change.rows(SETTLE, version=row.id, state=state)
        if is_first:
            await change.note(ChangeKind.CHANGED, "Document", row.document_id)
        if not is_first or state != "INFECTED":
            return
        log.warning("malware was found in the object %s", row.object_key)
        change.record("document.infected", document_id=row.document_id, version=row.number)
        if row.created_by is not None:
            await change.tell("file_refused", row.created_by, file_name=row.file_name)
