"""What was given of an input, with its ids read: what is left out stays as it is, null empties."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, TypeAlias

import strawberry

from resolvers.reading import Reading
from schema import ids

Keys: TypeAlias = Mapping[str, tuple[str, ...]]
"""Of each field, whose id it takes, and how its place in the input is spelled."""


def left_out(description: str) -> Any:
    """Return an optional field of an input, whose value says whether it was given."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def given(input: object, names: Iterable[str]) -> dict[str, Any]:
    """Return by name the fields of an input that were given."""
    values = {name: getattr(input, name) for name in names}
    return {name: plain(it) for name, it in values.items() if it is not strawberry.UNSET}


def plain(value: Any) -> Any:
    """Return a value as the resolvers take it: a word of a list is its text."""
    return value.value if isinstance(value, Enum) else value


def keys_given(request: Reading, input: object, types: Keys) -> dict[str, Any]:
    """Return by name the keys of the ids that were given, None for null. Raise Invalid."""
    return {
        name: None if it is None else ids.read(request, types[name][0], it, "input", *types[name][1:])
        for name, it in given(input, types).items()
    }


def key_lists_given(request: Reading, input: object, types: Keys) -> dict[str, Any]:
    """Return by name the keys of the lists of ids that were given, None for null. Raise Invalid."""
    return {
        name: None if it is None else ids.read_all(request, types[name][0], it, "input", *types[name][1:])
        for name, it in given(input, types).items()
    }
