"""The guard: what it admits, how it refuses, and what it remembers of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import pytest
from graphql import get_introspection_query

from execution import Question
from tests.execution.bombs import BOMBS, bomb
from tests.execution.guards import SCHEMA, WRONG, code_of, guarding, noted_calls, operations_of, refusal

ASKED: Final = Question("{ name }")
DESCRIBING: Final = Question("{ __schema { queryType { name } } }")
INVALID: Final = "GRAPHQL_VALIDATION_FAILED"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return noted_calls(monkeypatch)


def test_a_document_that_keeps_within_everything_is_admitted() -> None:
    admitted = guarding().admit(ASKED)
    assert admitted.text == "{ name }"
    assert admitted.document.loc
    assert admitted.document.loc.source.body == "{ name }"


AT_MOST: Final[dict[str, tuple[int, Callable[[int], str]]]] = {
    "characters": (16_384, "{ name }".ljust),
    # Nine beside the numbers: the braces, the field, its argument and their brackets.
    "tokens": (2_000, lambda it: f"{{ sum(of: [{'1 ' * (it - 9)}]) }}"),
    "comments": (100, lambda it: "#\n" * it + "{ name }"),
}


@pytest.mark.parametrize("what", AT_MOST)
def test_as_much_as_the_limit_is_read_and_one_more_is_not(what: str) -> None:
    most, document = AT_MOST[what]
    assert code_of(document(most)) is None
    assert code_of(document(most + 1)) == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize(
    "text", ["", " ", "{", "{ name", "}", "{ name }}", "query", "\ufeff{", "{ name } \ud800"]
)
def test_what_is_no_document_is_refused(text: str) -> None:
    ((code, message),) = refusal(Question(text))
    assert code == "GRAPHQL_PARSE_FAILED"
    assert message.startswith("Syntax Error: ")


def chain(links: Sequence[int]) -> str:
    return " ".join(f"fragment F{it} on Query{{...F{it + 1}}}" for it in links) + "{...F0}"


NESTS: Final[dict[str, Callable[[int], str]]] = {
    "fields": lambda it: "{self " * it + "}" * it,
    "groups": lambda it: "{" + "... {" * it + "name" + "}" * it + "}",
    "lists": lambda it: f"{{ sum(of: {'[' * it}{']' * it}) }}",
    "objects": lambda it: f"{{ sum(of: {'{a: ' * it}1{'}' * it}) }}",
    "types": lambda it: f"query ($v: {'[' * it}Int{']' * it}) {{ name }}",
    "a description": lambda it: f'{{ __type(name: "Query") {{ {"ofType {" * it} name {"}" * it} }} }}',
    "fragments": lambda it: f"{chain(range(it))} fragment F{it} on Query {{name}}",
    "fragments from the end": lambda it: f"fragment F{it} on Query {{name}} {chain(range(it)[::-1])}",
}


@pytest.mark.parametrize("nest", NESTS.values(), ids=NESTS)
@pytest.mark.parametrize("levels", [50, 150, 190, 240, 390, 660, 3_000])
def test_however_deep_a_document_is_it_is_priced_or_refused(nest: Callable[[int], str], levels: int) -> None:
    question, by = Question(nest(levels)), guarding()
    if not refusal(question, by):
        admitted = by.admit(question)
        assert [admitted.price(SCHEMA, it).of({}) for it in operations_of(admitted)] == [0]


def test_what_is_too_large_is_not_validated(calls: list[str]) -> None:
    assert refusal(Question("{ self { name } }"), guarding(depth=1)) == [
        ("DOCUMENT_TOO_LARGE", "The document has too many levels: more than 1.")
    ]
    assert calls == ["parse"]


def test_sensitive_fields_are_asked_once() -> None:
    once = frozenset({"signIn"})
    assert code_of("mutation { signIn signOut }", once=once) is None
    assert code_of("mutation { signIn b: signIn }", once=once) == "DOCUMENT_TOO_LARGE"


@pytest.mark.parametrize("spreads", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("fragments", [10, 20, 30, 100])
def test_a_bomb_of_fragments_is_refused_before_it_is_validated(
    calls: list[str], fragments: int, spreads: str
) -> None:
    assert code_of(bomb(fragments, spreads), tokens=10_000) == "DOCUMENT_TOO_LARGE"
    assert calls == ["parse"]


def test_what_does_not_fit_the_schema_is_refused() -> None:
    assert refusal(WRONG) == [(INVALID, "Cannot query field 'nane' on type 'Query'.")]


def test_five_errors_are_told_and_no_more() -> None:
    assert refusal(Question("{ a b c d e f g }")) == [
        (INVALID, f"Cannot query field '{it}' on type 'Query'.") for it in "abcde"
    ]


@pytest.mark.parametrize(
    "text", ["fragment F on Query { name }", "type A { a: Int } { name }", "subscription { a }"]
)
def test_what_cannot_be_executed_is_refused(text: str) -> None:
    assert code_of(text) == INVALID


def test_who_may_introspect_is_told_what_the_schema_has_instead() -> None:
    assert refusal(replace(WRONG, may_introspect=True)) == [
        (INVALID, "Cannot query field 'nane' on type 'Query'. Did you mean 'name'?")
    ]


def test_nobody_else_is_told_even_when_somebody_who_may_has_asked_the_same() -> None:
    by = guarding()
    assert "Did you mean" in str(refusal(replace(WRONG, may_introspect=True), by))
    assert "Did you mean" not in str(refusal(WRONG, by))


def test_only_who_may_introspect_reads_the_schema() -> None:
    by = guarding()
    assert refusal(replace(DESCRIBING, may_introspect=True), by) == []
    refused = refusal(DESCRIBING, by)
    assert [code for code, _ in refused] == [INVALID, INVALID]
    assert all("introspection has been disabled" in message for _, message in refused)


def test_the_standard_question_about_a_schema_is_answered_to_who_may() -> None:
    standard = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    assert refusal(Question(standard, may_introspect=True)) == []
    assert {code for code, _ in refusal(Question(standard))} == {INVALID}


def test_the_name_of_a_type_is_no_introspection() -> None:
    assert refusal(Question("{ __typename self { __typename } }")) == []


def test_a_trusted_document_may_be_of_any_size() -> None:
    words = " ".join(f"w{it}: sum(of: [1, 2, 3, 4])" for it in range(600))
    comments = "# a comment\n" * 200
    text = f"{comments} {{ {words} {'self { ' * 40} name {'} ' * 40} }}"
    assert code_of(text) == "GRAPHQL_PARSE_FAILED"
    assert code_of(text, characters=50_000, tokens=10_000, comments=200) == "DOCUMENT_TOO_LARGE"
    assert refusal(Question(text, is_trusted=True)) == []


def test_a_trusted_document_may_read_the_schema() -> None:
    assert refusal(replace(DESCRIBING, is_trusted=True)) == []


def test_a_trusted_document_must_fit_the_schema_all_the_same() -> None:
    assert refusal(replace(WRONG, is_trusted=True)) == refusal(WRONG)
    assert refusal(Question("{", is_trusted=True)) == refusal(Question("{"))
