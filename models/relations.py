"""Relations (relaties): the persons and companies in a firm's files, S006, S026, S027."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, index, one_of, refers_to, unique


class Contact:
    """The contact tab (S026)."""

    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    municipality: Mapped[str | None]
    phone: Mapped[str | None]
    second_phone: Mapped[str | None]
    mobile: Mapped[str | None]
    fax: Mapped[str | None]
    delivery_method: Mapped[str | None]


class Particulars:
    """The detail tab (S027)."""

    birth_date: Mapped[date | None]
    birth_place: Mapped[str | None]
    national_register_number: Mapped[str | None]
    professional_category: Mapped[str | None]
    nace_code: Mapped[str | None]
    profession: Mapped[str | None]
    retirement_age: Mapped[int | None]
    retirement_year: Mapped[int | None]
    activity_end_age: Mapped[int | None]
    activity_end_year: Mapped[int | None]
    life_expectancy_year: Mapped[int | None]
    is_deceased: Mapped[bool] = mapped_column(server_default=text("false"))
    is_disabled: Mapped[bool] = mapped_column(server_default=text("false"))
    identity_card_number: Mapped[str | None]
    identity_card_valid_until: Mapped[date | None]
    accountant_id: Mapped[UUID | None]


class Relation(Contact, Particulars, Keyed):
    __tablename__ = "relation"

    kind: Mapped[str]
    display_name: Mapped[str]
    display_name_folded: Mapped[str]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    company_name: Mapped[str | None]
    title: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str | None]
    business_unit_id: Mapped[UUID | None]
    internal_manager_id: Mapped[UUID | None]
    external_reference: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    deleted_at: Mapped[datetime | None]
    __table_args__ = (
        refers_to("business_unit_id", "business_unit"),
        refers_to("internal_manager_id", "account", use_alter=True),
        refers_to("accountant_id", "relation"),
        one_of("kind", "PERSON", "COMPANY"),
        one_of("language", "NL", "FR", "DE", "EN"),
        one_of("delivery_method", "PAPER", "EMAIL", "PORTAL"),
        unique("external_reference"),
        index("relation_name", "display_name_folded", "id"),
        # Serves the look for whom somebody is the accountant of, before he is deleted.
        index("relation_accountant", "accountant_id", postgresql_where=text("accountant_id IS NOT NULL")),
    )
