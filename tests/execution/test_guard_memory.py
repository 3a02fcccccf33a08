"""The guard's memory: what was admitted is not read again, as long as there is room for it."""

from typing import Any, Final

import pytest
from graphql import build_schema

from execution import Guard, Limits, Question, guard, hash_of
from execution.prices import Pricer
from tests.execution.guards import SCHEMA, WRONG, guarding, noted_calls, operations_of, refusal

BOTH: Final = (False, True)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return noted_calls(monkeypatch)


@pytest.mark.parametrize("may_introspect", BOTH)
@pytest.mark.parametrize("is_trusted", BOTH)
def test_a_document_is_read_and_validated_once(
    calls: list[str], *, may_introspect: bool, is_trusted: bool
) -> None:
    by = guarding()
    question = Question("{ name }", may_introspect, is_trusted)
    assert by.recall(question) is None
    admitted = [by.admit(question) for _ in range(3)]
    assert calls == ["parse", "validate"]
    assert admitted[0] is admitted[1] is admitted[2] is by.recall(question)


def test_what_was_refused_is_not_remembered(calls: list[str]) -> None:
    by = guarding()
    assert refusal(WRONG, by) == refusal(WRONG, by)
    assert calls == ["parse", "validate"] * 2


def test_a_document_is_remembered_by_its_text_by_who_may_introspect_and_by_trust() -> None:
    by = guarding()
    questions = [
        Question(text, may_introspect, is_trusted)
        for text in ("{ name }", "{ name } ", "{name}")
        for may_introspect in BOTH
        for is_trusted in BOTH
    ]
    admitted = [by.admit(it) for it in questions]
    assert len(set(map(id, admitted))) == len(questions)
    assert [by.recall(it) for it in questions] == admitted


def test_a_text_with_half_a_character_has_a_hash() -> None:
    assert hash_of("\ud800") != hash_of("\ud801")
    assert len(hash_of("")) == 64


def document(letter: str, length: int = 10) -> Question:
    return Question(f"{{{letter}}}".rjust(length))


def known(by: Guard, letters: str) -> str:
    """Return those letters whose documents are remembered; the last of them was used last."""
    return "".join(it for it in letters if by.recall(document(it)))


@pytest.fixture
def small() -> Guard:
    """A guard over a schema of which every letter is a field."""
    fields = " ".join(f"{it}: Int" for it in "abcdef")
    return Guard(build_schema(f"type Query {{ {fields} }}"), Limits())


def test_so_many_documents_are_remembered_and_the_one_least_used_goes_first(
    small: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_KEPT", 3)
    for letter in "abca":
        small.admit(document(letter))
    small.admit(document("d"))
    assert known(small, "abcd") == "acd"
    assert known(small, "a") == "a"
    small.admit(document("e"))
    assert known(small, "abcde") == "ade"


def test_so_many_characters_are_remembered_and_what_is_least_used_goes_first(
    small: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_CHARACTERS_KEPT", 30)
    for letter in "abca":
        small.admit(document(letter))
    assert known(small, "bca") == "bca"
    small.admit(document("d", length=3))
    assert [it for it in "abc" if small.recall(document(it))] == ["a", "c"]
    small.admit(document("e", length=30))
    assert known(small, "abc") == ""


def test_what_is_larger_than_all_that_is_remembered_is_admitted_and_forgotten(
    small: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_CHARACTERS_KEPT", 30)
    small.admit(document("a"))
    assert small.admit(document("b", length=31))
    assert small.recall(document("b", length=31)) is None
    assert known(small, "a") == ""
    small.admit(document("c"))
    assert known(small, "c") == "c"


def test_a_document_that_two_bring_at_once_is_counted_once(
    small: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_CHARACTERS_KEPT", 20)
    for letter in "aaab":
        small.examine(document(letter))
    assert known(small, "ab") == "ab"


def test_a_price_is_found_out_once_for_each_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    priced: list[str] = []
    price = Pricer.of_operation

    def note(pricer: Pricer, operation: Any) -> Any:
        priced.append(operation.name.value)
        return price(pricer, operation)

    monkeypatch.setattr(Pricer, "of_operation", note)
    admitted = guarding().admit(Question("query A { self { name } } query B { name }"))
    costs = [admitted.price(SCHEMA, it).of({}) for it in operations_of(admitted) * 2]
    assert (costs, priced) == ([1, 0, 1, 0], ["A", "B"])
