"""What is for people alone: no program, whatever its scopes, has a session, a password or a profile."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from graphql import GraphQLField, GraphQLInputObjectType, is_required_argument, is_required_input_field

import schema
from core.viewer import ApiScope
from permissions.fields import IsPerson
from tests.schema.asking import Desk, codes_in
from tests.schema.programs import give_key, install
from tests.schema.words import definitions, fields_of, guards_of, name_of

SCHEMA: Final = vars(schema.build())["_schema"]
FIELDS: Final[Mapping[str, GraphQLField]] = SCHEMA.mutation_type.fields
ANYTHING: Final = {"String": '"anything"', "ID": '"anything"'}


def for_people() -> Iterator[str]:
    for definition in definitions():
        for name, field in fields_of(definition).items():
            if IsPerson in guards_of(field):
                assert name_of(definition) == "Mutation"
                yield name


FOR_PEOPLE: Final = sorted(for_people())


def written(of: Any) -> str:
    """Return a value of an argument's type, with no more in it than it needs."""
    kind = SCHEMA.type_map[str(of.type).strip("[]!")]
    if not isinstance(kind, GraphQLInputObjectType):
        return ANYTHING[kind.name]
    needed = {name: it for name, it in kind.fields.items() if is_required_input_field(it)}
    return f"{{{', '.join(f'{name}: {written(it)}' for name, it in needed.items())}}}"


def mutation(name: str) -> str:
    """Return an operation that asks for one mutation, with no more than it needs."""
    given = [f"{it}: {written(arg)}" for it, arg in FIELDS[name].args.items() if is_required_argument(arg)]
    arguments = f"({', '.join(given)})" if given else ""
    return f"mutation {{ {name}{arguments} {{ userErrors {{ code }} }} }}"


def test_what_belongs_to_sessions_profiles_and_second_factors_is_for_people() -> None:
    assert {"signOut", "revokeSession", "updateProfile", "changePassword", "disableTwoFactor"} <= {
        *FOR_PEOPLE
    }


@pytest.mark.parametrize("name", FOR_PEOPLE)
async def test_what_is_for_people_is_refused_to_every_program(desk: Desk, name: str) -> None:
    await install(desk.api)
    await give_key(desk.api, *ApiScope)
    answer = await desk.ask("robot", mutation(name))
    assert codes_in(answer) == ["FORBIDDEN"]
    assert answer.data == {name: None}


@pytest.mark.parametrize("name", FOR_PEOPLE)
async def test_it_is_asked_of_a_person_with_the_same_words(desk: Desk, name: str) -> None:
    answer = await desk.ask("bert", mutation(name))
    assert codes_in(answer) == []
    assert answer.data
    assert answer.data[name]
