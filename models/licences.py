"""Firms (licentiehouders) and their business units: S002, S003, S083."""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Entity, Keyed, NewId, Small, one_of, unique


class Licence(Entity):
    """A firm. The one table whose key is not led by `licence_id`: it is that id."""

    __tablename__ = "licence"

    id: Mapped[NewId]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    client_login_limit: Mapped[int] = mapped_column(server_default=text("50"))
    first_secret: Mapped[str] = mapped_column(server_default=text("'PASSWORD'"))
    """What a new account is mailed: a first password (S034), or a link that works once (A12)."""
    staff_need_two_factor: Mapped[bool] = mapped_column(server_default=text("false"))
    accepts_active_files: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether files that can run something may be sent in; they are only ever downloaded."""
    mail_sender: Mapped[str | None]
    """Whom its letters come from; null: the installation's own address."""
    mail_reply_to: Mapped[str | None]
    """Whom answers to its letters go to; null: the sender."""
    changes_kept_days: Mapped[Small] = mapped_column(server_default=text("30"))
    """How long the feed of changes goes back."""
    created_at: Mapped[Created]
    __table_args__ = (
        CheckConstraint("client_login_limit >= 0", name="client_login_limit"),
        CheckConstraint("changes_kept_days BETWEEN 1 AND 365", name="changes_kept_days"),
        one_of("first_secret", "PASSWORD", "LINK"),
    )


class BusinessUnit(Keyed):
    __tablename__ = "business_unit"

    name: Mapped[str]
    __table_args__ = (unique("name"),)
