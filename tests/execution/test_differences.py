"""Where the two executors answer differently, on purpose; everywhere else they agree."""

from collections.abc import Awaitable, Iterator, Sequence
from typing import Any

import strawberry
from strawberry.permission import BasePermission

from execution import BreadthFirst, batched
from tests.execution.cabinet import Quiet
from tests.execution.oracle import Answer, stock, told


class NotYet(BasePermission):
    """Looks like a permission that answers at once, and does not."""

    def has_permission(self, source: Any, info: Any, **_: Any) -> Awaitable[bool]:  # noqa: ARG002
        async def answer() -> bool:
            return True

        return answer()


def torn_words() -> Iterator[object]:
    yield "first"
    yield ValueError("the second is unreadable")
    message = "the rest is torn off"
    raise ValueError(message)


def torn(roots: Sequence[Any], _: object) -> list[Any]:
    return [torn_words() for _ in roots]


async def roots_of(roots: Sequence[Any], _: object) -> list[Any]:
    return ["it" for _ in roots]


@strawberry.interface
class Thing:
    @strawberry.field
    def name(self) -> str:
        return "a stone"


@strawberry.type
class Stone(Thing):
    @classmethod
    def is_type_of(cls, value: object, _: object) -> bool:
        return isinstance(value, Stone)


@strawberry.type
class Query:
    stone: Stone | None = batched(roots_of, description="A text, which is no stone.")
    words: list[str | None] | None = batched(torn, description="Cannot be read to its end.")
    later: str | None = batched(roots_of, description="Behind it.", permission_classes=[NotYet])


SCHEMA = Quiet(query=Query, execution_context_class=BreadthFirst)


async def asked(operation: str) -> list[Answer]:
    return [told(await it.execute(operation)) for it in (SCHEMA, stock(SCHEMA))]


def messages(answer: Answer) -> list[str]:
    return [it["message"] for it in answer["errors"]]


async def test_an_object_is_taken_to_be_of_the_type_that_its_field_declares() -> None:
    ours, theirs = await asked("{ stone { name } }")
    assert ours == {"data": {"stone": {"name": "a stone"}}, "errors": []}
    assert theirs["data"] == {"stone": None}
    assert messages(theirs) == ["Expected value of type 'Stone' but got: 'it'."]


async def test_of_a_list_that_cannot_be_read_to_its_end_only_that_is_told() -> None:
    ours, theirs = await asked("{ words }")
    assert ours["data"] == theirs["data"] == {"words": None}
    assert messages(ours) == ["the rest is torn off"]
    assert messages(theirs) == ["the second is unreadable", "the rest is torn off"]


async def test_a_permission_that_hides_that_it_must_be_waited_for_refuses() -> None:
    ours, theirs = await asked("{ later }")
    assert ours["data"] == {"later": None}
    assert len(ours["errors"]) == 1
    assert theirs == {"data": {"later": "it"}, "errors": []}
