"""The viewer: who works for the firm, who administers it, and who is its client."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.viewer import Language, Role, Viewer

SOMEBODY = UUID("01890000-0000-7000-8000-000000000001")


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
    viewer = Viewer(
        licence_id=SOMEBODY,
        account_id=SOMEBODY,
        session_id=SOMEBODY,
        seen_at=datetime(2026, 1, 30, tzinfo=UTC),
        roles=frozenset(roles),
        language=Language.NL,
        principals=(SOMEBODY,),
    )
    assert {it for it in ("is_staff", "is_administrator", "is_client") if getattr(viewer, it)} == claims
