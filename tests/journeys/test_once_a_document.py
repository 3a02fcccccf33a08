"""What shows a secret is asked for once in a document, so that nobody guesses often at the price of one."""

from typing import Final

import pytest
from graphql import GraphQLInputObjectType, GraphQLSchema

from schema import build
from schema.operation import LIMITS
from tests.api import Api
from tests.journeys.burglars import lift_limits

NAMES: Final = sorted(LIMITS.once)
TOO_OFTEN: Final = "The document has too many fields that sign in or change a second factor: more than 1."
# Of what takes a secret, those that may stand in a document twice: tries of these are counted alone.
COUNTED: Final = {"changePassword", "completePasswordChange"}
SECRETS: Final = {"password", "oldPassword", "code", "recoveryCode", "credential", "challenge"}


@pytest.fixture(autouse=True)
def _nobody_pays(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the price keep nobody out, so that the limit is seen."""
    lift_limits(api, monkeypatch)


def kind_of(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def in_shapes(name: str) -> dict[str, str]:
    """Return documents that hold a field twice."""
    field = f"{name}(input: $input) {{ userErrors {{ code }} }}"
    head = f"mutation ($input: {kind_of(name)}Input!)"
    on = f"fragment F on Mutation {{ a: {field} }}"
    return {
        "aliases": f"{head} {{ a: {field} b: {field} }}",
        "an alias and itself": f"{head} {{ {field} b: {field} }}",
        "a fragment beside it": f"{head} {{ ...F b: {field} }} {on}",
        "inline": f"{head} {{ ... on Mutation {{ a: {field} }} ... {{ b: {field} }} }}",
    }


@pytest.mark.parametrize("name", NAMES)
async def test_a_field_that_shows_a_secret_does_not_stand_in_a_document_twice(api: Api, name: str) -> None:
    for shape, document in in_shapes(name).items():
        answer = await api.ask("bert", document, input={})
        assert [it["message"] for it in answer["errors"]] == [TOO_OFTEN], shape
        assert "data" not in answer


async def test_two_of_them_do_not_stand_in_one_document(api: Api) -> None:
    sign_in = 'signIn(input: {username: "bert", password: "x"}) { step }'
    complete = 'completeTwoFactor(input: {challenge: "x", code: "123456"}) { step }'
    answer = await api.ask("nobody", f"mutation {{ {sign_in} {complete} }}")
    assert [it["message"] for it in answer["errors"]] == [TOO_OFTEN]
    assert (await api.ask("nobody", f"mutation {{ {sign_in} }}"))["data"] == {"signIn": {"step": None}}


def taking_secrets() -> set[str]:
    """Return the mutations that are shown a secret."""
    schema: GraphQLSchema = vars(build())["_schema"]
    inputs = {it for it in schema.type_map.values() if isinstance(it, GraphQLInputObjectType)}
    showing = {it.name for it in inputs if SECRETS & set(it.fields)}
    assert schema.mutation_type
    mutations = schema.mutation_type.fields.items()
    return {
        name for name, it in mutations if any(str(of.type).strip("!") in showing for of in it.args.values())
    }


def test_no_field_that_is_shown_a_secret_is_forgotten() -> None:
    assert taking_secrets() == LIMITS.once | COUNTED
