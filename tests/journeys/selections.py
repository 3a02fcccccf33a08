"""Selections made of the schema: all that can be asked without an argument, down to some levels."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLUnionType,
    is_composite_type,
    is_required_argument,
)

from tests.journeys.id_places import arguments_of, fields_of, the_schema, type_in

# An address of content is sealed anew each time that it is asked for.
NEVER_THE_SAME: Final = frozenset({"URL"})
FEW: Final = "(first: 2)"


def asks(type_name: str, field: str, levels: int) -> str:
    """Return a field with all its arguments as variables of their names, and all that it answers."""
    found = fields_of(the_schema().type_map[type_name])[field]
    given = ", ".join(f"{name}: ${name}" for name in arguments_of(type_name, field))
    return f"{field}{f'({given})' if given else ''} {below(found, levels)}"


def below(field: GraphQLField, levels: int) -> str:
    """Return a selection of all that a field answers, nothing for a single value."""
    told = type_in(field)
    return everything(told.name, levels) if is_composite_type(told) else ""


@cache
def everything(type_name: str, levels: int) -> str:
    """Return a selection of all that a type tells, and of all that stands so many levels below it."""
    type_ = the_schema().type_map[type_name]
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        kinds = the_schema().get_possible_types(type_)
        told = [f"... on {it.name} {{ {' '.join(told_by(it, levels, kinds))} }}" for it in kinds]
    else:
        told = [*told_by(type_, levels, [type_])]
    return f"{{ __typename {' '.join(told)} }}"


def told_by(type_: GraphQLNamedType, levels: int, beside: Sequence[GraphQLNamedType]) -> Iterator[str]:
    """Yield what is asked of an object that stands where others could."""
    for name, field in fields_of(type_).items():
        left = levels_below(type_.name, name, levels)
        if can_be_asked(field, left):
            # Two kinds of object may call different things by one name.
            types = {written(fields_of(it)[name]) for it in beside if name in fields_of(it)}
            alias = f"{type_.name}_{name}: " if len(types) > 1 else ""
            yield f"{alias}{name}{FEW if 'first' in field.args else ''} {below(field, left)}"


def written(field: Any) -> str:
    """Return the type of a field as the schema writes it."""
    return str(field.type)


def can_be_asked(field: GraphQLField, left: int) -> bool:
    """Return whether a field is asked for, where so many levels may stand below it."""
    told = type_in(field)
    needs = any(map(is_required_argument, field.args.values()))
    return not needs and told.name not in NEVER_THE_SAME and (left >= 0 or not is_composite_type(told))


def levels_below(type_name: str, field: str, levels: int) -> int:
    """Return how many levels may stand below a field; a page of a list is no level of its own."""
    if not type_name.endswith("Connection"):
        return levels - 1
    # What the edges lead to is told by the nodes.
    return 0 if field == "edges" else levels
