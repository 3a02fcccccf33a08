"""Cases: what is asked of the cabinet, what must be answered, and both executors give that answer."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.execution.cabinet import SCHEMA
from tests.execution.fates import Visit
from tests.execution.oracle import Answer, assert_same, nothing_left, stock, told

STOCK = stock(SCHEMA)
Path = list[str | int]


class Case(NamedTuple):
    """One question and its answer: the data, and each error by its message and its path."""

    operation: str
    data: Any
    errors: Sequence[tuple[str, Path | None]] = ()
    values: Mapping[str, Any] = MappingProxyType({})
    has_key: bool = True
    name: str | None = None
    """Which operation of the document it is about."""


async def check(case: Case, *, in_order: bool = True) -> None:
    """Ask both executors; the answers are the same to the letter, and what the case says."""
    ours, theirs = await answers(case)
    assert_same(ours, theirs, in_order=in_order)
    assert ours["data"] == case.data
    assert [(it["message"], it.get("path")) for it in ours["errors"]] == [*case.errors]


async def check_later(case: Case) -> None:
    """Ask both of what has to be waited for; there chance decides which errors the other one tells."""
    await check(case, in_order=False)


async def answers(case: Case) -> list[Answer]:
    """Return what the two answer; they have done the same."""
    visits = [Visit(case.has_key), Visit(case.has_key)]
    said = [
        await schema.execute(
            case.operation, variable_values=dict(case.values), context_value=visit, operation_name=case.name
        )
        for schema, visit in zip((SCHEMA, STOCK), visits, strict=True)
    ]
    await nothing_left()
    assert visits[0].done == visits[1].done
    return [told(it) for it in said]


async def ask(operation: str, visit: Visit | None = None, **values: Any) -> Answer:
    """Return what our executor answers."""
    return told(await SCHEMA.execute(operation, variable_values=values, context_value=visit or Visit()))
