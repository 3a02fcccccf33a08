"""Subscriptions: each event is an answer of its own (GraphQL section 6.2.3)."""

from typing import Any

import pytest

from tests.execution.cabinet import SCHEMA
from tests.execution.cases import STOCK
from tests.execution.fates import Visit
from tests.execution.oracle import Answer, told, written

NUMBERED = "subscription { arrivals(count: 3) { number __typename next { word } } }"
BROKEN = "subscription { it: arrivals(count: 3, fate: ODD_BROKEN) { number label mustLabel } }"
MUST = "subscription { mustArrivals(count: 2, fate: ODD_MISSING) { number } }"
CUT_OFF = "subscription { arrivals(fate: LOST) { number } }"
LOCKED = "subscription ($yes: Boolean!) { arrivals(count: 2) { locked @include(if: $yes) kin { mustEven } } }"
TAKEN_TO = 'subscription { arrivals(count: "x") { number } }'


async def heard(schema: Any, operation: str, **values: Any) -> list[Answer]:
    """Return all events of a subscription."""
    events = await schema.subscribe(operation, variable_values=values, context_value=Visit(has_key=False))
    return [told(it) async for it in events]


@pytest.mark.parametrize("operation", [NUMBERED, BROKEN, MUST, CUT_OFF, LOCKED, TAKEN_TO])
async def test_both_executors_hear_the_same(operation: str) -> None:
    values = {"yes": True} if "$yes" in operation else {}
    ours, theirs = [await heard(it, operation, **values) for it in (SCHEMA, STOCK)]
    assert list(map(written, ours)) == list(map(written, theirs))


async def test_each_event_is_read_like_a_query() -> None:
    assert await heard(SCHEMA, NUMBERED) == [
        {
            "data": {
                "arrivals": {"number": number, "__typename": type_, "next": {"word": f"word {following}"}}
            },
            "errors": [],
        }
        for number, type_, following in ((0, "Plant", 1), (1, "Animal", 4), (2, "Mineral", 7))
    ]


async def test_an_event_that_fails_is_null_and_the_others_are_heard() -> None:
    said = await heard(SCHEMA, BROKEN)
    assert [it["data"]["it"] and it["data"]["it"]["number"] for it in said] == [0, None, 2]
    assert [[error["path"] for error in it["errors"]] for it in said] == [[], [["it"]], []]


async def test_an_event_that_must_be_there_and_is_not_has_no_data() -> None:
    assert [it["data"] for it in await heard(SCHEMA, MUST)] == [{"mustArrivals": {"number": 0}}, None]
