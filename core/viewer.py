"""Who asks: the signed-in account as every floor knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What an account is to the firm."""

    STAFF = "STAFF"
    ADMINISTRATOR = "ADMINISTRATOR"
    AUDITOR = "AUDITOR"
    CLIENT = "CLIENT"
    SERVICE = "SERVICE"


class Language(StrEnum):
    """The languages that the product speaks (A25)."""

    NL = "NL"
    FR = "FR"
    DE = "DE"
    EN = "EN"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The account behind an operation, read anew for each one, so that a block or a reset acts at once."""

    licence_id: UUID
    account_id: UUID
    session_id: UUID
    seen_at: datetime
    """When the session was last noted as used."""
    roles: frozenset[Role]
    language: Language
    principals: tuple[UUID, ...]
    """The account's own id and those of its groups: what a grant may name."""
    relation_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Return whether the viewer works for the firm."""
        return Role.STAFF in self.roles
