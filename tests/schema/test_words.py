"""The words: every one is described, and the exported file says what the server serves."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

import schema
from core.rights import Right
from core.viewer import Language, Role
from resolvers.document_lists import OrderField
from schema.words import RIGHTS, named

EXPORTED = Path(__file__).parents[2] / "schema.graphql"


def undescribed(served: GraphQLSchema) -> Iterator[str]:
    """Yield every word of a schema that nobody explains, but for GraphQL's own."""
    for name, kind in served.type_map.items():
        if not name.startswith("__"):
            yield from (place for place, it in words_of(name, kind) if not it.description)


def words_of(name: str, kind: GraphQLNamedType) -> Iterator[tuple[str, Any]]:
    """Yield a type and all that is in it, each with the place where it stands."""
    yield name, kind
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{name}.{value}", it) for value, it in kind.values.items())
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for field, it in kind.fields.items():
            yield f"{name}.{field}", it
            # The one argument of a mutation is explained by its type.
            arguments: dict[str, Any] = {} if isinstance(it, GraphQLInputField) else it.args
            yield from ((f"{name}.{field}({at})", one) for at, one in arguments.items() if at != "input")


def test_every_word_is_described() -> None:
    assert list(undescribed(build_schema(schema.sdl()))) == []


def test_a_word_without_a_description_would_be_found() -> None:
    bare = build_schema(
        "type Query { asked(how: How, much: Int): Kind } input How { much: Int } enum Kind { ONE } "
        "interface Thing { id: ID }"
    )
    assert sorted(it for it in undescribed(bare) if it not in ("Int", "ID", "Boolean", "String")) == [
        "How",
        "How.much",
        "Kind",
        "Kind.ONE",
        "Query",
        "Query.asked",
        "Query.asked(how)",
        "Query.asked(much)",
        "Thing",
        "Thing.id",
    ]


def test_every_mutation_takes_at_most_one_input() -> None:
    mutation = build_schema(schema.sdl()).mutation_type
    assert mutation
    assert {tuple(it.args) for it in mutation.fields.values()} == {(), ("input",)}


def test_the_exported_file_is_the_schema_that_is_served() -> None:
    assert EXPORTED.read_text() == schema.sdl()


class Weather(Enum):
    SUN = "SUN"
    RAIN = "RAIN"


def test_a_value_without_a_description_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="RAIN"):
        named(Weather, "Weather", "How it is outside.", SUN="Go out.")


def test_the_enums_of_the_floors_below_keep_their_values() -> None:
    served = build_schema(schema.sdl())
    for name, kind in {
        "Right": Right,
        "Role": Role,
        "Language": Language,
        "DocumentOrderField": OrderField,
    }.items():
        word = served.type_map[name]
        assert isinstance(word, GraphQLEnumType)
        assert list(word.values) == [it.name for it in kind]


@pytest.mark.parametrize("mask", range(16))
def test_every_bit_mask_has_its_rights(mask: int) -> None:
    assert sum(RIGHTS[mask]) == mask
    assert RIGHTS[mask] == sorted(RIGHTS[mask])
