"""What ties an event to all events before it: the digest of its place, of what it says, and of theirs."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from models import Event
from models.tables import AnyRow

WHAT_IT_SAYS: Final = (
    Event.kind,
    Event.occurred_at,
    Event.account_id,
    Event.document_id,
    Event.relation_id,
    Event.details,
)


def digest_of(before: bytes, licence_id: UUID, number: int, sealed_at: datetime, event: AnyRow) -> bytes:
    """Return the digest of an event in this place, 32 bytes; `before` is that of the event before it.

    `event` has `event_id` and WHAT_IT_SAYS. What is written here is the same for good: a chain of years ago
    is checked by it.
    """
    said = [
        str(licence_id),
        number,
        moment(sealed_at),
        str(event.event_id),
        event.kind,
        moment(event.occurred_at),
        key(event.account_id),
        key(event.document_id),
        key(event.relation_id),
        event.details,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(before + text.encode()).digest()


def moment(at: datetime) -> str:
    """Return a moment as it stands in a digest."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def key(value: Any) -> str | None:
    """Return a key as it stands in a digest."""
    return None if value is None else str(value)
