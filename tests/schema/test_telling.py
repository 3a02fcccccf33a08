"""How errors are told: with a code and in the viewer's language, and ours by nothing but a number."""

import logging
import re
from collections.abc import AsyncGenerator

import pytest

from core.errors import Conflict, Correctable, Invalid, NotFound, TooManyTries, Unauthenticated
from core.viewer import Language
from languages import translate
from schema.operation import UNSTORABLE_TEXT
from schema.telling import extensions_of
from schema.user_errors import ConflictError, InputError, RateLimitedError, told
from schema.words import UserErrorCode
from tests.api import Api
from tests.models.catalogue import asked

NO_PAGE = "{ documents(first: 0) { totalCount } }"
PAGE_SIZES = "A page has 1 to {largest} items."
CODES_LEFT = "{ viewer { twoFactor { recoveryCodesLeft } email } }"
DIGITS = re.compile("[0-9a-f]{32}")


@pytest.mark.parametrize(
    ("who", "language"),
    [("bert", Language.NL), ("dirk", Language.DE), ("anna", Language.EN)],
)
async def test_an_error_is_told_in_the_viewers_language(api: Api, who: str, language: Language) -> None:
    (error,) = (await api.ask(who, NO_PAGE))["errors"]
    assert error["message"] == translate(PAGE_SIZES, language, largest=100)
    assert error["extensions"] == {"code": "INVALID", "argument": ["first"]}
    assert error["path"] == ["documents"]


async def test_the_languages_tell_it_in_different_words() -> None:
    assert len({translate(PAGE_SIZES, it, largest=100) for it in Language}) == len(Language)


async def test_nobody_is_told_in_english(api: Api) -> None:
    (error,) = (await api.ask("nobody", NO_PAGE))["errors"]
    assert (error["message"], error["extensions"]) == (Unauthenticated.message, {"code": "UNAUTHENTICATED"})


async def test_a_refusal_is_no_incident(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "kluis"):
        assert await api.codes("bert", NO_PAGE) == ["INVALID"]
        assert await api.codes("bert", "{ relations { totalCount } }") == ["FORBIDDEN"]
    assert [it for it in caplog.records if it.levelno >= logging.WARNING] == []


@pytest.fixture
async def broken(database_url: str) -> AsyncGenerator[None]:
    """A table that cannot be read: the database's own words are the most telling that there are."""
    await asked(database_url, "REVOKE SELECT ON recovery_code FROM kluis_app")
    yield
    await asked(database_url, "GRANT SELECT ON recovery_code TO kluis_app")


@pytest.mark.usefixtures("broken")
async def test_what_is_ours_to_mend_is_told_as_a_number(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    await api.token("bert")
    answer = await api.http.post("/graphql", json={"query": CODES_LEFT}, headers=await api.headers("bert"))
    (error,) = answer.json()["errors"]
    (number,) = DIGITS.findall(error["message"])
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["message"] == translate(
        "Something went wrong here. Tell us this number: {number}.", Language.NL, number=number
    )
    assert error["path"] == ["viewer", "twoFactor"]
    assert "recovery" not in answer.text.replace("recoveryCodesLeft", "")
    (record,) = [it for it in caplog.records if it.levelno >= logging.ERROR]
    assert record.name == "kluis.errors"
    assert record.getMessage().startswith(f"request {number} failed\n")


@pytest.mark.usefixtures("broken")
async def test_the_log_tells_where_it_came_from_and_quotes_nothing(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    await api.token("bert")
    await api.ask("bert", CODES_LEFT)
    assert "in two_factor" in caplog.text
    assert "InsufficientPrivilegeError" in caplog.text
    assert "recovery_code" not in caplog.text


@pytest.mark.usefixtures("broken")
async def test_two_errors_have_different_numbers(api: Api) -> None:
    await api.token("bert")
    numbers = [str(await api.ask("bert", CODES_LEFT)) for _ in range(2)]
    assert DIGITS.findall(numbers[0]) != DIGITS.findall(numbers[1])


async def test_an_operation_that_cannot_be_read_is_told_as_it_is(api: Api) -> None:
    answer = await api.ask("bert", "{ documents { ")
    (error,) = answer["errors"]
    assert error["message"].startswith("Syntax Error")
    assert error["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    assert "data" not in answer


async def test_an_unknown_field_is_told_as_it_is(api: Api) -> None:
    answer = await api.ask("bert", "{ treasures }")
    (error,) = answer["errors"]
    assert error["message"] == "Cannot query field 'treasures' on type 'Query'."
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in answer


@pytest.mark.parametrize("escaped", ["\\u0000", "a\\u0000b", "\\ud800", "\\udfff"])
async def test_a_variable_that_cannot_be_kept_is_refused(api: Api, escaped: str) -> None:
    query = "query ($search: String) { dossiers(search: $search) { totalCount } }"
    answer = await api.http.post(
        "/graphql",
        content=f'{{"query": "{query}", "variables": {{"search": "{escaped}"}}}}',
        headers={**await api.headers("bert"), "Content-Type": "application/json"},
    )
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INVALID"}
    assert error["message"] == translate(UNSTORABLE_TEXT, Language.NL)
    assert "data" not in answer.json()


@pytest.mark.parametrize(("escape", "codes"), [("\\u0000", ["INVALID"]), ("\\u0041", []), ("", [])])
async def test_a_text_in_the_document_that_cannot_be_kept_is_refused(
    api: Api, escape: str, codes: list[str]
) -> None:
    assert await api.codes("bert", f'{{ dossiers(search: "abc{escape}") {{ totalCount }} }}') == codes


async def test_what_graphql_itself_finds_wrong_with_a_field_is_told_as_it_is(api: Api) -> None:
    query = """query ($id: ID!, $how: Disposition = INLINE) {
      document(id: $id) { id contentUrl(disposition: $how) }
    }"""
    id_ = api.id("Document", api.world.document.id)
    answer = await api.ask("bert", query, id=id_, how=None)
    assert answer["data"] == {"document": {"id": id_, "contentUrl": None}}
    (error,) = answer["errors"]
    assert error["path"] == ["document", "contentUrl"]
    assert "'disposition'" in error["message"]


def test_an_error_without_a_place_tells_none() -> None:
    assert extensions_of(NotFound()) == {"code": "NOT_FOUND"}
    assert extensions_of(NotFound(path=("input", "id"))) == {"code": "NOT_FOUND", "argument": ["input", "id"]}


@pytest.mark.parametrize(
    ("error", "kind", "more"),
    [
        (Invalid(path=("input",)), InputError, {"path": ["input"]}),
        (NotFound(), InputError, {"path": None}),
        (Conflict(current_revision=3), ConflictError, {"current_revision": 3}),
        (TooManyTries(retry_after=9), RateLimitedError, {"retry_after_seconds": 9}),
    ],
)
def test_what_can_be_put_right_is_told_in_the_payload(
    error: Correctable, kind: type[object], more: dict[str, object]
) -> None:
    said = told(error, Language.FR)
    assert type(said) is kind
    assert said.code is UserErrorCode(error.code)
    assert said.message == translate(error.message, Language.FR)
    assert said.message != error.message
    assert {name: getattr(said, name) for name in more} == more
