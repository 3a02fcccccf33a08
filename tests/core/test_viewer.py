"""The viewer: who works for the firm."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.viewer import Language, Role, Viewer

SOMEBODY = UUID("01890000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("roles", "is_staff"),
    [
        ({Role.STAFF}, True),
        ({Role.STAFF, Role.ADMINISTRATOR}, True),
        ({Role.CLIENT}, False),
        ({Role.AUDITOR}, False),
        ({Role.SERVICE}, False),
        (set[Role](), False),
    ],
)
def test_only_staff_work_for_the_firm(roles: set[Role], is_staff: bool) -> None:  # noqa: FBT001
    viewer = Viewer(
        licence_id=SOMEBODY,
        account_id=SOMEBODY,
        session_id=SOMEBODY,
        seen_at=datetime(2026, 1, 30, tzinfo=UTC),
        roles=frozenset(roles),
        language=Language.NL,
        principals=(SOMEBODY,),
    )
    assert viewer.is_staff is is_staff
