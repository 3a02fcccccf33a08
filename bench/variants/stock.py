"""The product's schema under Strawberry's own executor, with the resolvers that are given for its fields."""

from collections.abc import Callable
from typing import Any, cast

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from starlette.applications import Starlette
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

import schema
from execution.columns import definition_of
from resolvers.ports import Ports
from server.app import create_app

# Of a type's name and a field, the field that takes its place; None: it stays.
Replace = Callable[[str, StrawberryField], StrawberryField | None]


class Stock(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, as Strawberry itself calls it; plans are nothing to it."""

    @classmethod
    def build(cls, *given: Any, plans: object = None, **named: Any) -> Any:  # noqa: ARG003  the product's
        build = cast("Callable[..., Any]", super().build)
        return build(*given, is_awaitable=optimized_is_awaitable, **named)


def app_of(ports: Ports, replace: Replace) -> Starlette:
    """Return the product's application over the changed schema; no other is served by this process."""
    built = schema.build()
    change(built, replace)
    return create_app(ports, served=built)


def change(built: strawberry.Schema, replace: Replace) -> None:
    """Give the schema the stock executor, and fields the resolvers that Strawberry makes of others."""
    built.execution_context_class = Stock
    graphql: Any = vars(built)["_schema"]
    for type_ in graphql.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                change_field(built, type_.name, field, replace)


def change_field(built: strawberry.Schema, type_name: str, field: GraphQLField, replace: Replace) -> None:
    """Give a field the resolver of another, if another takes its place."""
    definition = definition_of(field)
    if isinstance(definition, StrawberryField) and (other := replace(type_name, definition)):
        field.resolve = cast("Any", built.schema_converter).from_resolver(other)


def resolver_of(field: StrawberryField) -> Callable[..., Any]:
    """Return the function that a field of the product calls."""
    return cast("Any", field).base_resolver.wrapped_func
