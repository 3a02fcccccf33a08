"""Operations on specimens, drawn by chance, and how the two executors' answers to them are compared."""

from typing import Final

from graphql import parse

from execution import BreadthFirst
from execution.plan import Plans
from tests.execution.cabinet import SCHEMA
from tests.execution.fates import Visit
from tests.execution.operations import Drawn, drawn
from tests.execution.oracle import Answer, Stock, assert_same, core, executed

CORE: Final = core(SCHEMA)
GRAMS: Final = {"Grams": (1, 2, 0)}
# Of what stands in several places we tell one of them, see test_differences.
NOT_DRAWN: Final = "whereabouts"
SPECIMENS: Final = drawn(CORE, GRAMS, lambda name: not name.startswith("later") and name != NOT_DRAWN)
"""Nobody has to wait for what these ask."""
LATER_SPECIMENS: Final = drawn(CORE, GRAMS, lambda name: name != NOT_DRAWN)


async def compare(operation: Drawn, *, has_key: bool, in_order: bool = True) -> list[Answer]:
    """Return the answers to an operation, one for each set of its variables. Raise AssertionError.

    They are the same from both executors, and both have done the same.
    """
    document = parse(operation.text)
    plans = Plans()
    answers: list[Answer] = []
    for values in operation.values:
        visits = [Visit(has_key), Visit(has_key)]
        ours = await executed(
            BreadthFirst, CORE, document, values, visits[0], operation_name="Asked", plans=plans
        )
        theirs = await executed(Stock, CORE, document, values, visits[1], operation_name="Asked")
        assert_same(ours, theirs, in_order=in_order)
        assert visits[0].done == visits[1].done
        answers.append(ours)
    return answers
