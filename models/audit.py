"""The chain of events: once it is committed, each is sealed with the digest of itself and of those before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Linked, unique

NO_DIGEST = text("'\\x'")


class EventSeal(Linked):
    """The place of one event in the chain of its licence; rows are only ever added."""

    __tablename__ = "event_seal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID]
    sealed_at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the event, of its place, and of the digest before it."""
    __table_args__ = (unique("event_id"),)


class EventChain(Linked):
    """How far the chain of a licence has come; whoever seals, or takes old events away, holds the row."""

    __tablename__ = "event_chain"

    sealed_up_to: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    digest: Mapped[bytes] = mapped_column(LargeBinary, server_default=NO_DIGEST)
    """Of the last event that is sealed: the head."""
    look_from: Mapped[UUID | None]
    """Whatever is not sealed yet has an id after this one."""
    purged_up_to: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    purged_digest: Mapped[bytes] = mapped_column(LargeBinary, server_default=NO_DIGEST)
    """Of the last event that was taken away: what is left goes on from it."""
