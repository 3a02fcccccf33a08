"""What of a change is told to whom: nobody is told of what he could never see."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from uuid import uuid4

import pytest

from core.viewer import ApiScope
from models.feed import SUBJECTS, ChangeKind
from permissions.feed import told_as
from tests.permissions.cast import ABLE, ACCOUNT, CAST, PEOPLE, STAFF

# Whom documents are shared with who is told of them at all.
READERS: Final = {*PEOPLE, ApiScope.DOCUMENTS_READ, ABLE}
NOT_BERT: Final = CAST.keys() - {"bert"}
KINDS: Final = [it.value for it in ChangeKind]
OTHERS: Final = [uuid4()]


class Entry(NamedTuple):
    """An entry of the feed, as far as it matters to whom it is told."""

    kind: str
    subject: str
    principals: list[Any] | None


def told(kind: str, subject: str, principals: Iterable[Any] | None, *, is_seen: bool) -> dict[str, set[Any]]:
    """Return by what it is to them who of the cast is told of an entry."""
    entry: Any = Entry(kind, subject, None if principals is None else [*principals])
    found: dict[str, set[Any]] = {}
    for who, viewer in CAST.items():
        seen_as = told_as(viewer, entry, is_seen=is_seen)
        if seen_as:
            found.setdefault(seen_as.value, set()).add(who)
    return found


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("kind", ["CREATED", "CHANGED"])
def test_everybody_is_told_of_what_he_sees(kind: str, subject: str) -> None:
    assert told(kind, subject, None, is_seen=True) == {kind: {*CAST}}


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("kind", ["CREATED", "CHANGED"])
@pytest.mark.parametrize("principals", [None, OTHERS, [ACCOUNT]])
def test_nobody_is_told_that_what_he_does_not_see_was_made_or_changed(
    kind: str, subject: str, principals: Any
) -> None:
    assert told(kind, subject, principals, is_seen=False) == {}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_that_it_is_gone_is_not_told_of_what_can_be_seen_again(subject: str) -> None:
    assert told("DELETED", subject, None, is_seen=True) == {}


def test_whom_it_was_given_to_is_told_that_it_is_there_and_the_firm_that_something_changed() -> None:
    found = told("CREATED", "Document", [*OTHERS, ACCOUNT], is_seen=True)
    assert found == {"CREATED": READERS, "CHANGED": {*CAST} - READERS}


def test_whose_rights_changed_is_told_that_it_changed_like_everybody_else() -> None:
    assert told("CHANGED", "Document", [*OTHERS, ACCOUNT], is_seen=True) == {"CHANGED": {*CAST}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_is_not_told_of_the_rights_of_others(kind: str) -> None:
    assert told(kind, "Document", OTHERS, is_seen=True) == {"CHANGED": NOT_BERT}


def test_what_was_taken_from_somebody_who_sees_it_still_has_changed_for_the_firm_alone() -> None:
    assert told("DELETED", "Document", [ACCOUNT], is_seen=True) == {"CHANGED": NOT_BERT}


def test_that_a_document_is_gone_is_told_to_whom_it_was_taken_from() -> None:
    assert told("DELETED", "Document", None, is_seen=False) == {}
    assert told("DELETED", "Document", OTHERS, is_seen=False) == {}
    assert told("DELETED", "Document", [*OTHERS, ACCOUNT], is_seen=False) == {"DELETED": READERS}


@pytest.mark.parametrize("subject", ["Relation", "Dossier", "Holding"])
def test_that_a_part_of_the_files_is_gone_is_told_to_whoever_sees_all_of_them(subject: str) -> None:
    seers = {*STAFF, ApiScope.RELATIONS_READ, ABLE}
    for principals in (None, OTHERS):
        assert told("DELETED", subject, principals, is_seen=False) == {"DELETED": seers}
    found = told("DELETED", subject, [ACCOUNT], is_seen=False)
    assert found == {"DELETED": seers | READERS}


def test_that_a_category_is_gone_is_told_to_whoever_sees_all_of_them() -> None:
    found = told("DELETED", "Category", None, is_seen=False)
    assert found == {"DELETED": {*STAFF, ApiScope.DOCUMENTS_READ, ABLE}}


def test_that_a_business_unit_is_gone_is_told_to_everybody() -> None:
    assert told("DELETED", "BusinessUnit", None, is_seen=False) == {"DELETED": {*CAST}}


def test_nobody_is_told_that_an_account_is_gone() -> None:
    assert told("DELETED", "Account", None, is_seen=False) == {}
