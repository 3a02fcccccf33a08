"""How large a document may be, found out in linear time: each fragment is measured once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from graphql import GraphQLError, OperationType
from graphql.language import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

# What describes the schema is deep by nature, and graphql-core bounds that; all else of it is counted.
INTROSPECTION: Final = ("__schema", "__type")
OF_INTROSPECTION: Final = "__"
# What doubles with every fragment is counted no further.
ENDLESS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may hold that nobody has vouched for; counted with all fragments spread out."""

    characters: int = 16_384
    tokens: int = 2_000
    comments: int = 100
    depth: int = 12
    fields: int = 500
    aliases: int = 30
    directives: int = 30
    directives_at_one_place: int = 5
    query_roots: int = 20
    mutation_roots: int = 5
    once: frozenset[str] = frozenset()
    """Root fields of which a document may ask one."""


class BeyondLimit(GraphQLError):
    """The document goes beyond a limit."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a part of a document is, with its fragments spread out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    once: int = 0
    """How many fields at its top are of those that a document may ask once."""

    def beside(self, other: "Size") -> "Size":
        """Return the size of two parts that stand side by side."""
        return Size(
            max(self.depth, other.depth),
            min(self.fields + other.fields, ENDLESS),
            min(self.aliases + other.aliases, ENDLESS),
            min(self.directives + other.directives, ENDLESS),
            min(self.roots + other.roots, ENDLESS),
            min(self.once + other.once, ENDLESS),
        )


class Ruler:
    """Measures one document."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.document = document
        fragments = (it for it in document.definitions if isinstance(it, FragmentDefinitionNode))
        self.fragments = {it.name.value: it for it in fragments}
        # None while a fragment is being measured.
        self.measured: dict[str, Size | None] = {}

    def check(self) -> None:
        """Raise BeyondLimit for a limit that the document goes beyond."""
        try:
            for name in self.fragments:
                # One that nobody spreads is validated all the same.
                self.compare(self.of_fragment(name))
            for definition in self.document.definitions:
                if isinstance(definition, OperationDefinitionNode):
                    self.compare(self.of_operation(definition))
        except RecursionError:
            raise BeyondLimit("The document is nested too deeply.") from None

    def compare(self, size: Size) -> None:
        """Raise BeyondLimit if a part is larger than a document may be."""
        within("levels", size.depth, self.limits.depth)
        within("fields", size.fields, self.limits.fields)
        within("aliases", size.aliases, self.limits.aliases)
        within("directives", size.directives, self.limits.directives)

    def of_operation(self, operation: OperationDefinitionNode) -> Size:
        """Return the size of an operation. Raise BeyondLimit for too many root fields."""
        size = self.of_selections(operation.selection_set)
        is_mutation = operation.operation is OperationType.MUTATION
        within(
            "root fields", size.roots, self.limits.mutation_roots if is_mutation else self.limits.query_roots
        )
        within("fields that sign in or change a second factor", size.once, 1)
        places = [operation, *(operation.variable_definitions or ())]
        return size.beside(Size(directives=sum(self.directives(it.directives) for it in places)))

    def of_fragment(self, name: str) -> Size:
        """Return the size of a fragment: nothing for one that is not there, which is told elsewhere."""
        if name not in self.measured and name in self.fragments:
            self.measured[name] = None
            fragment = self.fragments[name]
            size = self.of_selections(fragment.selection_set)
            if fragment.type_condition.name.value.startswith(OF_INTROSPECTION):
                size = replace(size, depth=0)
            self.measured[name] = size.beside(Size(directives=self.directives(fragment.directives)))
        found = self.measured.get(name, Size())
        if found is None:
            raise BeyondLimit(f"The fragment {name} spreads itself.")
        return found

    def of_selections(self, selections: SelectionSetNode | None) -> Size:
        """Return the size of what stands between braces."""
        size = Size()
        for node in selections.selections if selections else ():
            size = size.beside(self.of_selection(node))
        return size

    def of_selection(self, node: SelectionNode) -> Size:
        """Return the size of a field or a fragment."""
        own = self.directives(node.directives)
        if isinstance(node, FieldNode):
            return self.of_field(node, own)
        if isinstance(node, FragmentSpreadNode):
            return self.of_fragment(node.name.value).beside(Size(directives=own))
        assert isinstance(node, InlineFragmentNode)
        return self.of_selections(node.selection_set).beside(Size(directives=own))

    def of_field(self, node: FieldNode, directives: int) -> Size:
        """Return the size of a field with all that is asked of it."""
        name = node.name.value
        below = self.of_selections(node.selection_set)
        return Size(
            1 if name in INTROSPECTION else below.depth + 1,
            below.fields + 1,
            below.aliases + bool(node.alias),
            below.directives + directives,
            roots=1,
            once=int(name in self.limits.once),
        )

    def directives(self, nodes: Sequence[DirectiveNode] | None) -> int:
        """Return how many directives stand at one place. Raise BeyondLimit for too many."""
        count = len(nodes or ())
        within("directives at one place", count, self.limits.directives_at_one_place)
        return count


def within(what: str, count: int, most: int) -> None:
    """Raise BeyondLimit if there is more of something than there may be."""
    if count > most:
        raise BeyondLimit(f"The document has too many {what}: more than {most}.")
