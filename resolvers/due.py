"""Which firms have something due: asked of all of them together, in one statement for each kind of work.

It is carried out as the owner of the database, whom a policy lets see the rows of these tables in every
licence (alembic/versions/0016_due.py). On a cluster it goes to every node, as one statement.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, bindparam, func, literal_column, select

from core.errors import TookTooLong
from mail.outbox import QUEUED
from models import DocumentVersion, Event, EventSeal, FeedEntry, Letter
from models.documents import UNSCANNED
from models.tables import AnySelect
from resolvers.database import Database
from resolvers.fetching import fetched
from resolvers.sealing import BEFORE, LOOKED_BACK

NOW: Final = bindparam("now", type_=DateTime(timezone=True))
# Each reads an index that holds what waits and nothing else.
LETTERS: Final = select(Letter.licence_id).where(QUEUED, Letter.due_at <= NOW).distinct()
CHANGES: Final = select(FeedEntry.licence_id).where(FeedEntry.number.is_(None)).distinct()
FILES: Final = (
    select(DocumentVersion.licence_id)
    .where(UNSCANNED, DocumentVersion.scan_due_at <= NOW, DocumentVersion.sealed_key.is_not(None))
    .distinct()
)
# Nothing waits in an index of its own: what was written lately is looked through, by skipping from licence to
# licence. A range of two ends is a small part of the table to whoever plans for all values.
NUMBER: Final = (
    select(EventSeal.number)
    .where(EventSeal.licence_id == Event.licence_id, EventSeal.event_id == Event.id)
    .scalar_subquery()
)
EVENTS: Final = (
    select(Event.licence_id)
    .where(Event.id > bindparam("after", type_=Uuid()), Event.id < BEFORE, NUMBER.is_(None))
    .distinct()
)
A_MOMENT_AGO: Final[ColumnElement[Any]] = literal_column("interval '-15 seconds'")
MARKS: Final = select(func.uuidv7(A_MOMENT_AGO).label("near"), func.uuidv7(LOOKED_BACK).label("far"))


async def with_letters(database: Database, now: datetime) -> Sequence[UUID]:
    """Return the licences that have letters to send. Raise AWAY, as all of these do."""
    return await licences(database, LETTERS, {"now": now})


async def with_changes(database: Database) -> Sequence[UUID]:
    """Return the licences that have changes without a number."""
    return await licences(database, CHANGES, {})


async def with_files(database: Database, now: datetime) -> Sequence[UUID]:
    """Return the licences that have files to search for malware."""
    return await licences(database, FILES, {"now": now})


async def with_events(database: Database, after: UUID) -> Sequence[UUID]:
    """Return the licences that have events without a seal, of those whose id is higher."""
    return await licences(database, EVENTS, {"after": after})


async def marks(database: Database) -> tuple[UUID, UUID]:
    """Return the lowest ids that an event would have had 15 seconds, and a quarter of an hour, ago."""
    async with database.across() as connection:
        (row,) = await fetched(connection, MARKS, {})
    return row.near, row.far


async def licences(database: Database, statement: AnySelect, values: Mapping[str, Any]) -> Sequence[UUID]:
    """Return the licences that a statement finds.

    All of them where it took too long, since very much waits: then each is asked by itself.
    """
    try:
        async with database.across() as connection:
            return [it.licence_id for it in await fetched(connection, statement, values)]
    except TookTooLong:
        return await database.licence_ids()
