"""The life of an operation: who asks, which document, which operation in it, and with which variables."""

from typing import Any, Final

import pytest
from graphql import get_introspection_query

from core.errors import Invalid
from core.tokens import Token
from core.viewer import Language
from languages import translate
from schema.operation import UNSTORABLE_TEXT
from tests.journeys.rows import block
from tests.schema.asking import Desk, codes_in, words_in

WHO: Final = "{ viewer { email } }"
DESCRIBING: Final = get_introspection_query()
SEARCH: Final = "query ($search: String) { dossiers(search: $search) { totalCount } }"
ORDER: Final = "query ($by: DocumentOrder) { documents(orderBy: $by) { totalCount } }"
SIGN_OUT: Final = "mutation { signOut { userErrors { code } } }"
STAFF: Final = ["anna", "arthur"]
OTHERS: Final = ["bert", "nobody"]


@pytest.mark.parametrize(
    ("who", "email"), [("anna", "anna@de-linde.example"), ("bert", "bert@callewaert.example")]
)
async def test_whoever_holds_a_session_is_the_viewer(desk: Desk, who: str, email: str) -> None:
    assert await desk.gets(who, WHO) == {"viewer": {"email": email}}


async def test_without_a_session_nobody_is(desk: Desk) -> None:
    assert await desk.gets("nobody", WHO) == {"viewer": None}
    desk.api.tokens["bert"] = Token.new(desk.api.world.firm.licence_id)
    assert await desk.gets("bert", WHO) == {"viewer": None}


async def test_who_asks_is_found_out_anew_each_time(desk: Desk) -> None:
    assert await desk.gets("bert", WHO) != {"viewer": None}
    await block(desk.api, "bert")
    assert await desk.gets("bert", WHO) == {"viewer": None}


async def test_an_answer_that_was_executed_has_no_refusal(desk: Desk) -> None:
    answer = await desk.ask("nobody", "{ documents { totalCount } }")
    assert (answer.data, answer.refusal, codes_in(answer)) == ({"documents": None}, None, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ viewer { ", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ treasures }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { viewer }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ {'viewer { email } ' * 21} }}", "DOCUMENT_TOO_LARGE"),
        (f"mutation {{ {'signOut { userErrors { code } } ' * 6} }}", "DOCUMENT_TOO_LARGE"),
        (
            "mutation ($it: SignInInput!) { a: signIn(input: $it) { step } b: signIn(input: $it) { step } }",
            "DOCUMENT_TOO_LARGE",
        ),
    ],
)
@pytest.mark.parametrize("who", ["anna", "nobody"])
async def test_a_document_that_is_not_admitted_is_refused_with_a_code(
    desk: Desk, who: str, text: str, code: str
) -> None:
    answer = await desk.ask(who, text)
    assert (answer.data, answer.refusal) == (None, code)
    assert set(codes_in(answer)) == {code}


@pytest.mark.parametrize("who", STAFF)
async def test_staff_may_read_the_schema(desk: Desk, who: str) -> None:
    data = await desk.gets(who, DESCRIBING)
    assert "Document" in {it["name"] for it in data["__schema"]["types"]}


@pytest.mark.parametrize("who", OTHERS)
async def test_nobody_else_may_also_after_staff_have_read_it(desk: Desk, who: str) -> None:
    assert await desk.code(who, DESCRIBING) == "GRAPHQL_VALIDATION_FAILED"
    await desk.gets("anna", DESCRIBING)
    assert await desk.code(who, DESCRIBING) == "GRAPHQL_VALIDATION_FAILED"


async def test_a_trusted_document_may_read_the_schema(desk: Desk) -> None:
    data = await desk.gets("bert", '{ __type(name: "Document") { name } }', is_trusted=True)
    assert data == {"__type": {"name": "Document"}}


@pytest.mark.parametrize(
    ("text", "variables"),
    [("{ viewer { emial } }", {}), (ORDER, {"by": {"field": "UPDATED"}}), (ORDER, {"by": {"feild": "X"}})],
    ids=["field", "value", "input field"],
)
async def test_only_staff_are_told_what_the_schema_has_instead(
    desk: Desk, text: str, variables: dict[str, Any]
) -> None:
    assert "Did you mean" in words_in(await desk.ask("anna", text, variables=variables))
    for who in OTHERS:
        assert "Did you mean" not in words_in(await desk.ask(who, text, variables=variables))


