"""Typed values: what an interface or a union holds says what it is."""

from execution import Typed, typed
from tests.execution.library import Row, ask

WHAT_IS_THERE = "{ __typename ... on Book { number title } ... on Map { number scale } }"
THERE = [
    {"__typename": "Book", "number": 1, "title": "Untitled"},
    {"__typename": "Map", "number": 2, "scale": 50_000},
    None,
]


async def test_an_interface_holds_values_of_several_types() -> None:
    answer = await ask(f"{{ things {WHAT_IS_THERE} }}")
    assert answer.errors is None
    assert answer.data == {"things": THERE}


async def test_an_interface_is_read_without_asking_for_the_type() -> None:
    answer = await ask("{ things { number } }")
    assert answer.errors is None
    assert answer.data == {"things": [{"number": 1}, {"number": 2}, None]}


async def test_a_union_holds_values_of_several_types() -> None:
    answer = await ask(f"{{ found {WHAT_IS_THERE} }}")
    assert answer.errors is None
    assert answer.data == {"found": THERE}


def test_a_typed_value_reads_like_the_value() -> None:
    value = Typed("Book", Row(7))
    assert (value.typename, value.number, value.title) == ("Book", 7, "Untitled")
    assert value.value == Row(7)


def test_nothing_has_no_type() -> None:
    assert typed("Book", None) is None
