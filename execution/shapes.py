"""What the values of a field become in the response, by the field's type."""

from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, TypeAlias, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from execution.places import Spot

# What these types hold is in the response as it is, so that nobody need look at each value.
AS_IT_IS: Final = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum."""

    nullable: bool
    type: GraphQLLeafType
    convert: Callable[[Any], Any]
    as_it_is: frozenset[type]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    nullable: bool
    item: "Shape"
    spot: Spot
    """That of its items."""


@dataclass(frozen=True, slots=True)
class Composite:
    """An object, or one of several types that share an interface or a union."""

    nullable: bool
    type: GraphQLObjectType | GraphQLAbstractType
    is_abstract: bool


Shape: TypeAlias = Leaf | ListOf | Composite


class Names(dict[Any, str]):
    """The name of each value of an enum; each is looked for once."""

    def __init__(self, enum: GraphQLEnumType) -> None:
        super().__init__()
        self.enum = enum

    def __missing__(self, value: object) -> str:
        name = self[value] = self.enum.coerce_output_value(value)
        return name


def shape_of(declared: GraphQLOutputType) -> Shape:
    """Return the shape of a field's declared type."""
    nullable = not is_non_null_type(declared)
    inner = declared.of_type if is_non_null_type(declared) else declared
    if is_list_type(inner):
        item = shape_of(inner.of_type)
        return ListOf(nullable, item, Spot(item.nullable))
    if is_leaf_type(inner):
        kept = AS_IT_IS.get(cast("Any", inner))
        kinds = {kept, NoneType} if kept and nullable else {kept} if kept else set[type]()
        convert = Names(inner).__getitem__ if isinstance(inner, GraphQLEnumType) else inner.coerce_output_value
        return Leaf(nullable, inner, convert, frozenset(kinds))
    return Composite(nullable, cast("Any", inner), is_abstract_type(inner))
