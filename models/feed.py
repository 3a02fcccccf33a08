"""The feed of changes: what changed, in the order in which it was committed."""

from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Keyed, Linked, index, one_of, unique

FEED_CHANNEL: Final = "kluis_feed"
"""Whoever listens hears the licence of each entry that is committed."""
LIVE_CHANNEL: Final = "kluis_live"
"""Whoever listens hears the licence whose entries got numbers, and with an account's id behind it, that its
sessions or its API key have ended."""
SUBJECTS: Final = ("Account", "BusinessUnit", "Category", "Document", "Dossier", "Holding", "Relation")
"""The types of what changes; an Account stands for all that its owner sees."""


class ChangeKind(Enum):
    """What happened to something."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    DELETED = "DELETED"


class FeedEntry(Keyed):
    """One change, written in the transaction that makes it; it gets its number once that is committed."""

    __tablename__ = "feed_entry"

    kind: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    principals: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))
    """Whom it concerns; null: whoever sees the subject."""
    occurred_at: Mapped[datetime]
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the feed."""
    __table_args__ = (
        one_of("kind", *(it.value for it in ChangeKind)),
        one_of("subject", *SUBJECTS),
        unique("number"),
        index("feed_entry_unnumbered", "id", postgresql_where=text("number IS NULL")),
        index("feed_entry_account", "subject_id", "number", postgresql_where=text("subject = 'Account'")),
    )


class Feed(Linked):
    """How far the feed of a licence has come; whoever gives numbers, or takes entries away, holds the row."""

    __tablename__ = "feed"

    numbered_up_to: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    removed_up_to: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
