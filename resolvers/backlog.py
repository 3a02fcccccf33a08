"""What waits in a licence: letters that are due, changes without a number, files that nobody has searched."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, select

from mail.outbox import QUEUED
from models import DocumentVersion, FeedEntry, Letter
from models.documents import UNSCANNED
from models.tables import LICENCE
from resolvers.database import Database
from resolvers.feed import UNNUMBERED
from resolvers.fetching import fetched

MOST_COUNTED: Final = 10_000
NOW: Final = bindparam("now", type_=DateTime(timezone=True))
# Each is the first, or few, of an index.
DUE: Final = (
    select(func.min(Letter.due_at))
    .where(Letter.licence_id == LICENCE, QUEUED, Letter.due_at <= NOW)
    .scalar_subquery()
)
OCCURRED: Final = select(func.min(FeedEntry.occurred_at)).where(UNNUMBERED).scalar_subquery()
# Where nobody searches, that is all there are.
UNSEARCHED: Final = (
    select(func.count())
    .select_from(
        select(DocumentVersion.id)
        .where(DocumentVersion.licence_id == LICENCE, UNSCANNED, DocumentVersion.sealed_key.is_not(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    .scalar_subquery()
)
WAITING: Final = select(DUE.label("due_since"), OCCURRED.label("occurred_at"), UNSEARCHED.label("files"))


class Backlog(NamedTuple):
    """What waits, and for how many seconds."""

    letters_for: float = 0.0
    """How long the letter is due that waits longest."""
    changes_for: float = 0.0
    """How long ago the oldest change came about that programs can not be told of yet."""
    files: int = 0
    """How many files wait to be searched for malware, as far as they were counted."""

    def and_of(self, other: "Backlog") -> "Backlog":
        """Return what waits in two licences."""
        return Backlog(
            max(self.letters_for, other.letters_for),
            max(self.changes_for, other.changes_for),
            self.files + other.files,
        )


async def backlog(database: Database, licence_id: UUID, now: datetime) -> Backlog:
    """Return what waits in a licence. Raise AWAY, TookTooLong."""
    async with database.snapshot(licence_id) as connection:
        (row,) = await fetched(connection, WAITING, {"licence": licence_id, "now": now})
    return Backlog(age(row.due_since, now), age(row.occurred_at, now), row.files)


def age(moment: datetime | None, now: datetime) -> float:
    """Return how many seconds ago something was; 0 for nothing, and where clocks differ."""
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
