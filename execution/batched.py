"""Batched fields: one call of a function for all parents of a level.

A batched field is given as a function `(parents, request, **arguments) -> values`, plain or async, that
returns one value for each parent, in order. A function that raises fails all its positions; one that returns
an exception in a place fails that place.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import strawberry
from strawberry import Info

from execution.fields import Permissions, directives_of

Load = Callable[..., Awaitable[Sequence[Any]] | Sequence[Any]]
LevelKey = tuple[Any, ...]


class Context(Protocol):
    """What an operation's context must offer: a place where levels gather."""

    levels: "Levels"


def batched(
    load: Load,
    *,
    description: str,
    permission_classes: Permissions = (),
) -> Any:
    """Return a field whose values are loaded for a whole level at once; `load` names its arguments."""
    parameters = list(inspect.signature(load, eval_str=True).parameters.values())
    arguments = [it for it in parameters if it.kind is inspect.Parameter.KEYWORD_ONLY]

    async def resolve(root: Any, info: Info[Context, Any], **given: Any) -> Any:
        return await info.context.levels.join(load, root, info, given)

    resolve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  how Python lets a signature be given
        [
            inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Any),
            inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info[Context, Any]),
            *arguments,
        ]
    )
    resolve.__annotations__ = {it.name: it.annotation for it in arguments} | {"info": Info[Context, Any]}
    return strawberry.field(
        resolver=resolve,
        description=description,
        permission_classes=list(permission_classes),
        directives=directives_of(permission_classes),
    )


@dataclass(slots=True)
class Level:
    """The parents that have come together, each with the promise of its value."""

    load: Load
    request: Context
    arguments: dict[str, Any]
    waiting: list[tuple[Any, "asyncio.Future[Any]"]] = field(default_factory=list)

    async def run(self) -> None:
        """Call the function once, and keep every promise."""
        try:
            values = await self.values()
        except Exception as error:  # noqa: BLE001  each position tells it at its own path
            values = [error] * len(self.waiting)
        for (_, promise), value in zip(self.waiting, values, strict=True):
            if promise.done():
                continue
            if isinstance(value, Exception):
                promise.set_exception(value)
            else:
                promise.set_result(value)

    async def values(self) -> Sequence[Any]:
        """Return one value for each parent. Raise what the function raises."""
        loaded = self.load([parent for parent, _ in self.waiting], self.request, **self.arguments)
        values = await loaded if inspect.isawaitable(loaded) else loaded
        if len(values) != len(self.waiting):
            message = f"{self.load.__name__} returned {len(values)} values for {len(self.waiting)} parents"
            raise LookupError(message)
        return values


class Levels:
    """Where the resolvers of one operation wait for the others of their level.

    The executor resolves the items of a list one after the other before it lets anything else run, so that
    all of them have joined when the event loop comes to the call.
    """

    def __init__(self) -> None:
        self._open: dict[LevelKey, Level] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def join(self, load: Load, parent: Any, info: Info[Context, Any], given: dict[str, Any]) -> Any:
        """Return the value of one parent, loaded together with those of its level."""
        # Two types may give one name to calls with different arguments (GraphQL section 5.3.2).
        path = info.path
        key = (load, path.typename, *(step for step in path.as_list() if isinstance(step, str)))
        loop = asyncio.get_running_loop()
        level = self._open.get(key)
        if level is None:
            level = self._open[key] = Level(load, info.context, given)
            loop.call_soon(self._start, key)
        promise: asyncio.Future[Any] = loop.create_future()
        level.waiting.append((parent, promise))
        return await promise

    def _start(self, key: LevelKey) -> None:
        task = asyncio.ensure_future(self._open.pop(key).run())
        # The event loop keeps no strong reference to its tasks.
        self._running.add(task)
        task.add_done_callback(self._running.discard)
