"""The cast as permissions know them: people by their roles, programs by their scopes."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from core.viewer import ApiScope, Language, Role, Viewer

FIRM: Final = UUID("01890000-0000-7000-8000-000000000001")
SESSION: Final = UUID("01890000-0000-7000-8000-000000000002")
# Of each of the cast.
ACCOUNT: Final = UUID("01890000-0000-7000-8000-000000000003")
RELATION: Final = UUID("01890000-0000-7000-8000-000000000004")
# Of somebody else.
OTHER: Final = UUID("01890000-0000-7000-8000-000000000005")


def viewer(*roles: Role, relation_id: UUID | None = None, scopes: set[ApiScope] | None = None) -> Viewer:
    """Return somebody of the firm."""
    return Viewer(
        licence_id=FIRM,
        account_id=ACCOUNT,
        session_id=SESSION,
        seen_at=datetime(2026, 1, 30, tzinfo=UTC),
        roles=frozenset(roles),
        language=Language.NL,
        principals=(ACCOUNT,),
        relation_id=relation_id,
        scopes=None if scopes is None else frozenset(scopes),
    )


PEOPLE: Final = {
    "anna": viewer(Role.STAFF),
    "arthur": viewer(Role.STAFF, Role.ADMINISTRATOR),
    "bert": viewer(Role.CLIENT, relation_id=RELATION),
    "the auditor": viewer(Role.AUDITOR),
}
STAFF: Final = {"anna", "arthur"}
ABLE: Final = "a program with every scope"
# A program with one scope is called by it.
PROGRAMS: Final = {it.value: viewer(Role.SERVICE, scopes={it}) for it in ApiScope} | {
    "a program without scopes": viewer(Role.SERVICE, scopes=set()),
    ABLE: viewer(Role.SERVICE, scopes=set(ApiScope)),
}
CAST: Final = PEOPLE | PROGRAMS