@pytest.mark.parametrize(
    "variables", [{"by": 1}, {"by": {"field": None}}, {"by": {"field": "BY_WEATHER"}}, {"by": {"more": 1}}]
)
async def test_variables_of_another_type_are_refused(desk: Desk, variables: dict[str, Any]) -> None:
    answer = await desk.ask("anna", ORDER, variables=variables)
    assert (answer.data, answer.refusal) == (None, "BAD_USER_INPUT")
    assert codes_in(answer) == ["BAD_USER_INPUT"]


async def test_a_variable_that_is_needed_is_asked_for(desk: Desk) -> None:
    text = "query ($id: ID!) { document(id: $id) { id } }"
    assert await desk.code("anna", text) == "BAD_USER_INPUT"
    assert await desk.code("anna", text, variables={"id": None}) == "BAD_USER_INPUT"


async def test_ten_errors_in_variables_are_told_and_no_more(desk: Desk) -> None:
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await desk.ask("anna", text, variables={"ids": [None] * 50})
    assert len(answer.errors) == 10
    assert set(codes_in(answer)) == {"BAD_USER_INPUT"}


TWO: Final = "query A { viewer { email } } query B { __typename }"


@pytest.mark.parametrize("name", [None, "C", ""])
async def test_of_several_operations_one_is_to_be_named(desk: Desk, name: str | None) -> None:
    answer = await desk.ask("anna", TWO, operation_name=name)
    assert (answer.data, answer.refusal) == (None, "OPERATION_RESOLUTION_FAILURE")
    assert codes_in(answer) == ["OPERATION_RESOLUTION_FAILURE"]


async def test_the_operation_that_is_named_is_carried_out(desk: Desk) -> None:
    assert await desk.gets("nobody", TWO, operation_name="A") == {"viewer": None}
    assert await desk.gets("nobody", TWO, operation_name="B") == {"__typename": "Query"}


async def test_a_change_comes_only_in_a_way_in_which_it_may(desk: Desk) -> None:
    answer = await desk.ask("bert", SIGN_OUT, may_change=False)
    assert (answer.data, answer.refusal) == (None, "METHOD_NOT_ALLOWED")
    assert codes_in(answer) == ["METHOD_NOT_ALLOWED"]
    assert await desk.gets("bert", WHO, may_change=False) != {"viewer": None}
    assert await desk.gets("bert", SIGN_OUT) == {"signOut": {"userErrors": []}}


@pytest.mark.parametrize("text", ["\0", "a\0", "\ud800", "a\udfff"])
@pytest.mark.parametrize("is_trusted", [False, True])
async def test_a_variable_that_no_database_can_keep_is_refused(
    desk: Desk, text: str, *, is_trusted: bool
) -> None:
    answer = await desk.ask("bert", SEARCH, variables={"search": text}, is_trusted=is_trusted)
    assert (answer.data, answer.refusal, codes_in(answer)) == (None, Invalid.code, [Invalid.code])
    assert words_in(answer) == translate(UNSTORABLE_TEXT, Language.NL)


@pytest.mark.parametrize(
    ("written", "code"),
    [('"a\\u0000"', "INVALID"), ('"\\u{0}"', "INVALID"), ('"aa\\u0041"', None), ('"""\\u0000"""', None)],
)
async def test_a_text_in_the_document_that_no_database_can_keep_is_refused(
    desk: Desk, written: str, code: str | None
) -> None:
    text = f"{{ dossiers(search: {written}) {{ totalCount }} }}"
    # The second time the document is known.
    assert [await desk.code("bert", text) for _ in range(2)] == [code, code]


async def test_nothing_is_changed_by_what_is_refused(desk: Desk) -> None:
    text = """mutation ($input: SignInInput!) {
      signOut { userErrors { code } } signIn(input: $input) { step }
    }"""
    said = {"username": "bert@callewaert.example", "password": "\0", "licence": "de-linde"}
    assert await desk.code("bert", text, variables={"input": said}) == "INVALID"
    assert await desk.gets("bert", WHO) != {"viewer": None}
