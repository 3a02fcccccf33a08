"""The permission classes of fields, as a table of sentences over the cast."""

from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import pytest

from core.errors import Forbidden, Unauthenticated
from core.rights import ALL_RIGHTS, NO_RIGHTS, Right
from core.viewer import ApiScope, Role, Viewer
from permissions import fields
from permissions.fields import (
    FieldPermission,
    IsAdministrator,
    IsAuditor,
    IsPerson,
    IsStaff,
    IsStaffOrOwn,
    MayChangeSecurity,
    MayRead,
    ReadsDocuments,
    ReadsRelations,
    SignedIn,
    StaffReadsDocuments,
    StaffReadsRelations,
    StaffReadsRelationsOrOwn,
    StaffWritesRelations,
    WritesDocuments,
    meets,
)
from permissions.requires import Requires
from tests.permissions.cast import ABLE, ACCOUNT, CAST, OTHER, PEOPLE, RELATION, STAFF, viewer

READS, WRITES = ApiScope.DOCUMENTS_READ, ApiScope.DOCUMENTS_WRITE
FILES, KEEPS = ApiScope.RELATIONS_READ, ApiScope.RELATIONS_WRITE
# Who may have a field of something that is not his own; what the classes about rights say stands below.
ALLOWED: Final[dict[type[FieldPermission], set[str]]] = {
    FieldPermission: set(),
    SignedIn: set(CAST),
    IsPerson: set(PEOPLE),
    IsStaff: STAFF,
    IsAdministrator: {"arthur"},
    IsAuditor: {"arthur", "the auditor"},
    IsStaffOrOwn: STAFF,
    ReadsDocuments: {*PEOPLE, READS, ABLE},
    WritesDocuments: {*PEOPLE, WRITES, ABLE},
    ReadsRelations: {*PEOPLE, FILES, ABLE},
    StaffReadsDocuments: {*STAFF, READS, ABLE},
    StaffReadsRelations: {*STAFF, FILES, ABLE},
    StaffReadsRelationsOrOwn: {*STAFF, FILES, ABLE},
    StaffWritesRelations: {*STAFF, KEEPS, ABLE},
}
BY_RIGHT: Final[dict[type[FieldPermission], Right]] = {
    MayRead: Right.READ,
    MayChangeSecurity: Right.CHANGE_SECURITY,
}
# Who has it beside these where it is of his own account, or of his own relation.
OWNERS: Final[dict[type[FieldPermission], set[str]]] = {
    IsStaffOrOwn: set(PEOPLE),
    StaffReadsRelationsOrOwn: set(PEOPLE),
}
PERMISSIONS: Final = [*ALLOWED, *BY_RIGHT]
SAID: Final = {
    FieldPermission: None,
    SignedIn: None,
    IsPerson: Requires(person=True),
    IsStaff: Requires(role=Role.STAFF),
    IsAdministrator: Requires(role=Role.ADMINISTRATOR),
    IsAuditor: Requires(role=Role.AUDITOR),
    IsStaffOrOwn: Requires(role=Role.STAFF, or_own=True),
    MayRead: Requires(right=Right.READ),
    MayChangeSecurity: Requires(right=Right.CHANGE_SECURITY),
    ReadsDocuments: Requires(scope=READS),
    WritesDocuments: Requires(scope=WRITES),
    ReadsRelations: Requires(scope=FILES),
    StaffReadsDocuments: Requires(role=Role.STAFF, scope=READS),
    StaffReadsRelations: Requires(role=Role.STAFF, scope=FILES),
    StaffReadsRelationsOrOwn: Requires(role=Role.STAFF, or_own=True, scope=FILES),
    StaffWritesRelations: Requires(role=Role.STAFF, scope=KEEPS),
}


def thing(id_: UUID | None = OTHER, rights: Right = NO_RIGHTS) -> Any:
    return SimpleNamespace(id=id_, rights=int(rights))


def asked_by(asker: Viewer | None) -> Any:
    return SimpleNamespace(context=SimpleNamespace(asker=asker))


