"""Categories of documents, and the rules that share what enters them: S017, S019, S050."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, Small, index, refers_to, unique


class Category(Keyed):
    __tablename__ = "category"

    name_nl: Mapped[str]
    name_fr: Mapped[str | None]
    name_de: Mapped[str | None]
    name_en: Mapped[str | None]
    position: Mapped[int]
    is_archived: Mapped[bool] = mapped_column(server_default=text("false"))
    updated_at: Mapped[Created]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    __table_args__ = (unique("name_nl"), index("category_position", "position", "id"))


class CategoryRule(Keyed):
    """Whom each document that enters the category in a dossier is shared with, from now on.

    A rule that is taken away stays as a row, so that the grants it stamped can still be explained (S053).
    """

    __tablename__ = "category_rule"

    category_id: Mapped[UUID]
    principal_id: Mapped[UUID | None]
    """Null: the portal users of the dossier, as a class (S051)."""
    rights: Mapped[Small]
    created_at: Mapped[Created]
    created_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]
    __table_args__ = (
        refers_to("category_id", "category"),
        refers_to("principal_id", "principal"),
        refers_to("created_by", "account"),
        CheckConstraint("rights BETWEEN 1 AND 15", name="rights"),
        index(
            "category_rule_grantee",
            "category_id",
            "principal_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
