"""Where the two executors answer differently, on purpose; everywhere else they agree."""

from collections.abc import Awaitable, Iterator, Sequence
from itertools import chain
from typing import Any

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.permission import BasePermission

from execution import BreadthFirst, batched
from tests.execution.cabinet import SCHEMA as CABINET
from tests.execution.cabinet import Quiet
from tests.execution.fates import Visit
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


async def test_what_stands_in_several_places_is_resolved_in_one_of_them() -> None:
    operation = "{ specimen(number: 1) { tray { number whereabouts } } }"
    for schema, places in ((CABINET, 3), (stock(CABINET), 4)):
        answer = told(await schema.execute(operation, context_value=Visit()))
        assert answer["errors"] == []
        resolved = list[dict[str, Any]](chain.from_iterable(answer["data"]["specimen"]["tray"]))
        assert [it["number"] for it in resolved] == [1, 2, 2, 3]
        assert len({it["whereabouts"] for it in resolved}) == places


class Doorkeeper(SchemaExtension):
    """Keeps everybody out of every field, where it is asked."""

    def resolve(self, *_: Any, **__: Any) -> None:
        raise PermissionError


async def test_an_extension_that_would_not_be_asked_is_no_extension() -> None:
    """It could be what keeps somebody out."""
    guarded = Quiet(query=Query, extensions=[Doorkeeper], execution_context_class=BreadthFirst)
    ours = told(await guarded.execute("{ stone { name } }"))
    assert ours["data"] is None
    assert messages(ours) == [
        "Fields are not executed one by one: extensions with `resolve` would not be asked."
    ]
