"""An operation made ready: for each type that can stand in a place, which fields are read there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graphql import GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.language import DirectiveNode, FieldNode, VariableNode, Visitor, visit

from execution.columns import Source, source_of
from execution.places import Spot
from execution.shapes import Shape, shape_of, type_of

if TYPE_CHECKING:  # it imports this module
    from execution.breadth_first import BreadthFirst

TYPENAME: Final = "__typename"
# Of one operation: with many conditions there could be a plan for every one of their answers.
MOST_PLANS: Final = 16


@dataclass(slots=True, eq=False)
class FieldPlan:
    """One field of the response in the objects of one type."""

    name: str
    spot: Spot
    parent: GraphQLObjectType
    definition: GraphQLField
    details: FieldDetailsList
    nodes: list[FieldNode]
    shape: Shape
    source: Source | None
    """None for `__typename`."""
    selections: dict[str, "Selection"] = field(default_factory=dict["str", "Selection"])
    """What is read of its values, by the name of their type; filled when a type is first met."""

    types: dict[str, GraphQLObjectType] = field(default_factory=dict[str, GraphQLObjectType])
    """The types that its values have said of themselves, once they were found to be possible."""

    @property
    def title(self) -> str:
        """Return what errors call it."""
        return f"{self.parent}.{self.nodes[0].name.value}"


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What is read of all objects of one type in one place."""

    type: GraphQLObjectType
    fields: Sequence[FieldPlan]
    names: Sequence[str]


def selection(executor: "BreadthFirst", parent: GraphQLObjectType, grouped: GroupedFieldSet) -> Selection:
    """Return the plan of fields that were collected for one type (GraphQL section 6.3.2)."""
    fields = [
        field_plan(parent, name, ordinal, definition, details)
        for ordinal, (name, details) in enumerate(grouped.items())
        if (definition := executor.schema.get_field(parent, details[0].node.name.value))
    ]
    return Selection(parent, fields, [it.name for it in fields])


def field_plan(
    parent: GraphQLObjectType, name: str, ordinal: int, definition: GraphQLField, details: FieldDetailsList
) -> FieldPlan:
    """Return the plan of one field."""
    nodes = [it.node for it in details]
    shape = shape_of(type_of(definition))
    spot = Spot(shape.nullable, ordinal, parent.name)
    source = None if nodes[0].name.value == TYPENAME else source_of(definition)
    return FieldPlan(name, spot, parent, definition, details, nodes, shape, source)


class Conditions(Visitor):
    """Finds the variables that decide which fields an operation has."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        values = [it.value for it in node.arguments or ()]
        self.names |= {it.name.value for it in values if isinstance(it, VariableNode)}


@dataclass(slots=True, eq=False)
class Prepared:
    """The plans of one operation, one for each set of conditions that it was asked with."""

    conditions: Sequence[str]
    plans: dict[tuple[object, ...], Selection] = field(default_factory=dict[tuple[object, ...], Selection])


class Plans:
    """The plans of the operations of one document, for as long as that is kept."""

    def __init__(self) -> None:
        self._prepared: dict[int, Prepared] = {}
        """By the identity of the operation."""

    def root(self, executor: "BreadthFirst", root_type: GraphQLObjectType) -> Selection:
        """Return the plan of an operation's root. Raise GraphQLError."""
        prepared = self._prepared.get(id(executor.operation))
        if prepared is None:
            prepared = self._prepared[id(executor.operation)] = Prepared(conditions(executor))
        values: dict[str, Any] = executor.variable_values.coerced
        key = tuple(values.get(name) for name in prepared.conditions)
        found = prepared.plans.get(key)
        if found is None:
            found = selection(executor, root_type, executor.root_fields(root_type))
            if len(prepared.plans) < MOST_PLANS:
                prepared.plans[key] = found
        return found


def conditions(executor: "BreadthFirst") -> list[str]:
    """Return the names of the variables that directives of an operation and of its fragments look at."""
    finder = Conditions()
    for node in (executor.operation, *executor.fragment_definitions.values()):
        visit(node, finder)
    return sorted(finder.names)
