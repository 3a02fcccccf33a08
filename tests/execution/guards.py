"""A guard over a small schema, and how it refuses."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from graphql import OperationDefinitionNode, build_schema

from execution import Admitted, Guard, Limits, Question, Unreadable, guard

SCHEMA: Final = build_schema(
    """
    directive @d repeatable on FIELD
    type Query { name: String self: Query sum(of: [Int!]): Int }
    type Mutation { signIn: Int signOut: Int }
    """
)
WRONG: Final = Question("{ nane }")


def guarding(**limits: Any) -> Guard:
    return Guard(SCHEMA, Limits(**limits))


def refusal(question: Question, by: Guard | None = None) -> list[tuple[str, str]]:
    """Return code and words of each error that a document is refused with; none when it is admitted."""
    try:
        (by or guarding()).admit(question)
    except Unreadable as refused:
        return [((it.extensions or {})["code"], it.message) for it in refused.errors]
    return []


def operations_of(admitted: Admitted) -> list[OperationDefinitionNode]:
    return [it for it in admitted.document.definitions if isinstance(it, OperationDefinitionNode)]


def code_of(text: str, **limits: Any) -> str | None:
    """Return the code of the one error that a document is refused with."""
    codes = {code for code, _ in refusal(Question(text), guarding(**limits))}
    return codes.pop() if codes else None


def noted_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each call of graphql-core's parser and validation adds its name."""
    seen: list[str] = []

    def note(name: str) -> None:
        call: Callable[..., Any] = vars(guard)[name]

        def noted(*given: Any, **named: Any) -> Any:
            seen.append(name)
            return call(*given, **named)

        monkeypatch.setattr(guard, name, noted)

    note("parse")
    note("validate")
    return seen
