"""Mutations: their fields one after another, and what happens when one fails (GraphQL section 6.2.2)."""

import pytest

from tests.execution.cases import Case, ask, check, check_later
from tests.execution.fates import Visit

MUTATIONS = {
    "each field sees what those before it did, and its payload is read before the next one": Case(
        "mutation { a: label(number: 1) { done } b: label(number: 2) { specimen { word } done } }",
        {
            "a": {"done": ["label 1"]},
            "b": {"specimen": {"word": "word 2"}, "done": ["label 1", "label 2"]},
        },
    ),
    "one that fails is null, and the next ones are done": Case(
        "mutation { a: label(number: 1, fate: LOST) { done } b: label(number: 2) { done } }",
        {"a": None, "b": {"done": ["label 1", "label 2"]}},
        [("the pen for 1 is lost", ["a"])],
    ),
    "a payload that fails makes its field null, and the next ones are done": Case(
        "mutation { a: label(fate: ODD_BROKEN) { mustWord } b: mustLabel(number: 2) { mustWord done } }",
        {"a": None, "b": {"mustWord": "word 2", "done": ["label 1", "label 2"]}},
        [("Cannot return null for non-nullable field Receipt.mustWord.", ["a", "mustWord"])],
    ),
    "several payloads in one list": Case(
        "mutation { labels { done specimen { number } } }",
        {
            "labels": [
                {"done": ["label 1"], "specimen": {"number": 1}},
                {"done": ["label 1", "label 2"], "specimen": {"number": 2}},
            ]
        },
    ),
    "one payload of several that fails": Case(
        "mutation { labels(fate: BROKEN) { done } }", {"labels": None}, [("3 is broken", ["labels", 1])]
    ),
    "where there can be no data any more, the error is told after those before it": Case(
        "mutation { a: label(number: 1) { specimen { word(fate: BROKEN) } } "
        "b: mustLabel(number: 2, fate: LOST) { done } c: label(number: 3) { done } }",
        None,
        [("1 is broken", ["a", "specimen", "word"]), ("the pen for 2 is lost", ["b"])],
    ),
}
LATER = {
    "what takes its time is waited for before the next one": Case(
        "mutation { a: laterLabel(number: 1) { done } b: label(number: 2) { done } "
        "c: laterLabel(number: 3, fate: LOST) { done } "
        "d: laterLabel(number: 4) { done specimen { laterWord } } }",
        {
            "a": {"done": ["label 1"]},
            "b": {"done": ["label 1", "label 2"]},
            "c": None,
            "d": {
                "done": ["label 1", "label 2", "label 3", "label 4"],
                "specimen": {"laterWord": "word 4"},
            },
        },
        [("the pen for 3 is lost", ["c"])],
    ),
}


@pytest.mark.parametrize("says", MUTATIONS)
async def test_mutations_are_done_one_after_another(says: str) -> None:
    await check(MUTATIONS[says])


@pytest.mark.parametrize("says", LATER)
async def test_mutations_are_waited_for_one_after_another(says: str) -> None:
    await check_later(LATER[says])


@pytest.mark.parametrize(
    "fails",
    [
        "mustLabel(number: 2, fate: LOST) { done }",
        "mustLabel(number: 2, fate: MISSING) { done }",
        "mustLabel(number: 2, fate: ODD_BROKEN) { mustWord }",
    ],
)
async def test_where_there_can_be_no_data_any_more_nothing_more_is_done(fails: str) -> None:
    visit = Visit()
    said = await ask(f"mutation {{ a: label {{ done }} b: {fails} c: label(number: 3) {{ done }} }}", visit)
    assert said["data"] is None
    assert visit.done == ["label 1", "label 2"]
