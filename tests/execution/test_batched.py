"""Batched fields: one call for a level, and every position its own value or its own error."""

import logging
from typing import Any

import pytest

from tests.execution.library import SCHEMA, Desk, ask
from tests.execution.oracle import stock


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Strawberry tells the log of every error; here they are meant."""
    caplog.set_level(logging.CRITICAL, "strawberry.execution")


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_list_of_a_hundred_is_one_call_per_field(desk: Desk) -> None:
    answer = await ask("{ books(count: 100) { again repeated } }", desk)
    assert answer.errors is None
    assert [it["again"] for it in answer.data["books"]] == list(range(100))
    assert {it["repeated"] for it in answer.data["books"]} == {"Untitled"}
    assert [(name, len(parents)) for name, parents, _ in desk.calls] == [("numbers", 100), ("repeated", 100)]


async def test_a_level_below_a_level_is_one_call_too(desk: Desk) -> None:
    answer = await ask("{ books(count: 50) { neighbours { neighbours { again } } } }", desk)
    assert answer.errors is None
    assert [(name, len(parents)) for name, parents, _ in desk.calls] == [
        ("neighbours", 50),
        ("neighbours", 100),
        ("numbers", 200),
    ]
    assert answer.data["books"][3] == {
        "neighbours": [
            {"neighbours": [{"again": 1}, {"again": 3}]},
            {"neighbours": [{"again": 3}, {"again": 5}]},
        ]
    }


async def test_each_parent_is_asked_for_in_its_place(desk: Desk) -> None:
    await ask("{ books(count: 3) { again } }", desk)
    assert desk.calls == [("numbers", [0, 1, 2], {})]


async def test_no_parents_are_no_call(desk: Desk) -> None:
    assert (await ask("{ books(count: 0) { again } }", desk)).data == {"books": []}
    assert desk.calls == []


async def test_two_aliases_with_different_arguments_are_two_calls(desk: Desk) -> None:
    answer = await ask('{ books(count: 2) { one: repeated two: repeated(times: 2, word: "ha") } }', desk)
    assert answer.data == {"books": [{"one": "Untitled", "two": "haha"}] * 2}
    assert desk.calls == [
        ("repeated", [0, 1], {"times": 1, "word": None}),
        ("repeated", [0, 1], {"times": 2, "word": "ha"}),
    ]


async def test_two_types_may_give_one_name_to_calls_with_different_arguments(desk: Desk) -> None:
    answer = await ask(
        "{ things { ... on Book { it: repeated } ... on Map { it: repeated(times: 2) } } }", desk
    )
    assert answer.errors is None
    assert answer.data == {"things": [{"it": "Untitled"}, {"it": "UntitledUntitled"}, None]}


async def test_the_same_field_under_two_roots_is_two_levels(desk: Desk) -> None:
    answer = await ask("{ a: books(count: 1) { again } b: books(count: 2) { again } }", desk)
    assert answer.data == {"a": [{"again": 0}], "b": [{"again": 0}, {"again": 1}]}
    assert [parents for _, parents, _ in desk.calls] == [[0], [0, 1]]


async def test_a_function_that_raises_fails_all_its_positions(desk: Desk) -> None:
    answer = await ask("{ books(count: 2) { allBroken again } }", desk)
    assert answer.data == {"books": [{"allBroken": None, "again": 0}, {"allBroken": None, "again": 1}]}
    assert [(it.message, it.path) for it in answer.errors] == [
        ("the shelf fell over", ["books", 0, "allBroken"]),
        ("the shelf fell over", ["books", 1, "allBroken"]),
    ]
    assert [name for name, _, _ in desk.calls].count("all_broken") == 1


async def test_an_exception_in_a_place_fails_that_place(desk: Desk) -> None:
    answer = await ask("{ books(count: 4) { oddOnesBroken } }", desk)
    assert [it["oddOnesBroken"] for it in answer.data["books"]] == ["Untitled", None, "Untitled", None]
    assert [(it.message, it.path) for it in answer.errors] == [
        ("1 is torn", ["books", 1, "oddOnesBroken"]),
        ("3 is torn", ["books", 3, "oddOnesBroken"]),
    ]


async def test_a_wrong_number_of_values_is_an_error(desk: Desk) -> None:
    answer = await ask("{ books(count: 2) { oneTooFew } }", desk)
    assert answer.data == {"books": [{"oneTooFew": None}, {"oneTooFew": None}]}
    assert [it.message for it in answer.errors] == ["one_too_few returned 1 values for 2 parents"] * 2


@pytest.mark.parametrize(("reads", "seen"), [(True, [0, 1]), (False, [None, None])])
async def test_a_permission_is_asked_before_anything_is_loaded(reads: bool, seen: list[Any]) -> None:  # noqa: FBT001
    desk = Desk(reads=reads)
    answer = await ask("{ books(count: 2) { againSecret } }", desk)
    assert [it["againSecret"] for it in answer.data["books"]] == seen
    assert len(desk.calls) == (1 if reads else 0)
    told = [] if reads else [["books", 0, "againSecret"], ["books", 1, "againSecret"]]
    assert [it.path for it in answer.errors or ()] == told


def test_keyword_only_parameters_are_the_arguments() -> None:
    assert '''  repeated(
    """How often."""
    times: Int! = 1
    word: String = null
  ): String
''' in SCHEMA.as_str()


def test_a_function_without_such_parameters_has_no_arguments() -> None:
    assert '"""Its number, once more."""\n  again: Int!\n' in SCHEMA.as_str()


async def test_an_executor_that_knows_of_no_levels_loads_for_one_parent_at_a_time(desk: Desk) -> None:
    answer = await stock(SCHEMA).execute("{ books(count: 2) { again repeated } }", context_value=desk)
    assert answer.data == {"books": [{"again": at, "repeated": "Untitled"} for at in range(2)]}
    assert sorted((name, parents) for name, parents, _ in desk.calls) == [
        ("numbers", [0]),
        ("numbers", [1]),
        ("repeated", [0]),
        ("repeated", [1]),
    ]


async def test_there_too_an_exception_in_a_place_is_raised_in_it(desk: Desk) -> None:
    answer = await stock(SCHEMA).execute("{ books(count: 2) { oddOnesBroken } }", context_value=desk)
    assert answer.data == {"books": [{"oddOnesBroken": "Untitled"}, {"oddOnesBroken": None}]}
    assert [it.path for it in answer.errors or ()] == [["books", 1, "oddOnesBroken"]]
