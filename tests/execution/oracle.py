"""The oracle: Strawberry's own executor answers the same question, and what must be equal in the answers."""

import asyncio
import gc
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from copy import copy
from inspect import isawaitable
from typing import Any, cast

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.failures import MOST_ERRORS

Answer = dict[str, Any]
Keys = tuple[str | int, ...]
Stock = StrawberryGraphQLCoreExecutionContext


def stock(schema: strawberry.Schema) -> strawberry.Schema:
    """Return the same schema, to be executed by Strawberry's own executor."""
    other = copy(schema)
    other.execution_context_class = Stock
    return other


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """Return a schema as graphql-core holds it."""
    return vars(schema)["_schema"]


async def executed(
    executor: Any,
    schema: GraphQLSchema,
    document: DocumentNode,
    values: Mapping[str, Any],
    context: object,
    **named: Any,
) -> Answer:
    """Return what an executor answers to a document that was validated before."""
    built = executor.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(values),
        operation_extensions={},
        **named,
    )
    if isinstance(built, list):
        return told(ExecutionResult(None, cast("list[GraphQLError]", built)))
    result = built.execute_operation()
    answer = told(await result if isawaitable(result) else result)
    await nothing_left()
    return answer


async def nothing_left() -> None:
    """Wait for what the oracle did not wait for, because what it lies in was null by then."""
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(left)


@contextmanager
def swept() -> Generator[None]:
    """Throw away what the block leaves, and nothing before its end.

    Where it gives something up, the oracle leaves coroutines that have not begun. Python warns of each, and
    fails to when that happens while a named tuple is made, for there it can not import its warnings.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(1)


def told(result: Any) -> Answer:
    """Return an answer as it is sent."""
    return {"data": result.data, "errors": [it.formatted for it in result.errors or ()]}


def written(answer: Answer) -> str:
    """Return an answer as text: so the order of keys counts too."""
    return json.dumps(answer, indent=1)


def assert_same(ours: Answer, theirs: Answer, *, in_order: bool) -> None:
    """Assert that two answers are the same: to the letter, or but for what chance decides.

    We list so many errors and no more.
    """
    if in_order:
        assert written(ours) == written(theirs | {"errors": theirs["errors"][:MOST_ERRORS]})
        return
    assert json.dumps(ours["data"], indent=1) == json.dumps(theirs["data"], indent=1)
    lost, expected = losses(ours), losses(theirs)
    if len(ours["errors"]) < MOST_ERRORS:
        assert lost == expected
    assert lost.items() <= expected.items()


def nulled_by(error: Mapping[str, Any], data: Any) -> Keys:
    """Return the place that is null because of an error: its own, or what that lies in."""
    keys: Keys = tuple(error.get("path", ()))
    for length, key in enumerate(keys):
        if data is None:
            return keys[:length]
        data = data[key]
    return keys


def losses(answer: Answer) -> dict[Keys, tuple[str, ...]]:
    """Return the places that are null because of errors, each with the errors of that very place.

    Where somebody has to be waited for, chance decides which of several errors is the first to make what they
    lie in null, and whether the others in it are told: the specification leaves it open. So it counts that
    such a place is null because of an error, and not because of which.
    """
    found: dict[Keys, tuple[str, ...]] = {}
    for error in answer["errors"]:
        keys = nulled_by(error, answer["data"])
        is_its_own = keys == tuple(error.get("path", ()))
        found[keys] = (*found.get(keys, ()), *((json.dumps(error),) if is_its_own else ()))
    return found
