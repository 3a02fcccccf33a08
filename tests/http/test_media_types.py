"""The media type of an answer, its status, and what every answer is told with (GraphQL over HTTP)."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from resolvers.database import Database
from schema.operation import Answer
from server.answers import STATUSES, respond
from server.graphql_view import REQUEST_ID
from tests.api import Api
from tests.http.asking import (
    GRAPHQL,
    IN_JSON,
    IN_PARTS,
    JSON,
    WHAT_TYPE,
    WHO,
    ask,
    behind,
    codes,
    send,
    upload,
)

NOWHERE = "postgresql+asyncpg://kluis@/kluis?host=/nowhere/at/all"
IN_GRAPHQL = {"accept": GRAPHQL}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("Application/JSON", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL};q=0.9, {JSON};q=0.5", GRAPHQL),
        (f"{GRAPHQL};q=0.9, */*;q=0.8", GRAPHQL),
        (f"{GRAPHQL};q=0.1, */*", JSON),
        (f"text/html, {JSON}; q=0.001", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{JSON};q=0, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0, {JSON};q=1.0", JSON),
        (f"{JSON};quality=0", JSON),
        (f"{JSON};q=5, {GRAPHQL};q=0.1", GRAPHQL),
    ],
)
async def test_an_answer_comes_in_what_the_client_would_rather_have(
    api: Api, accept: str | None, media: str
) -> None:
    answer = await ask(api, WHAT_TYPE, **({} if accept is None else {"accept": accept}))
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/event-stream",
        "multipart/mixed",
        f"{JSON};q=0",
        f"{JSON};q=0, {GRAPHQL};q=0, */*;q=0",
        "*/*;q=0",
        f"{JSON};q=loud",
        f"{JSON};q=nan",
        f"{JSON};q=-1",
        "no media range",
    ],
)
async def test_a_client_that_takes_neither_is_told_what_there_is(api: Api, accept: str) -> None:
    answer = await ask(api, WHAT_TYPE, accept=accept)
    assert answer.status_code == 406
    assert answer.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert answer.json() == {"errors": [{"message": f"The answer is {GRAPHQL} or {JSON}."}]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
        ({"query": "query A { __typename }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        (
            {"query": "{ viewer { " + " ".join(f"a{i}: email" for i in range(31)) + " } }"},
            "DOCUMENT_TOO_LARGE",
        ),
        ({"query": "{ __typename }" + " " * 16_000}, "TOO_EXPENSIVE"),
        ({"query": '{ node(id: "\\u0000") { id } }'}, "INVALID"),
        ({"documentId": "a"}, "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
async def test_a_request_that_is_at_fault_is_400_for_who_reads_it(
    api: Api, body: dict[str, Any], code: str
) -> None:
    for media, status in ((GRAPHQL, 400), (JSON, 200)):
        answer = await send(api, headers=IN_JSON | {"Accept": media}, content=json.dumps(body))
        assert (answer.status_code, codes(answer)) == (status, [code])
        assert "data" not in answer.json()


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_an_operation_that_was_executed_is_200_whatever_came_of_it(api: Api, media: str) -> None:
    nothing = await ask(api, "{ documents { totalCount } }", accept=media)
    assert (nothing.status_code, nothing.json()["data"]) == (200, {"documents": None})
    assert codes(nothing) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_what_has_a_status_of_its_own_has_it_in_both_media_types(code: str, status: int, media: str) -> None:
    assert respond(Answer(refusal=code), media).status_code == status


@pytest.fixture
async def broken(api: Api) -> AsyncGenerator[Api]:
    """The API of a server with a defect."""
    async with behind(api, replace(api.ports, points=cast("Any", None))) as other:
        yield other


@pytest.fixture
async def without_database(api: Api) -> AsyncGenerator[Api]:
    """The API of a server that has lost its database."""
    database = Database(NOWHERE)
    async with behind(api, replace(api.ports, database=database)) as other:
        yield other
    await database.close()


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_a_database_that_is_away_is_503_and_no_defect(
    without_database: Api, media: str, caplog: pytest.LogCaptureFixture
) -> None:
    await without_database.token("bert")
    answer = await ask(without_database, WHO, "bert", accept=media)
    assert (answer.status_code, codes(answer)) == (503, ["DATABASE_AWAY"])
    assert answer.headers["retry-after"] == "1"
    assert not [it for it in caplog.records if it.levelname in {"WARNING", "ERROR"}]


async def test_a_file_is_not_read_while_the_database_is_away(api: Api, without_database: Api) -> None:
    found = await api.gets("bert", "{ documents(first: 1) { nodes { contentUrl } } }")
    url = found["documents"]["nodes"][0]["contentUrl"].removeprefix(api.ports.public_url)
    answer = await without_database.http.get(url)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["error"]["code"] == "DATABASE_AWAY"


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_what_is_ours_to_mend_is_500_and_told_by_the_number_of_the_request(
    broken: Api, media: str, caplog: pytest.LogCaptureFixture
) -> None:
    await broken.token("bert")
    answer = await ask(broken, WHO, "bert", accept=media)
    assert (answer.status_code, codes(answer)) == (500, ["INTERNAL"])
    number = answer.headers[REQUEST_ID]
    assert number in answer.json()["errors"][0]["message"]
    assert number in caplog.text


async def answers_of_all_kinds(api: Api) -> AsyncGenerator[tuple[int, httpx.Response]]:
    """Yield one answer for each way through the view."""
    yield 200, await ask(api, WHAT_TYPE)
    yield 400, await ask(api, "{", **IN_GRAPHQL)
    yield 400, await send(api, headers=IN_JSON, content="nothing")
    yield 403, await send(api, headers=IN_PARTS, content=upload())
    yield 405, await send(api, "PUT", headers=IN_JSON)
    yield 406, await ask(api, WHAT_TYPE, accept="text/html")
    yield 413, await send(api, headers=IN_JSON, content=b"x" * 300_000)
    yield 415, await send(api, headers={"Content-Type": "text/plain"}, content="nothing")


async def test_every_answer_has_a_number_of_its_own_and_is_kept_by_nobody(api: Api) -> None:
    numbers: set[str] = set()
    async for status, answer in answers_of_all_kinds(api):
        assert answer.status_code == status
        assert answer.headers["content-type"].endswith("json; charset=utf-8")
        assert answer.headers["cache-control"] == "no-store"
        numbers.add(answer.headers[REQUEST_ID])
    assert len(numbers) == 8