def may(permission: type[FieldPermission], source: Any) -> set[str]:
    """Return who of the cast may have a field of `source`."""
    return {who for who, it in CAST.items() if permission().has_permission(source, asked_by(it))}


def test_the_tables_speak_of_every_permission() -> None:
    written = {it for it in vars(fields).values() if isinstance(it, type) and issubclass(it, FieldPermission)}
    assert set(PERMISSIONS) == set(SAID) == written


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nobody_signs_in_first(permission: type[FieldPermission]) -> None:
    with pytest.raises(Unauthenticated):
        permission().has_permission(thing(rights=ALL_RIGHTS), asked_by(None))


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_refusal_is_forbidden(permission: type[FieldPermission]) -> None:
    with pytest.raises(Forbidden):
        permission().on_unauthorized()


@pytest.mark.parametrize("permission", ALLOWED)
def test_roles_and_scopes_decide_whatever_the_rights(permission: type[FieldPermission]) -> None:
    assert may(permission, thing()) == ALLOWED[permission]
    assert may(permission, thing(rights=ALL_RIGHTS)) == ALLOWED[permission]


@pytest.mark.parametrize("permission", ALLOWED)
@pytest.mark.parametrize("own", [ACCOUNT, RELATION])
def test_what_is_ones_own_counts_where_it_is_said(permission: type[FieldPermission], own: UUID) -> None:
    owners = OWNERS.get(permission, set()) & ({"bert"} if own == RELATION else set(PEOPLE))
    assert may(permission, thing(own)) == ALLOWED[permission] | owners


@pytest.mark.parametrize("permission", OWNERS)
def test_whoever_has_no_relation_does_not_own_what_has_no_id(permission: type[FieldPermission]) -> None:
    assert may(permission, thing(None)) == ALLOWED[permission]


@pytest.mark.parametrize("permission", BY_RIGHT)
@pytest.mark.parametrize("mask", range(16))
def test_the_rights_on_the_document_count_and_the_role_does_not(
    permission: type[FieldPermission], mask: int
) -> None:
    rights = Right(mask)
    assert may(permission, thing(rights=rights)) == (set(CAST) if BY_RIGHT[permission] in rights else set())


def test_an_administrator_without_rights_reads_nothing() -> None:
    assert "arthur" not in may(MayRead, thing())
    assert "arthur" not in may(MayChangeSecurity, thing(rights=Right.READ | Right.UPDATE | Right.DELETE))


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("needed", [Requires(), Requires(or_own=True)])
def test_to_need_nothing_is_to_be_refused(who: str, needed: Requires) -> None:
    assert not meets(needed, CAST[who], thing(ACCOUNT, ALL_RIGHTS))


def test_all_that_is_named_is_needed() -> None:
    needed = Requires(right=Right.UPDATE, role=Role.STAFF, scope=WRITES)

    def met(who: str, rights: Right) -> bool:
        return meets(needed, CAST[who], thing(rights=rights))

    assert met("anna", Right.UPDATE)
    assert met(WRITES, Right.UPDATE)
    assert not met("anna", Right.READ)
    assert not met("bert", Right.UPDATE)
    assert not met(READS, Right.UPDATE)


@pytest.mark.parametrize("scope", ApiScope)
def test_a_program_counts_as_nothing_but_staff(scope: ApiScope) -> None:
    needed = Requires(role=Role.ADMINISTRATOR, scope=scope)
    assert {who for who, it in CAST.items() if meets(needed, it, thing())} == {"arthur"}


def test_a_program_that_is_called_staff_is_limited_all_the_same() -> None:
    program = viewer(Role.STAFF, scopes={READS})
    assert not IsStaff().allows(program, thing())
    assert not StaffReadsRelations().allows(program, thing())
    assert StaffReadsDocuments().allows(program, thing())


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_schema_is_told_what_is_needed(permission: type[FieldPermission]) -> None:
    assert permission().schema_directive == SAID[permission]


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_only_rights_and_ownership_look_at_the_object(permission: type[FieldPermission]) -> None:
    assert permission().needs_source is (permission in {*BY_RIGHT, *OWNERS})
