"""An object that stands in several places is executed once, and answers as if it stood in each alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from strawberry.permission import BasePermission

from execution import BreadthFirst, batched, derived, plain
from tests.execution.cabinet import Quiet
from tests.execution.oracle import stock, told

OPERATIONS = {
    "leaves": "{ shelf { number } }",
    "leaves beside a failure": "{ shelf { number odd } }",
    "what can not be null": "{ shelf { number mustBeEven } }",
    "what can not be null, in a list that is not": "{ full { number mustBeEven } }",
    "several names": "{ shelf { a: number b: odd c: odd } }",
    "nested": "{ shelf { kin { number odd kin { number mustBeEven } } } }",
    "a secret": "{ shelf { number secret kin { secret } } }",
    "under two roots": "{ a: shelf { number odd } b: shelf { number mustBeEven } }",
}


@dataclass
class Desk:
    """Remembers how many parents a function was called with."""

    calls: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, eq=False)
class Row:
    number: int


ROWS = [Row(number) for number in range(4)]


def odd_ones_broken(parents: Sequence[Row], desk: Desk) -> list[int | Exception]:
    desk.calls.append(len(parents))
    return [ValueError(f"{it.number} is torn") if it.number % 2 else it.number for it in parents]


def kin_of(parents: Sequence[Row], _: Desk) -> list[list[Row]]:
    return [[ROWS[0], ROWS[it.number], ROWS[1]] for it in parents]


class Even(BasePermission):
    """Whoever asks for an even one."""

    message = "This one is odd."

    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:  # noqa: ARG002
        return source.number % 2 == 0


@strawberry.type
class Thing:
    number: int = plain(description="Its number.")
    odd: int | None = batched(odd_ones_broken, description="There for even ones.")
    must_be_even: int = batched(odd_ones_broken, description="There for even ones.")
    secret: int | None = derived(
        lambda it: it.number, description="For even ones.", permission_classes=[Even]
    )
    kin: list["Thing | None"] = batched(kin_of, description="Others, and some of them again.")


def shelf(roots: Sequence[None], _: Desk) -> list[list[Row | None]]:
    return [[ROWS[0], ROWS[1], None, ROWS[0], ROWS[2], ROWS[1]] for _ in roots]


def full(roots: Sequence[None], _: Desk) -> list[list[Row]]:
    return [[ROWS[0], ROWS[0]] for _ in roots]


@strawberry.type
class Query:
    shelf: list[Thing | None] = batched(shelf, description="Things, some in several places.")
    full: list[Thing] | None = batched(full, description="Always the same.")


SCHEMA = Quiet(query=Query, execution_context_class=BreadthFirst)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
async def test_it_answers_as_if_it_stood_there_alone(operation: str) -> None:
    ours = told(await SCHEMA.execute(operation, context_value=Desk()))
    assert ours == told(await stock(SCHEMA).execute(operation, context_value=Desk()))


async def test_it_is_asked_for_once() -> None:
    desk = Desk()
    answer = await SCHEMA.execute("{ full { odd } }", context_value=desk)
    assert answer.data == {"full": [{"odd": 0}, {"odd": 0}]}
    assert desk.calls == [1]


async def test_where_something_fails_each_place_tells_it() -> None:
    desk = Desk()
    answer = await SCHEMA.execute("{ shelf { odd } }", context_value=desk)
    assert answer.errors
    assert [it.path for it in answer.errors] == [["shelf", 1, "odd"], ["shelf", 5, "odd"]]
    assert desk.calls == [3]
