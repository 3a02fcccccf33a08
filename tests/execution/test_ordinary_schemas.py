"""A schema that knows nothing of levels: its objects, resolvers and defaults are Strawberry's own."""

from typing import Annotated

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from execution import BreadthFirst
from tests.execution.cabinet import Quiet
from tests.execution.oracle import Answer, stock, told, written


@strawberry.interface
class Shape:
    name: str

    @strawberry.field
    def loud(self) -> str:
        return self.name.upper()


@strawberry.type
class Circle(Shape):
    radius: float


@strawberry.type
class Square(Shape):
    side: int
    inner: "Square | None" = None

    @strawberry.field
    async def area(self, times: int = 1) -> int:
        return self.side * self.side * times


Either = Annotated[Circle | Square, strawberry.union("Either")]
SHAPES: list[Circle | Square] = [
    Circle(name="ring", radius=0.5),
    Square(name="tile", side=3, inner=Square(name="dot", side=1)),
]


@strawberry.type
class Query:
    motto: str = "measure twice"
    missing: str | None = None

    @strawberry.field
    def shapes(self) -> list[Shape]:
        return [*SHAPES]

    @strawberry.field
    async def either(self, at: int) -> Either:
        return SHAPES[at]

    @strawberry.field
    def wrong(self) -> Either | None:
        return Query()  # type: ignore[return-value]  that is what is wrong with it


async def both(schema: strawberry.Schema, operation: str) -> Answer:
    """Return the answer that both executors give."""
    ours, theirs = [told(await it.execute(operation, root_value=Query())) for it in (schema, stock(schema))]
    assert written(ours) == written(theirs)
    return ours


SCHEMA = Quiet(query=Query, types=[Circle, Square], execution_context_class=BreadthFirst)
ALL_SHAPES = """{ motto missing shapes {
  __typename name loud ... on Circle { radius }
  ... on Square { area twice: area(times: 2) inner { side inner { side } } }
} }"""


async def test_objects_of_strawberry_say_by_their_class_what_they_are() -> None:
    assert (await both(SCHEMA, ALL_SHAPES))["data"] == {
        "motto": "measure twice",
        "missing": None,
        "shapes": [
            {"__typename": "Circle", "name": "ring", "loud": "RING", "radius": 0.5},
            {
                "__typename": "Square",
                "name": "tile",
                "loud": "TILE",
                "area": 9,
                "twice": 18,
                "inner": {"side": 1, "inner": None},
            },
        ],
    }


@pytest.mark.parametrize(("at", "type_"), [(0, "Circle"), (1, "Square")])
async def test_a_union_of_them_does_too(at: int, type_: str) -> None:
    said = await both(SCHEMA, f"{{ either(at: {at}) {{ __typename ... on Shape {{ name }} }} }}")
    assert said["data"]["either"]["__typename"] == type_


async def test_a_resolver_that_raises_is_told_where_it_stands() -> None:
    said = await both(SCHEMA, "{ motto either(at: 5) { __typename } }")
    assert said["data"] is None
    assert [it["path"] for it in said["errors"]] == [["either"]]


async def test_an_object_that_is_none_of_the_union_is_an_error() -> None:
    said = await both(SCHEMA, "{ wrong { __typename } motto }")
    assert said["data"] == {"wrong": None, "motto": "measure twice"}
    assert [it["path"] for it in said["errors"]] == [["wrong"]]


async def test_a_default_resolver_of_ones_own_is_asked() -> None:
    schema = Quiet(
        query=Query,
        types=[Circle, Square],
        config=StrawberryConfig(default_resolver=lambda source, name: f"{name} of {type(source).__name__}"),
        execution_context_class=BreadthFirst,
    )
    assert (await both(schema, "{ motto missing }"))["data"] == {
        "motto": "motto of Query",
        "missing": "missing of Query",
    }
