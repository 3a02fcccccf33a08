"""GraphQL over SSE: an answer that goes on, and what is refused before it begins."""

import asyncio
import json
from typing import Any, Final

import httpx
import pytest
from starlette.applications import Starlette

from schema import subscribing
from server.app import create_app
from server.context import COOKIE, PREFLIGHT_HEADER
from server.http_rules import HttpRules
from server.trusted_documents import Mode, TrustedDocuments
from tests.api import Api
from tests.http.hearing import EVENTS, PATIENCE, stream
from tests.http.serving import served

ADDRESS: Final = "/graphql/stream"
ASKED: Final = json.dumps({"query": EVENTS})
JSON: Final = {"Content-Type": "application/json"}


async def sent(api: Api, method: str = "POST", content: str = ASKED, **headers: str) -> httpx.Response:
    """Return the answer to a request, of Bert's where nothing else is said."""
    said = JSON | await api.headers("bert") | headers
    return await api.http.request(method, ADDRESS, content=content, headers=said)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_subscriptions_come_by_post(api: Api, method: str) -> None:
    answer = await sent(api, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_whoever_takes_no_events_is_told_what_there_is(api: Api) -> None:
    answer = await sent(api, Accept="application/json, text/html;q=0.5")
    assert answer.status_code == 406
    assert "text/event-stream" in answer.text


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ("no JSON", 400, None),
        (json.dumps({"query": "{ viewer { email } }"}), 400, "WRONG_TRANSPORT"),
        (json.dumps({"query": "subscription { nothing }"}), 400, "GRAPHQL_VALIDATION_FAILED"),
        (json.dumps({"query": EVENTS, "variables": {"dossier": "no id"}}), 400, "INVALID"),
        (json.dumps({"query": EVENTS + " " * (256 << 10)}), 413, None),
    ],
)
async def test_what_can_not_be_subscribed_to_is_told_with_a_status(
    api: Api, content: str, status: int, code: str | None
) -> None:
    answer = await sent(api, content=content)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error.get("extensions", {}).get("code")) == (status, code)
    assert answer.headers["x-request-id"]


async def test_nobody_subscribes_to_nothing(api: Api) -> None:
    answer = await api.http.post(ADDRESS, content=ASKED, headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_a_cookie_needs_the_header_that_foreign_pages_can_not_send(api: Api) -> None:
    cookie = {"Cookie": f"{COOKIE}={await api.token('bert')}"}
    refused = await api.http.post(ADDRESS, content=ASKED, headers=JSON | cookie)
    assert refused.status_code == 403
    async with (
        served(create_app(api.ports)) as url,
        stream(url, headers=cookie | {PREFLIGHT_HEADER: "1", "Accept": "text/event-stream"}) as bert,
    ):
        assert bert.answer.status_code == 200


@pytest.mark.parametrize(
    ("rules", "status", "code"),
    [
        ({"documents": TrustedDocuments(Mode.ONLY)}, 400, "DOCUMENT_NOT_TRUSTED"),
        ({"answer_within": 0.0}, 504, "TIMEOUT"),
    ],
)
async def test_the_rules_of_other_operations_hold_here(
    api: Api, rules: dict[str, Any], status: int, code: str
) -> None:
    async with served(create_app(api.ports, rules=HttpRules(**rules))) as url, httpx.AsyncClient() as http:
        headers = JSON | await api.headers("bert")
        answer = await http.post(url + ADDRESS, content=ASKED, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


@pytest.fixture
def app(api: Api) -> Starlette:
    """An application that was asked for nothing yet."""
    return create_app(api.ports)


async def test_whoever_leaves_makes_room_for_another(api: Api, app: Starlette) -> None:
    headers = await api.headers("bert")
    async with served(app) as url:
        for _ in range(11):
            async with stream(url, headers=headers) as bert:
                assert bert.answer.status_code == 200
        async with asyncio.timeout(PATIENCE):
            while await refused_of(url, headers):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)


async def refused_of(url: str, headers: dict[str, str]) -> list[int]:
    """Return the statuses with which ten subscriptions at once are refused."""
    answers = [stream(url, headers=headers) for _ in range(10)]
    opened = [await it.__aenter__() for it in answers]
    for it in answers:
        await it.__aexit__(None, None, None)
    return [it.answer.status_code for it in opened if it.answer.status_code != 200]


async def test_a_connection_on_which_nothing_happens_is_kept_alive(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BEAT", 0.01)
    async with served(create_app(api.ports)) as url, stream(url, headers=await api.headers("bert")) as bert:
        lines = bert.answer.aiter_lines()
        async with asyncio.timeout(PATIENCE):
            assert [await anext(lines) for _ in range(6)] == [":", ""] * 3


async def test_whoever_leaves_before_he_has_asked_is_told_nothing(api: Api, app: Starlette) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (name.lower().encode(), it.encode()) for name, it in (JSON | await api.headers("bert")).items()
    ]
    scope = {"type": "http", "method": "POST", "path": ADDRESS, "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    assert sent == []


async def test_a_server_that_stops_opens_no_subscription(api: Api, app: Starlette) -> None:
    (close,) = app.state.closers
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kluis.test") as http:
        close()
        answer = await http.post(ADDRESS, content=ASKED, headers=JSON | await api.headers("bert"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
