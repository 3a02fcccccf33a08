"""Strawberry with a DataLoader for each field that needs the database, as its documentation shows it."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

from starlette.applications import Starlette
from strawberry import Info
from strawberry.dataloader import DataLoader
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from bench.variants import stock
from execution.columns import BATCHED, Load
from resolvers.ports import Ports
from schema.context import Context

Loaders = dict[Any, DataLoader[Any, Any]]


def create_app(ports: Ports) -> Starlette:
    """Return the product's application with DataLoaders."""
    return stock.app_of(ports, with_loader)


def with_loader(type_name: str, field: StrawberryField) -> StrawberryField | None:
    """Return a field that awaits its DataLoader.

    The root has one object, and what needs no database is computed for each object by itself: nobody would
    put a DataLoader there. Both keep the resolver that they have.
    """
    load = field.metadata.get(BATCHED)
    if type_name == "Query" or not inspect.iscoroutinefunction(load):
        return None
    return StrawberryField(
        python_name=field.python_name,
        base_resolver=StrawberryResolver(resolver(load, stock.resolver_of(field))),
        permission_classes=field.permission_classes,
    )


def resolver(load: Load, like: Any) -> Callable[..., Any]:
    """Return a resolver with the arguments of another."""

    async def resolve(root: Any, info: Info[Any, Any], **given: Any) -> Any:
        return await loader(info.context, load, given).load(root)

    as_declared: Any = resolve
    as_declared.__signature__ = inspect.signature(like)
    as_declared.__annotations__ = like.__annotations__
    return as_declared


def loader(context: Context, load: Load, given: dict[str, Any]) -> DataLoader[Any, Any]:
    """Return the operation's DataLoader of a field with these arguments."""
    loaders = cast("Loaders", vars(context).setdefault("loaders", {}))
    key = (load, repr(given)) if given else load
    found = loaders.get(key)
    if found is None:
        found = loaders[key] = new_loader(context, load, given)
    return found


def new_loader(context: Context, load: Load, given: dict[str, Any]) -> DataLoader[Any, Any]:
    """Return a DataLoader; nothing is asked twice of one object, so that a cache would only cost."""

    async def load_all(parents: list[Any]) -> Sequence[Any]:
        values: Any = load(parents, context, **given)
        return await values

    return DataLoader(load_all, cache=False)
