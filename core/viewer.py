"""Who asks: the signed-in account as every floor knows it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID


class Role(StrEnum):
    """What an account is to the firm."""

    STAFF = "STAFF"
    ADMINISTRATOR = "ADMINISTRATOR"
    AUDITOR = "AUDITOR"
    CLIENT = "CLIENT"
    SERVICE = "SERVICE"


class ApiScope(StrEnum):
    """What an API key lets a partner's program do."""

    DOCUMENTS_READ = "DOCUMENTS_READ"
    DOCUMENTS_WRITE = "DOCUMENTS_WRITE"
    RELATIONS_READ = "RELATIONS_READ"
    RELATIONS_WRITE = "RELATIONS_WRITE"


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
    """The session that asks; for a program its API key, which is to it what a session is to a person."""
    seen_at: datetime | None
    """When that was last noted as used; None: never."""
    roles: frozenset[Role]
    language: Language
    principals: tuple[UUID, ...]
    """The account's own id and those of its groups: what a grant may name."""
    relation_id: UUID | None = None
    scopes: frozenset[ApiScope] | None = None
    """What the API key of a program lets it do; None: a person, whom no scope limits."""
    needs_second_factor: bool = False
    """The firm demands a second factor of its staff, and this one has none yet: nothing else can be done."""

    def before_second_factor(self) -> Self:
        """Return somebody who has a profile, to add a second factor in, and nothing beside it."""
        return replace(self, roles=frozenset(), principals=(), needs_second_factor=True)

    @property
    def is_program(self) -> bool:
        """Return whether the viewer is a partner's program, and no person."""
        return self.scopes is not None

    @property
    def is_staff(self) -> bool:
        """Return whether the viewer works for the firm."""
        return Role.STAFF in self.roles

    @property
    def is_administrator(self) -> bool:
        """Return whether the viewer administers the licence."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def is_client(self) -> bool:
        """Return whether the viewer is a client, who sees documents as they concern him."""
        return Role.CLIENT in self.roles
