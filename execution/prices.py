"""What an operation costs, from `@cost` and `@listSize` in the schema (IBM's GraphQL cost specification).

An object costs 1, a scalar nothing, and a field what its `@cost` says on top of that; what stands in a list
counts as often as the list is long. What stands in several fragments counts in each of them: a price may be
more than what is executed, and is never less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import strawberry
from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema, get_named_type, is_composite_type
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)
from strawberry.schema_directive import Location

from execution.columns import definition_of
from execution.limits import ENDLESS, INTROSPECTION
from execution.shapes import type_of

# No list gives more at once; whoever asks for more is told so by the field itself.
LONGEST: Final = 100
# The whole description of the schema is some thousand objects.
OF_INTROSPECTION: Final = 500
EVERYWHERE: Final = [
    Location.ARGUMENT_DEFINITION,
    Location.ENUM,
    Location.FIELD_DEFINITION,
    Location.INPUT_FIELD_DEFINITION,
    Location.OBJECT,
    Location.SCALAR,
]


@strawberry.schema_directive(
    locations=EVERYWHERE, description="IBM cost specification: what one resolution costs."
)
class Cost:
    weight: str


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="IBM cost specification: how many items a list is taken to have.",
)
class ListSize:
    assumed_size: int | None = strawberry.UNSET
    slicing_arguments: list[str] | None = strawberry.UNSET
    sized_fields: list[str] | None = strawberry.UNSET
    require_one_slicing_argument: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """How long a list can be: as long as its arguments ask for, some of which may be variables."""

    asked: tuple[int, ...] = ()
    variables: tuple[tuple[str, ...], ...] = ()
    """The name of a variable, and the way within its value."""
    assumed: int = 1
    """Where no argument says it."""
    longest: int = LONGEST
    """What is asked beyond it is refused."""

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the length with these values of the variables."""
        values = (within(variables, way) for way in self.variables)
        asked = [*self.asked, *(length_of(it) for it in values if it is not None)]
        return min(max(0, *asked), self.longest) if asked else self.assumed


@dataclass(frozen=True, slots=True)
class Price:
    """A sum, parts of which are taken as often as a list is long."""

    base: int = 0
    parts: tuple[tuple[Length, "Price"], ...] = ()

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the price with these values of the variables."""
        total = self.base
        for length, price in self.parts:
            total += length.of(variables) * price.of(variables)
        return min(total, ENDLESS)

    def plus(self, other: "Price") -> "Price":
        """Return the sum of two prices."""
        return Price(min(self.base + other.base, ENDLESS), (*self.parts, *other.parts))

    def times(self, length: Length) -> "Price":
        """Return the price of a list of such things."""
        if length.variables or self.parts:
            return Price(parts=((length, self),))
        return Price(min(self.base * length.of({}), ENDLESS))


class Pricer:
    """Prices the operations of one document that is valid."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        fragments = (it for it in document.definitions if isinstance(it, FragmentDefinitionNode))
        self.fragments = {it.name.value: it for it in fragments}

    def of_operation(self, operation: OperationDefinitionNode) -> Price:
        """Return the price of an operation."""
        root = self.schema.get_root_type(operation.operation)
        return self.of_selections(cast("GraphQLNamedType", root), operation.selection_set, {})

    def of_selections(
        self, parent: GraphQLNamedType, selections: SelectionSetNode | None, sizes: Mapping[str, Length]
    ) -> Price:
        """Return the price of what is read of one object; `sizes` are those of its lists, as far as told."""
        price = Price()
        for node in selections.selections if selections else ():
            price = price.plus(self.of_selection(parent, node, sizes))
        return price

    def of_selection(
        self, parent: GraphQLNamedType, node: SelectionNode, sizes: Mapping[str, Length]
    ) -> Price:
        """Return the price of a field or a fragment."""
        if isinstance(node, FieldNode):
            return self.of_field(parent, node, sizes)
        fragment = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode)
        condition = fragment.type_condition
        within = self.schema.type_map[condition.name.value] if condition else parent
        return self.of_selections(within, fragment.selection_set, sizes)

    def of_field(self, parent: GraphQLNamedType, node: FieldNode, sizes: Mapping[str, Length]) -> Price:
        """Return the price of one field."""
        name = node.name.value
        if name in INTROSPECTION:
            return Price(OF_INTROSPECTION)
        field = cast("GraphQLField", self.schema.get_field(cast("Any", parent), name))
        size = said(field, ListSize)
        length = Length() if size is None else length_asked(size, node)
        below = dict.fromkeys(size.sized_fields or (), length) if size else {}
        type_ = cast("GraphQLNamedType", get_named_type(type_of(field)))
        one = Price(int(is_composite_type(type_))).plus(self.of_selections(type_, node.selection_set, below))
        own = said(field, Cost)
        times = sizes.get(name) or (Length() if below else length)
        return one.times(times).plus(Price(int(own.weight) if own else 0))


Word = TypeVar("Word")


def said(field: GraphQLField, word: type[Word]) -> Word | None:
    """Return what the schema says of a field in a directive, if it says it."""
    definition = definition_of(field)
    found = [it for it in getattr(definition, "directives", ()) if isinstance(it, word)]
    return found[0] if found else None


def length_asked(size: ListSize, node: FieldNode) -> Length:
    """Return how long a list can be with the arguments of one field; `input.rows` is one within another."""
    asked: list[int] = []
    variables: list[tuple[str, ...]] = []
    for name in size.slicing_arguments or ():
        value, rest = written_at(node, name.split("."))
        if isinstance(value, VariableNode):
            variables.append((value.name.value, *rest))
        elif value is not None and not isinstance(value, NullValueNode):
            asked.append(length_written(value))
    # What is brought along is there, however much it is.
    is_brought = any("." in name for name in size.slicing_arguments or ())
    return Length(tuple(asked), tuple(variables), size.assumed_size or 1, ENDLESS if is_brought else LONGEST)


def written_at(node: FieldNode, way: list[str]) -> tuple[ValueNode | None, list[str]]:
    """Return what is written for an argument, and the rest of the way, which leads into a variable."""
    given = {it.name.value: it.value for it in node.arguments or ()}
    value = given.get(way[0])
    for at, name in enumerate(way[1:], start=1):
        if not isinstance(value, ObjectValueNode):
            return value, way[at:]
        value = {it.name.value: it.value for it in value.fields}.get(name)
    return value, []


def within(values: Mapping[str, Any], way: Sequence[str]) -> object:
    """Return what a value holds at the end of a way, None where there is nothing."""
    found: object = values
    for name in way:
        found = cast("Mapping[str, object]", found).get(name) if isinstance(found, Mapping) else None
    return found


def length_written(value: ValueNode) -> int:
    """Return the length that a literal asks for: its number, or that of its items."""
    if isinstance(value, ListValueNode):
        return len(value.values)
    return int(value.value) if isinstance(value, IntValueNode) else 1


def length_of(value: object) -> int:
    """Return the length that the value of a variable asks for."""
    if isinstance(value, list):
        return len(cast("Sequence[object]", value))
    return value if isinstance(value, int) else 1
