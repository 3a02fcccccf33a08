"""The permission classes of fields, as a table of sentences over the cast."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from core.errors import Forbidden, Unauthenticated
from core.rights import ALL_RIGHTS, NO_RIGHTS, Right
from core.viewer import Language, Role, Viewer
from permissions.fields import FieldPermission, IsStaff, MayChangeSecurity, MayRead, SignedIn
from permissions.requires import Requires

SOMEBODY = UUID("01890000-0000-7000-8000-000000000001")
ANNA, ARTHUR, BERT = {Role.STAFF}, {Role.STAFF, Role.ADMINISTRATOR}, {Role.CLIENT}
AUDITOR, PROGRAM = {Role.AUDITOR}, {Role.SERVICE}
EVERYBODY = [ANNA, ARTHUR, BERT, AUDITOR, PROGRAM]
PERMISSIONS = [FieldPermission, SignedIn, IsStaff, MayRead, MayChangeSecurity]


def asked_by(roles: set[Role] | None) -> Any:
    viewer = None
    if roles is not None:
        viewer = Viewer(
            licence_id=SOMEBODY,
            account_id=SOMEBODY,
            session_id=SOMEBODY,
            seen_at=datetime(2026, 1, 30, tzinfo=UTC),
            roles=frozenset(roles),
            language=Language.NL,
            principals=(SOMEBODY,),
        )
    return SimpleNamespace(context=SimpleNamespace(asker=viewer))


def document(rights: Right) -> Any:
    return SimpleNamespace(rights=int(rights))


def may(permission: type[FieldPermission], roles: set[Role], source: Any = None) -> bool:
    return permission().has_permission(source, asked_by(roles))


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nobody_signs_in_first(permission: type[FieldPermission]) -> None:
    with pytest.raises(Unauthenticated):
        permission().has_permission(document(ALL_RIGHTS), asked_by(None))


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_refusal_is_forbidden(permission: type[FieldPermission]) -> None:
    with pytest.raises(Forbidden):
        permission().on_unauthorized()


@pytest.mark.parametrize("roles", EVERYBODY)
def test_a_permission_that_says_nothing_refuses(roles: set[Role]) -> None:
    assert not may(FieldPermission, roles, document(ALL_RIGHTS))


@pytest.mark.parametrize("roles", EVERYBODY)
def test_whoever_is_signed_in_is_signed_in(roles: set[Role]) -> None:
    assert may(SignedIn, roles)


@pytest.mark.parametrize(
    ("roles", "allowed"), [(ANNA, True), (ARTHUR, True), (BERT, False), (AUDITOR, False), (PROGRAM, False)]
)
def test_only_staff_are_staff(roles: set[Role], allowed: bool) -> None:  # noqa: FBT001
    assert may(IsStaff, roles) is allowed


@pytest.mark.parametrize("roles", EVERYBODY)
@pytest.mark.parametrize("mask", range(16))
def test_the_rights_on_the_document_count_and_the_role_does_not(roles: set[Role], mask: int) -> None:
    row = document(Right(mask))
    assert may(MayRead, roles, row) is bool(mask & 1)
    assert may(MayChangeSecurity, roles, row) is bool(mask & 8)


def test_an_administrator_without_rights_reads_nothing() -> None:
    assert not may(MayRead, ARTHUR, document(NO_RIGHTS))
    assert not may(MayChangeSecurity, ARTHUR, document(Right.READ | Right.UPDATE | Right.DELETE))


@pytest.mark.parametrize(
    ("permission", "said"),
    [
        (FieldPermission, None),
        (SignedIn, None),
        (IsStaff, Requires(role=Role.STAFF)),
        (MayRead, Requires(right=Right.READ)),
        (MayChangeSecurity, Requires(right=Right.CHANGE_SECURITY)),
    ],
)
def test_the_schema_is_told_what_is_needed(permission: type[FieldPermission], said: Requires | None) -> None:
    assert permission().schema_directive == said
