"""The viewer: who works for the firm, who administers it, and who is its client."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.viewer import ApiScope, Language, Role, Viewer

SOMEBODY = UUID("01890000-0000-7000-8000-000000000001")


def somebody(*roles: Role, scopes: frozenset[ApiScope] | None = None) -> Viewer:
    return Viewer(
        licence_id=SOMEBODY,
        account_id=SOMEBODY,
        session_id=SOMEBODY,
        seen_at=datetime(2026, 1, 30, tzinfo=UTC),
        roles=frozenset(roles),
        language=Language.NL,
        principals=(SOMEBODY,),
        scopes=scopes,
    )


@pytest.mark.parametrize(
    ("roles", "claims"),
    [
        ({Role.STAFF}, {"is_staff"}),
        ({Role.STAFF, Role.ADMINISTRATOR}, {"is_staff", "is_administrator"}),
        ({Role.CLIENT}, {"is_client"}),
        ({Role.AUDITOR}, set[str]()),
        ({Role.SERVICE}, set[str]()),
        (set[Role](), set[str]()),
    ],
)
def test_the_roles_say_what_somebody_is(roles: set[Role], claims: set[str]) -> None:
    viewer = somebody(*roles)
    assert {it for it in ("is_staff", "is_administrator", "is_client") if getattr(viewer, it)} == claims


def test_whom_scopes_limit_is_a_program_even_where_they_are_none() -> None:
    assert somebody(Role.SERVICE, scopes=frozenset()).is_program
    assert somebody(Role.STAFF, scopes=frozenset(ApiScope)).is_program
    assert not somebody(Role.STAFF).is_program
