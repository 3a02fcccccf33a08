"""What a schema says of itself (GraphQL section 4), and what it is asked for that it does not have."""

import pytest
from graphql import get_introspection_query, parse

from execution import BreadthFirst
from tests.execution.cases import STOCK, Case, ask, check
from tests.execution.fates import Visit
from tests.execution.library import SCHEMA, Desk
from tests.execution.oracle import Stock, core, executed, told, written

EVERYTHING = get_introspection_query(
    descriptions=True,
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
)
PARTS = {
    "one type": Case(
        '{ __type(name: "Mouse") '
        "{ kind name fields { name type { kind ofType { name } } } interfaces { name } } }",
        {
            "__type": {
                "kind": "OBJECT",
                "name": "Mouse",
                "fields": [
                    {"name": "number", "type": {"kind": "NON_NULL", "ofType": {"name": "Int"}}},
                    {"name": "squeak", "type": {"kind": "NON_NULL", "ofType": {"name": "String"}}},
                ],
                "interfaces": [{"name": "Shy"}],
            }
        },
    ),
    "no type": Case('{ __type(name: "Ghost") { name } }', {"__type": None}),
    "a type of a name in a variable": Case(
        "query ($name: String!) { it: __type(name: $name) { __typename name enumValues { name } } }",
        {
            "it": {
                "__typename": "__Type",
                "name": "Kind",
                "enumValues": [{"name": "PLANT"}, {"name": "ANIMAL"}],
            }
        },
        values={"name": "Kind"},
    ),
    "beside what is asked of the schema": Case(
        "{ word __schema { queryType { name } mutationType { name } subscriptionType { name } } spoken }",
        {
            "word": "word 1",
            "__schema": {
                "queryType": {"name": "Query"},
                "mutationType": {"name": "Mutation"},
                "subscriptionType": {"name": "Subscription"},
            },
            "spoken": "word 1",
        },
    ),
}


@pytest.mark.parametrize("says", PARTS)
async def test_a_schema_answers_questions_about_itself(says: str) -> None:
    await check(PARTS[says])


async def test_a_schema_says_all_of_itself() -> None:
    ours = await ask(EVERYTHING)
    theirs = told(await STOCK.execute(EVERYTHING, context_value=Visit()))
    assert written(ours) == written(theirs)
    assert {it["name"] for it in ours["data"]["__schema"]["types"]} > {"Specimen", "Found", "Filing", "Grams"}


@pytest.mark.parametrize(
    ("operation", "data", "errors"),
    [
        (
            "subscription { anything }",
            None,
            ["Schema is not configured to execute subscription operation."],
        ),
        ("{ nothing books(count: 1) { nothing title } }", {"books": [{"title": "Untitled"}]}, []),
    ],
)
async def test_what_nobody_validated_is_answered_as_far_as_it_can_be(
    operation: str, data: object, errors: list[str]
) -> None:
    for executor in (BreadthFirst, Stock):
        said = await executed(executor, core(SCHEMA), parse(operation), {}, Desk())
        assert (said["data"], [it["message"] for it in said["errors"]]) == (data, errors)
