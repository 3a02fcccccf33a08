"""What the values of a field become in the response, by the field's type."""

from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, TypeAlias, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLString,
    is_abstract_type,
    is_leaf_type,
    is_list_type,  # pyright: ignore[reportUnknownVariableType]  it says nothing of what is in the list
    is_non_null_type,  # pyright: ignore[reportUnknownVariableType]  likewise
)

from execution.places import Spot

# What these types hold is in the response as it is, so that nobody need look at each value.
AS_IT_IS: Final[dict[GraphQLLeafType, type[object]]] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLBoolean: bool,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum."""

    nullable: bool
    scalar: GraphQLLeafType
    convert: Callable[[Any], Any]
    as_it_is: frozenset[type[object]]
    """Values of these types stay what they are."""


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
    declared: GraphQLObjectType | GraphQLAbstractType
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


def type_of(field: GraphQLField) -> Any:
    """Return the declared type of a field."""
    return cast("Any", field).type


def shape_of(declared: Any) -> Shape:
    """Return the shape of a declared type."""
    nullable = not is_non_null_type(declared)
    inner = cast("Any", declared if nullable else declared.of_type)
    if is_list_type(inner):
        item = shape_of(cast("Any", inner).of_type)
        return ListOf(nullable, item, Spot(item.nullable))
    if is_leaf_type(inner):
        return leaf(inner, nullable=nullable)
    return Composite(nullable, inner, is_abstract_type(inner))


def leaf(scalar: GraphQLLeafType, *, nullable: bool) -> Leaf:
    """Return the shape of a scalar or an enum."""
    kept = AS_IT_IS.get(scalar)
    kinds = [it for it in (kept, NoneType if nullable else None) if it] if kept else []
    is_enum = isinstance(scalar, GraphQLEnumType)
    convert = Names(scalar).__getitem__ if is_enum else scalar.coerce_output_value
    return Leaf(nullable, scalar, convert, frozenset(kinds))
