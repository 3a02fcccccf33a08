"""Dossiers, their members and what documents can hang on besides people: S007, S008, S018."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, Linked, index, one_of, refers_to, unique


class Dossier(Keyed):
    """A personal financial planning file (persoonlijk financieel planningsdossier)."""

    __tablename__ = "dossier"

    name: Mapped[str]
    name_folded: Mapped[str]
    business_unit_id: Mapped[UUID | None]
    manager_id: Mapped[UUID | None]
    """Beheerder: who is told about uploads (S072)."""
    external_reference: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    __table_args__ = (
        refers_to("business_unit_id", "business_unit"),
        refers_to("manager_id", "account"),
        unique("external_reference"),
        index("dossier_name", "name_folded", "id"),
    )


class DossierMember(Linked):
    __tablename__ = "dossier_member"

    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    relation_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    __table_args__ = (
        refers_to("dossier_id", "dossier"),
        refers_to("relation_id", "relation"),
        one_of("role", "MAIN_PERSON", "PARTNER", "CHILD", "OTHER"),
        index("dossier_member_relation", "relation_id", "dossier_id"),
        index(
            "dossier_member_main_person",
            "dossier_id",
            unique=True,
            postgresql_where=text("role = 'MAIN_PERSON'"),
        ),
        index(
            "dossier_member_partner",
            "dossier_id",
            unique=True,
            postgresql_where=text("role = 'PARTNER'"),
        ),
    )


class Holding(Keyed):
    """An asset, a liability or a policy (activum, passivum, polis)."""

    __tablename__ = "holding"

    kind: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str]
    reference: Mapped[str | None]
    """Such as the number of a policy."""
    dossier_id: Mapped[UUID | None]
    external_reference: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    __table_args__ = (
        refers_to("dossier_id", "dossier"),
        one_of("kind", "ASSET", "LIABILITY", "POLICY"),
        unique("external_reference"),
        index("holding_name", "name_folded", "id"),
        index("holding_dossier", "dossier_id", "name_folded", "id"),
    )
