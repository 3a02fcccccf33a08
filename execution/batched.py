"""Batched fields: one call of a function for all parents of a level.

A batched field is given as a function `(parents, context, **arguments) -> values`, plain or async, that
returns one value for each parent, in order. A function that raises fails all its positions; one that returns
an exception in a place fails that place.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import strawberry
from strawberry import Info

from execution.columns import BATCHED, Load
from execution.fields import Permissions, directives_of


def batched(
    load: Load,
    *,
    description: str,
    permission_classes: Permissions = (),
    directives: Sequence[object] = (),
) -> Any:
    """Return a field whose values are loaded for a whole level at once; `load` names its arguments."""
    parameters = list(inspect.signature(load, eval_str=True).parameters.values())
    arguments = [it for it in parameters if it.kind is inspect.Parameter.KEYWORD_ONLY]
    return strawberry.field(
        resolver=of_one(load, arguments),
        description=description,
        permission_classes=list(permission_classes),
        directives=[*directives_of(permission_classes), *directives],
        metadata={BATCHED: load},
    )


def of_one(load: Load, arguments: Sequence[inspect.Parameter]) -> Callable[..., Any]:
    """Return an ordinary resolver that loads a level of one parent, for executors that know of no levels."""

    def resolve(root: Any, info: Info[Any, Any], **given: Any) -> Any:
        return only(cast("Sequence[Any]", load([root], info.context, **given)))

    async def resolve_async(root: Any, info: Info[Any, Any], **given: Any) -> Any:
        return only(await cast("Awaitable[Sequence[Any]]", load([root], info.context, **given)))

    resolver: Any = resolve_async if inspect.iscoroutinefunction(load) else resolve
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD
    leading = [
        inspect.Parameter("root", named, annotation=Any),
        inspect.Parameter("info", named, annotation=Info[Any, Any]),
    ]
    resolver.__signature__ = inspect.Signature([*leading, *arguments])
    resolver.__annotations__ = {it.name: it.annotation for it in (*leading, *arguments)}
    return resolver


def only(values: Sequence[Any]) -> Any:
    """Return the value of the one parent. Raise the exception that stands in its place."""
    (value,) = values
    if isinstance(value, Exception):
        raise value
    return value
