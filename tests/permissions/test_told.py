"""What the rules of access are told of whoever asks: a person's roles, and a program's scopes."""

from typing import Any

from core.viewer import ApiScope, Role
from permissions.people import keeps_documents, may_introspect, may_upload
from permissions.told import told_of
from tests.permissions.cast import ABLE, ACCOUNT, CAST, FIRM, PEOPLE, PROGRAMS, RELATION, STAFF, viewer


def told(name: str) -> dict[str, Any]:
    """Return by person or program what the rules are told under a name."""
    return {who: told_of(it)[name] for who, it in CAST.items()}


def where(values: dict[str, Any]) -> set[str]:
    return {who for who, value in values.items() if value}


def test_everybody_is_of_his_firm_and_himself() -> None:
    assert set(told("licence").values()) == {FIRM}
    assert set(told("own_account").values()) == {ACCOUNT}
    assert told("own_relation") == dict.fromkeys(CAST) | {"bert": RELATION}


def test_no_document_was_shared_with_a_program_that_may_not_read_them() -> None:
    assert where(told("principals")) == {*PEOPLE, ApiScope.DOCUMENTS_READ, ABLE}
    assert {it for it in told("principals").values() if it} == {(ACCOUNT,)}


def test_the_firms_files_are_for_staff_and_programs_that_read_relations() -> None:
    assert where(told("sees_files")) == {*STAFF, ApiScope.RELATIONS_READ, ABLE}


def test_all_categories_are_for_staff_and_programs_that_read_documents() -> None:
    assert where(told("sees_categories")) == {*STAFF, ApiScope.DOCUMENTS_READ, ABLE}


def test_keys_and_letters_are_for_administrators() -> None:
    assert where(told("sees_keys")) == where(told("sees_letters")) == {"arthur"}


def test_staff_clients_and_programs_that_write_documents_send_them_in() -> None:
    writers = {*STAFF, ApiScope.DOCUMENTS_WRITE, ABLE}
    assert {who for who, it in CAST.items() if keeps_documents(it)} == writers
    assert {who for who, it in CAST.items() if may_upload(it)} == {*writers, "bert"}


def test_only_a_client_sends_documents_on_himself() -> None:
    assert not may_upload(viewer(Role.CLIENT))
    assert not may_upload(viewer(Role.AUDITOR, relation_id=RELATION))


def test_staff_and_every_program_read_the_schema() -> None:
    assert {who for who, it in CAST.items() if may_introspect(it)} == {*STAFF, *PROGRAMS}
    assert not may_introspect(None)
