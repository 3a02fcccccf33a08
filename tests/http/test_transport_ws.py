"""graphql-transport-ws as its PROTOCOL.md has it: what is said on a WebSocket, and why one is closed."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from uuid import UUID

import pytest

from core.errors import Busy
from core.tokens import Token
from core.viewer import Viewer
from resolvers import points
from resolvers.database import Database
from resolvers.request import Request
from server import web_sockets
from server.app import create_app
from server.context import COOKIE
from server.http_rules import HttpRules
from server.transport_ws import LONGEST_ID
from server.trusted_documents import Mode, TrustedDocuments
from server.web_sockets import FAILED, HAS_ENDED, RESTARTS
from tests.api import Api
from tests.http.hearing import EVENTS, Ear, ear, listening
from tests.http.serving import served

SKIPPED: Final = "subscription ($no: Boolean!) { documentEvents @include(if: $no) { __typename } }"
PAYLOAD: Final = {"query": EVENTS}


@asynccontextmanager
async def answering(api: Api, **rules: Any) -> AsyncGenerator[str]:
    """Yield the address of a server behind rules of its own."""
    async with served(create_app(api.ports, rules=HttpRules(**rules))) as url:
        yield url


@asynccontextmanager
async def greeted(api: Api, who: str = "bert", **rules: Any) -> AsyncGenerator[Ear]:
    """Yield a WebSocket on which one of the cast is known."""
    async with answering(api, **rules) as url, ear(url) as it:
        yield await it.greet(await api.token(who))


async def error(it: Ear, id_: str, **payload: Any) -> str:
    """Return the code with which a subscription is refused; the conversation goes on."""
    await it.say(type="subscribe", id=id_, payload=payload)
    said = await it.hear()
    assert (said["type"], said["id"]) == ("error", id_), said
    await it.silence()
    return said["payload"][0]["extensions"]["code"]


@pytest.mark.parametrize("protocol", ["graphql-ws", "chat", None])
async def test_no_other_protocol_is_spoken(api: Api, protocol: str | None) -> None:
    async with answering(api) as url, ear(url, protocol) as it:
        assert await it.end() == (4406, "Speak graphql-transport-ws.")


@pytest.mark.parametrize("token", [None, "no token", str(Token(UUID(int=1), bytes(32))), 7, ["x"], True])
async def test_whoever_is_nobody_is_let_go(api: Api, token: object) -> None:
    async with answering(api) as url, ear(url) as it:
        await it.say(type="connection_init", payload={"token": token})
        assert await it.end() == (4403, "Sign in first.")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, (4403, "Sign in first.")),
        ({"origin": "https://evil.example"}, (4403, "Sign in first.")),
        ({"origin": "http://kluis.test"}, None),
        ({"origin": "https://portal.example"}, None),
    ],
)
async def test_a_cookie_counts_for_pages_of_ours_alone(
    api: Api, said: dict[str, Any], code: tuple[int, str] | None
) -> None:
    headers = {"Cookie": f"{COOKIE}={await api.token('bert')}"}
    async with (
        answering(api, origins=frozenset({"https://portal.example"})) as url,
        ear(url, additional_headers=headers, **said) as it,
    ):
        if code is None:
            await it.greet()
        else:
            await it.say(type="connection_init")
            assert await it.end() == code


async def test_whoever_says_nothing_is_let_go(api: Api) -> None:
    async with answering(api, greet_within=0.05) as url, ear(url) as it:
        assert await it.end() == (4408, "Connection initialisation timeout")


async def test_nobody_subscribes_before_he_is_known(api: Api) -> None:
    async with answering(api) as url, ear(url) as it:
        await it.say(type="subscribe", id="1", payload=PAYLOAD)
        assert await it.end() == (4401, "Unauthorized")


async def test_nobody_says_twice_who_he_is(api: Api) -> None:
    async with greeted(api) as it:
        await it.say(type="connection_init")
        assert await it.end() == (4429, "Too many initialisation requests")


async def test_two_subscriptions_do_not_share_an_id(api: Api) -> None:
    async with greeted(api) as it:
        await it.subscribe("same")
        await it.say(type="subscribe", id="same", payload=PAYLOAD)
        assert await it.end() == (4409, "Subscriber for same already exists")


async def test_each_subscription_is_told_to_stand_and_the_ping_that_tells_it_may_be_answered(
    api: Api,
) -> None:
    async with greeted(api) as it:
        for id_ in ("one", "another"):
            await it.subscribe(id_)
            await it.say(type="pong", payload={"subscribed": id_})
        await it.silence()


async def test_an_id_is_free_again_once_its_subscription_is_complete(api: Api) -> None:
    async with greeted(api) as it:
        for _ in range(3):
            await it.subscribe("same")
            await it.say(type="complete", id="same")
        await it.say(type="complete", id="never was")
        await it.silence()


@pytest.mark.parametrize(
    "message",
    [
        "no JSON",
        "[]",
        "7",
        b"{}",
        '{"type": "pong"',
        "{}",
        '{"type": "start"}',
        '{"type": ["ping"]}',
        '{"type": "ping", "payload": "x"}',
        '{"type": "subscribe", "payload": {"query": "{ a }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ a }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}',
        json.dumps({"type": "subscribe", "id": "x" * (LONGEST_ID + 1), "payload": PAYLOAD}),
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}}',
        '{"type": "complete"}',
    ],
)
async def test_what_is_no_message_ends_the_conversation(api: Api, message: str | bytes) -> None:
    async with greeted(api) as it:
        await it.socket.send(message)
        code, reason = await it.end()
        assert code == 4400
        assert reason


async def test_a_large_message_ends_the_conversation(api: Api) -> None:
    async with greeted(api) as it:
        await it.say(type="ping", payload={"text": "x" * (63 << 10)})
        assert (await it.hear())["type"] == "pong"
        await it.say(type="ping", payload={"text": "x" * (64 << 10)})
        assert (await it.end())[0] == 1009


async def test_a_ping_is_answered_before_and_after_one_is_known(api: Api) -> None:
    async with answering(api) as url, ear(url) as it:
        await it.say(type="pong")
        await it.silence()
        await it.greet(await api.token("bert"))
        await it.say(type="pong", payload={})
        await it.silence()


async def test_what_can_not_be_subscribed_to_is_told_and_the_conversation_goes_on(api: Api) -> None:
    async with greeted(api) as it:
        assert await error(it, "1", query="subscription {") == "GRAPHQL_PARSE_FAILED"
        assert await error(it, "1", query="subscription { nothing }") == "GRAPHQL_VALIDATION_FAILED"
        assert await error(it, "1", query="{ viewer { email } }") == "WRONG_TRANSPORT"
        assert await error(it, "1", query="mutation { signOut { userErrors { code } } }") == "WRONG_TRANSPORT"
        assert await error(it, "1", query=EVENTS, operationName="Other") == "OPERATION_RESOLUTION_FAILURE"
        assert await error(it, "1", query=EVENTS, variables={"dossier": []}) == "BAD_USER_INPUT"
        assert await error(it, "1", query=EVENTS, variables={"dossier": "no id"}) == "INVALID"
        assert await error(it, "1", query=SKIPPED, variables={"no": False}) in {
            "BAD_USER_INPUT",
            "GRAPHQL_VALIDATION_FAILED",
        }
        await it.subscribe("1")


async def test_only_documents_that_the_operator_knows_are_subscribed_to(api: Api) -> None:
    known = TrustedDocuments(Mode.ONLY, {"events": EVENTS})
    async with greeted(api, documents=known) as it:
        assert await error(it, "1", query=EVENTS) == "DOCUMENT_NOT_TRUSTED"
        await it.say(type="subscribe", id="1", payload={"documentId": "events"})
        await it.stands("1")


async def test_an_account_has_so_many_subscriptions_and_no_more(api: Api) -> None:
    async with (
        answering(api) as url,
        listening(url, api, "bert") as one,
        listening(url, api, "bert") as other,
    ):
        for number in range(2, 10):
            await one.subscribe(str(number))
        assert await error(other, "11", query=EVENTS) == Busy.code
        await one.say(type="complete", id="9")
        await one.silence()
        await other.subscribe("11")
        # Others have theirs.
        async with listening(url, api, "carla"):
            pass


async def test_an_account_has_so_many_connections_and_no_more(api: Api) -> None:
    async with answering(api) as url, AsyncExitStack() as stack:
        for _ in range(5):
            await (await stack.enter_async_context(ear(url))).greet(await api.token("bert"))
        async with ear(url) as sixth:
            await sixth.say(type="connection_init", payload={"token": str(await api.token("bert"))})
            assert await sixth.end() == (4429, "Too many connections of this account.")
        async with ear(url) as another:
            await another.greet(await api.token("carla"))


async def test_not_too_many_connections_of_one_network_say_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_sockets, "MOST_STRANGERS", 1)
    async with answering(api) as url, ear(url) as silent:
        await silent.silence()
        async with ear(url) as it:
            assert (await it.end())[0] == 1013
        await silent.greet(await api.token("bert"))
        async with ear(url) as it:
            await it.greet(await api.token("bert"))


async def test_a_subscription_that_takes_too_long_to_open_is_refused(api: Api) -> None:
    async with greeted(api, answer_within=0.0) as it:
        assert await error(it, "1", query=EVENTS) == "TIMEOUT"


async def test_whoever_has_no_points_left_does_not_subscribe(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points, "AHEAD", 0)
    left = "{ rateLimit { remaining } }"
    async with greeted(api) as it:
        await it.subscribe("1")
        before = (await api.gets("bert", left))["rateLimit"]["remaining"]
        await it.subscribe("2")
        after = (await api.gets("bert", left))["rateLimit"]["remaining"]
        assert before - after > 10
        await api.ports.points.spend((await viewer(api)), after - 1, api.ports.clock.now())
        assert await error(it, "3", query=EVENTS) == "RATE_LIMITED"


async def viewer(api: Api) -> Viewer:
    """Return who Bert is to the resolvers."""
    request = Request(api.ports, await api.token("bert"))
    await request.open()
    await request.close()
    return request.viewer


async def test_whoever_has_signed_out_does_not_subscribe(api: Api) -> None:
    async with greeted(api) as it:
        await api.gets("bert", "mutation { signOut { userErrors { code } } }")
        await it.say(type="subscribe", id="1", payload=PAYLOAD)
        assert await it.end() == (4401, HAS_ENDED)


async def test_what_is_ours_to_mend_is_logged_and_told_to_nobody(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError(api.world.document.description)

    async with answering(api) as url, ear(url) as it:
        monkeypatch.setattr(Database, "snapshot", fail)
        await it.say(type="connection_init", payload={"token": str(await api.token("bert"))})
        assert await it.end() == (1013, FAILED)
    assert "ZeroDivisionError" in caplog.text
    assert api.world.document.description not in caplog.text


async def test_a_subscription_is_no_answer_to_a_request(api: Api) -> None:
    assert await api.codes("bert", EVENTS) == ["WRONG_TRANSPORT"]


async def test_whoever_subscribes_while_the_server_stops_is_sent_elsewhere(api: Api) -> None:
    app = create_app(api.ports)
    async with served(app) as url, ear(url) as bert:
        await bert.greet(await api.token("bert"))
        for close in app.state.closers:
            close()
        await bert.say(type="subscribe", id="1", payload={"query": EVENTS})
        assert await bert.end() == (1012, RESTARTS)
