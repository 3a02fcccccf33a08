"""Plans: what is remembered of an operation is right for the next time, whatever its variables are."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from graphql import parse

from execution import BreadthFirst
from execution.plan import MOST_PLANS, Plans
from tests.execution.cabinet import SCHEMA
from tests.execution.fates import Visit
from tests.execution.oracle import Answer, Stock, core, executed

FLAGS = "abcde"
DOCUMENT = parse(
    f"""query One({" ".join(f"${it}: Boolean = true" for it in FLAGS)} $number: Int = 1) {{
      word @include(if: $a) ...Rest
      specimen(number: $number) {{ number @skip(if: $b) ... @include(if: $c) {{ title }} ...Part }}
    }}
    query Two($a: Boolean!) {{ it: word ...Rest }}
    fragment Rest on Query {{ spoken @skip(if: $a) }}
    fragment Part on Specimen {{ code next {{
      number @skip(if: $d) code @include(if: $e) kin {{ number }}
    }} }}"""
)


async def asked(plans: Plans, values: Mapping[str, Any], name: str = "One") -> Answer:
    """Return our answer with these plans, which is the same as the one without any."""
    context = Visit()
    ours = await executed(
        BreadthFirst, core(SCHEMA), DOCUMENT, values, context, operation_name=name, plans=plans
    )
    theirs = await executed(Stock, core(SCHEMA), DOCUMENT, values, Visit(), operation_name=name)
    assert ours == theirs
    return ours


@pytest.fixture
def plans() -> Plans:
    return Plans()


async def test_an_operation_is_planned_once(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked(plans, {"b": False})
    monkeypatch.delattr(BreadthFirst, "root_fields")
    assert (await asked(plans, {"b": False, "number": 2}))["data"]["specimen"]["number"] == 2
    assert (await asked(plans, {"b": False, "number": 0}))["data"]["specimen"]["number"] == 0


async def test_conditions_are_looked_at_each_time(plans: Plans) -> None:
    for values in product((True, False), repeat=len(FLAGS)):
        for _ in range(2):
            await asked(plans, dict(zip(FLAGS, values, strict=True)))


async def test_more_plans_are_not_remembered_than_so_many(
    plans: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [dict(zip(FLAGS, values, strict=True)) for values in product((True, False), repeat=len(FLAGS))]
    for values in every:
        await asked(plans, values)
    monkeypatch.delattr(BreadthFirst, "root_fields")
    for values in every[:MOST_PLANS]:
        await asked(plans, values)
    with pytest.raises(AttributeError):
        await asked(plans, every[MOST_PLANS])


async def test_null_in_place_of_a_condition_is_an_error_each_time(plans: Plans) -> None:
    for name in "aca":
        said = await asked(plans, {name: None})
        assert [it["message"][:23] for it in said["errors"]] == ["Argument 'if' has inval"]
    assert (await asked(plans, {}))["errors"] == []


async def test_two_operations_of_one_document_have_plans_of_their_own(plans: Plans) -> None:
    assert (await asked(plans, {"a": True}, "Two"))["data"] == {"it": "word 1"}
    assert "word" in (await asked(plans, {"a": True}, "One"))["data"]
    assert (await asked(plans, {"a": False}, "Two"))["data"] == {"it": "word 1", "spoken": "word 1"}
