"""Where the schema takes an id: found by walking it, so that no place can be forgotten."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from schema.build import build

OF_INTROSPECTION: Final = "__"


@dataclass(frozen=True, slots=True)
class Place:
    """An argument of type ID, or a field of an input in an argument, however deep; `path` leads to it."""

    owner: str
    field: str
    path: tuple[str, ...]
    is_list: bool
    is_one_of: bool
    """It is one member of an input of which exactly one is given."""

    def __str__(self) -> str:
        return f"{self.owner}.{self.field}({'.'.join(self.path)})"

    @property
    def at(self) -> tuple[str, str]:
        """Return the type and the name of the field that takes it."""
        return self.owner, self.field

    @property
    def coordinate(self) -> str:
        """Return the field that takes it."""
        return f"{self.owner}.{self.field}"

    def holding(self, arguments: dict[str, Any], id_: Any) -> dict[str, Any]:
        """Return arguments of the field with an id, or a list of ids, in this place."""
        whole = deepcopy(arguments)
        *way, last = self.path
        at = whole
        for name in way:
            at = at.setdefault(name, {})
        if self.is_one_of:
            at.clear()
        at[last] = id_
        return whole


@cache
def the_schema() -> GraphQLSchema:
    """Return the schema that the server serves, as graphql-core knows it."""
    return vars(build())["_schema"]


def fields_of(type_: GraphQLNamedType | None) -> dict[str, GraphQLField]:
    """Return the fields of a type by name, none of one that has no fields of its own."""
    return type_.fields if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}


def id_places(schema: GraphQLSchema) -> list[Place]:
    """Return every place of a schema where an id is taken."""
    return [
        place
        for owner, type_ in schema.type_map.items()
        if not owner.startswith(OF_INTROSPECTION)
        for name, field in fields_of(type_).items()
        for argument, taken in field.args.items()
        for place in places_in(owner, name, taken, (argument,))
    ]


def places_in(
    owner: str,
    field: str,
    taken: GraphQLArgument | GraphQLInputField,
    path: tuple[str, ...],
    within: tuple[GraphQLInputObjectType, ...] = (),
) -> Iterator[Place]:
    """Yield the places within an argument or a field of an input; an input within itself is opened once."""
    type_ = type_in(taken)
    if type_.name == "ID":
        is_list = str(cast("Any", taken).type).startswith("[")
        yield Place(owner, field, path, is_list, bool(within and takes_exactly_one(within[-1])))
    elif isinstance(type_, GraphQLInputObjectType) and type_ not in within:
        fields = cast("dict[str, GraphQLInputField]", cast("Any", type_).fields)
        for name, inner in fields.items():
            yield from places_in(owner, field, inner, (*path, name), (*within, type_))


def type_in(field: GraphQLField | GraphQLArgument | GraphQLInputField) -> GraphQLNamedType:
    """Return the type of a field or of an argument, lists and non-null aside."""
    return cast("GraphQLNamedType", get_named_type(cast("Any", field).type))


def takes_exactly_one(type_: GraphQLInputObjectType) -> bool:
    """Return whether an input takes one of its fields; Strawberry itself checks it, not graphql-core."""
    definition = cast("Any", type_).extensions["strawberry-definition"]
    return bool(definition.is_one_of)


def arguments_of(type_name: str, field: str) -> dict[str, GraphQLArgument]:
    """Return the arguments of a field by name."""
    return fields_of(the_schema().type_map[type_name])[field].args
