"""Whoever reads slowly is told that he missed something, and no more than so much is kept for him."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from resolvers import switchboard
from server.app import create_app
from server.transport_ws import PROTOCOL
from tests.api import Api
from tests.http.hearing import EVENTS, PATIENCE
from tests.journeys.feeding import give_numbers
from tests.journeys.rules import change_document

PAYLOAD: Final = {"query": EVENTS}


class Peer:
    """A client that takes nothing as long as it does not read."""

    def __init__(self, *says: dict[str, Any]) -> None:
        self.told: list[Any] = []
        self.is_gone = False
        self.reads = asyncio.Event()
        self.reads.set()
        self._says: asyncio.Queue[Any] = asyncio.Queue()
        self._news = asyncio.Event()
        for it in says:
            self._says.put_nowait(it)

    async def receive(self) -> Any:
        return await self._says.get()

    def say(self, message: dict[str, Any]) -> None:
        self._says.put_nowait(message)

    async def send(self, message: Any) -> None:
        if self.is_gone:
            raise ConnectionResetError
        self.told.append(message)
        self._news.set()
        await self.reads.wait()

    async def until(self, is_so: Callable[[str], bool], after: int = 0) -> None:
        """Return when something was told, after so many other things."""
        async with asyncio.timeout(PATIENCE):
            while not any(is_so(text_of(it)) for it in self.told[after:]):
                self._news.clear()
                await self._news.wait()

    def leave(self, kind: str) -> None:
        self.say({"type": kind})


Beginning = Callable[[Api], Awaitable[tuple[dict[str, Any], Peer]]]


def text_of(message: Any) -> str:
    return str(message.get("text") or message.get("body", b"").decode())


async def over_web_socket(api: Api) -> tuple[dict[str, Any], Peer]:
    """Return a WebSocket on which Bert subscribes."""
    messages = [
        {"type": "connection_init", "payload": {"token": str(await api.token("bert"))}},
        {"type": "subscribe", "id": "1", "payload": PAYLOAD},
    ]
    said = [{"type": "websocket.receive", "text": json.dumps(it)} for it in messages]
    scope = {"type": "websocket", "path": "/graphql", "subprotocols": [PROTOCOL], "headers": []}
    return scope, Peer({"type": "websocket.connect"}, *said)


async def over_events(api: Api) -> tuple[dict[str, Any], Peer]:
    """Return a request in which he does."""
    headers = {"Content-Type": "application/json"} | await api.headers("bert")
    raw = [(name.lower().encode(), it.encode()) for name, it in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/graphql/stream", "query_string": b"", "headers": raw}
    return scope, Peer({"type": "http.request", "body": json.dumps(PAYLOAD).encode()})


@pytest.mark.parametrize(
    ("begin", "stands", "last"),
    [(over_web_socket, '"subscribed"', '"error"'), (over_events, ":\n\n", "event: complete")],
)
async def test_whoever_reads_again_too_late_begins_anew(
    api: Api, monkeypatch: pytest.MonkeyPatch, begin: Beginning, stands: str, last: str
) -> None:
    monkeypatch.setattr(switchboard, "MOST_WAITING", 3)
    app = create_app(api.ports)
    scope, peer = await begin(api)
    async with app.router.lifespan_context(app):
        talking = asyncio.create_task(app(scope, peer.receive, peer.send))
        await peer.until(lambda text: stands in text)
        peer.reads.clear()
        taken = len(peer.told)
        for number in range(8):
            await change_document(api, "anna", description=f"Change {number}")
            await give_numbers(api)
            # He is being told of the first, or that there is nothing yet, while the others wait.
            await peer.until(bool, after=taken)
        async with asyncio.timeout(PATIENCE):
            while not is_cut(app):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.01)
        peer.reads.set()
        await peer.until(lambda text: last in text)
        events = [text for it in peer.told if '"__typename"' in (text := text_of(it))]
        assert len(events) < 8
        assert any("BEGIN_ANEW" in text_of(it) for it in peer.told[-2:])
        peer.leave(f"{scope['type']}.disconnect")
        async with asyncio.timeout(PATIENCE):
            await talking


@pytest.mark.parametrize("begin", [over_web_socket, over_events])
async def test_whoever_is_found_gone_when_he_is_told_something_is_let_go(api: Api, begin: Beginning) -> None:
    app = create_app(api.ports)
    scope, peer = await begin(api)
    async with app.router.lifespan_context(app):
        talking = asyncio.create_task(app(scope, peer.receive, peer.send))
        await peer.until(lambda text: '"subscribed"' in text or text == ":\n\n")
        peer.is_gone = True
        await change_document(api, "anna", description="Changed")
        await give_numbers(api)
        async with asyncio.timeout(PATIENCE):
            await talking
    (close,) = app.state.closers
    assert close.__self__._exchanges == {}


async def test_what_is_sent_after_the_question_ends_nothing(api: Api) -> None:
    app = create_app(api.ports)
    scope, peer = await over_events(api)
    async with app.router.lifespan_context(app):
        talking = asyncio.create_task(app(scope, peer.receive, peer.send))
        await peer.until(lambda text: text == ":\n\n")
        peer.say({"type": "http.request", "body": b"", "more_body": False})
        await change_document(api, "anna", description="Changed")
        await give_numbers(api)
        await peer.until(lambda text: "Changed" in text)
        peer.leave("http.disconnect")
        async with asyncio.timeout(PATIENCE):
            await talking


def is_cut(app: Any) -> bool:
    """Return whether the one line of a server was let go."""
    (close,) = app.state.closers
    (exchange,) = close.__self__._exchanges.values()
    (line,) = exchange.lines
    return line._is_cut is not None
