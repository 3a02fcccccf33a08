"""What survives a change besides the change: letters to send, events to remember, and tries to count."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Details, Keyed, Linked, Small, index, one_of, refers_to

LETTERS_CHANNEL: Final = "kluis_letters"
"""Whoever listens hears the licence of each letter that is committed, and in how many seconds it is due."""


class Letter(Keyed):
    """A mail in the outbox, written in the transaction that causes it."""

    __tablename__ = "letter"

    kind: Mapped[str]
    account_id: Mapped[UUID | None]
    recipient: Mapped[str]
    language: Mapped[str]
    details: Mapped[Details]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A secret that the letter carries, encrypted, and wiped once the letter is sent."""
    state: Mapped[str] = mapped_column(server_default=text("'QUEUED'"))
    attempts: Mapped[Small] = mapped_column(server_default=text("0"))
    news: Mapped[int] = mapped_column(server_default=text("1"))
    """Of how many things of one kind it tells."""
    bundle: Mapped[str | None]
    """What is written to the account under the same name, before this leaves, joins it; null: nothing."""
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        refers_to("account_id", "account"),
        one_of("state", "QUEUED", "SENT", "FAILED"),
        one_of("language", "NL", "FR", "DE", "EN"),
        index("letter_due", "due_at", postgresql_where=text("state = 'QUEUED'")),
        # Whoever takes a letter to send it counts the attempt, and from then on nothing joins it.
        index(
            "letter_bundle",
            "account_id",
            "bundle",
            unique=True,
            postgresql_where=text("state = 'QUEUED' AND attempts = 0"),
        ),
        index("letter_queued", "queued_at", "id"),
    )


class Event(Keyed):
    """What happened, by whom and to what; rows are only ever added."""

    __tablename__ = "event"

    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    relation_id: Mapped[UUID | None]
    details: Mapped[Details]
    __table_args__ = (
        index("event_time", "occurred_at", "id"),
        index("event_kind", "kind", "occurred_at", "id"),
        index("event_account", "account_id", "occurred_at", "id"),
        index(
            "event_document",
            "document_id",
            "occurred_at",
            "id",
            postgresql_where=text("document_id IS NOT NULL"),
        ),
        index(
            "event_relation",
            "relation_id",
            "occurred_at",
            "id",
            postgresql_where=text("relation_id IS NOT NULL"),
        ),
    )


class IdempotencyKey(Linked):
    """What a creating mutation made when it first came with this key, for 24 hours."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    verb: Mapped[str]
    input_digest: Mapped[bytes] = mapped_column(LargeBinary)
    made: Mapped[Details]
    """The keys of the answer's payload."""
    created_at: Mapped[datetime]
    __table_args__ = (
        refers_to("account_id", "account"),
        index("idempotency_key_created", "created_at"),
    )


class Throttle(Linked):
    """One counted thing: the moment at which nothing of it counts any more (GCRA)."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    allowed_at: Mapped[datetime]
    updated_at: Mapped[Created]
