"""Every path through the schema from its root down to a depth, written as operations."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, Final, cast

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
)

DEPTH: Final = 4
"""How many fields of objects follow one upon the other; the leaves at their end come after these."""


class Paths:
    """All of them; a field that needs an id is asked with each of `ids`."""

    def __init__(self, schema: GraphQLSchema, ids: Sequence[str]) -> None:
        assert schema.query_type
        self.schema = schema
        self.ids = ids
        self.roots = schema.query_type.fields
        self.reached = Counter(it.name for it in self.ends(self.roots.values(), DEPTH))
        """The types that paths lead to, each with how many do."""
        # A spread is short, while what it stands for grows with every level.
        self.fragments = [self.fragment(name, left) for name in self.reached for left in range(DEPTH)]

    def operation(self, root: str) -> str:
        """Return what walks every path that begins with one field of the root, an alias for each call."""
        below = self.below(self.roots[root], DEPTH - 1)
        calls = [f"of{at}: {root}{call} {below}" for at, call in enumerate(self.calls(self.roots[root]))]
        return "\n".join(["{", *calls, "}", *self.fragments])

    def ends(self, fields: Iterable[GraphQLField], left: int) -> Iterator[GraphQLObjectType]:
        """Yield the type at the end of every path of at most `left` fields that begins with one of these."""
        for field in fields:
            for kind in self.kinds(field):
                ways = [kind, *self.ends(self.objects(kind).values(), left - 1)] if left > 1 else [kind]
                yield from ways * len(self.calls(field))

    def calls(self, field: GraphQLField) -> list[str]:
        """Return the ways to give a field the arguments that it needs; one where it needs none."""
        needed = {name: it for name, it in field.args.items() if is_required_argument(it)}
        given = product(*(self.values(name, it) for name, it in needed.items()))
        return [f"({', '.join(one)})" if one else "" for one in given]

    def values(self, name: str, argument: GraphQLArgument) -> list[str]:
        """Return what an argument can be given: all ids where it takes a list, else each of them."""
        assert self.named(argument).name == "ID", f"what is {name} given?"
        choices = [self.ids] if written(argument).startswith("[") else self.ids
        return [f"{name}: {json.dumps(it)}" for it in choices]

    def fragment(self, name: str, left: int) -> str:
        """Return all leaves of an object, and `left` levels of what is below it.

        Aliases keep the fields of the types that stand in one place apart.
        """
        kind = cast("GraphQLObjectType", self.schema.type_map[name])
        objects = self.objects(kind)
        leaves = [it for it, field in kind.fields.items() if it not in objects and self.calls(field) == [""]]
        wanted = [f"{name}_{it}: {it}" for it in leaves]
        wanted += [
            f"{name}_{it}_{at}: {it}{call} {self.below(field, left - 1)}"
            for it, field in objects.items()
            if left
            for at, call in enumerate(self.calls(field))
        ]
        return f"fragment {name}{left} on {name} {{ __typename {' '.join(wanted)} }}"

    def below(self, field: GraphQLField, left: int) -> str:
        """Return what is selected of a field's objects, of whichever type they are; of a leaf nothing."""
        if not self.kinds(field):
            return ""
        return f"{{ __typename {' '.join(f'...{it.name}{left}' for it in self.kinds(field))} }}"

    def objects(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        """Return the fields of an object that hold objects, by name."""
        return {name: it for name, it in kind.fields.items() if is_composite_type(self.named(it))}

    def kinds(self, field: GraphQLField) -> Sequence[GraphQLObjectType]:
        """Return the object types that a field can hold; none for a leaf."""
        kind = self.named(field)
        if not is_composite_type(kind):
            return ()
        return (
            self.schema.get_possible_types(kind)
            if is_abstract_type(kind)
            else [cast("GraphQLObjectType", kind)]
        )

    def named(self, of: GraphQLField | GraphQLArgument) -> GraphQLNamedType:
        """Return the type of a field or an argument, without what says that it is a list or never null."""
        return self.schema.type_map[written(of).strip("[]!")]


def written(of: Any) -> str:
    """Return the type of a field or an argument as the schema writes it, such as `[ID!]!`."""
    return str(of.type)
