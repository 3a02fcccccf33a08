"""Whoever listens to live events: over WebSocket, or over server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self, cast

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from server.transport_ws import PROTOCOL
from tests.api import Api

EVENTS: Final = """subscription ($dossier: ID) { documentEvents(dossierId: $dossier) {
  __typename
  ... on DocumentAdded { document { id description } }
  ... on DocumentChanged { document { id description } }
  ... on DocumentGone { documentId }
} }"""
PATIENCE: Final = 20


class Ear:
    """One WebSocket of somebody."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> Any:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.socket.recv())

    async def greet(self, token: object = None) -> Self:
        """Say who it is, and hear that it is known."""
        await self.say(type="connection_init", payload={"token": str(token)} if token else None)
        assert await self.hear() == {"type": "connection_ack"}
        return self

    async def subscribe(self, id_: str = "1", query: str = EVENTS, **variables: Any) -> Self:
        """Subscribe, and hear that the subscription stands."""
        await self.say(type="subscribe", id=id_, payload={"query": query, "variables": variables})
        return await self.stands(id_)

    async def stands(self, id_: str) -> Self:
        """Hear that a subscription stands."""
        assert await self.hear() == {"type": "ping", "payload": {"subscribed": id_}}
        return self

    async def event(self, id_: str = "1") -> Any:
        """Return the next event of a subscription."""
        message = await self.hear()
        assert (message["type"], message["id"]) == ("next", id_), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["documentEvents"]

    async def silence(self) -> None:
        """Know that nothing more was said until now."""
        await self.say(type="ping", payload={"nothing": "else"})
        assert await self.hear() == {"type": "pong", "payload": {"nothing": "else"}}

    async def nothing_more(self) -> None:
        """Know that nothing more was said, when others have heard and a moment has passed."""
        await asyncio.sleep(0.1)
        await self.silence()

    async def rest(self) -> list[Any]:
        """Return the events that were told until a moment has passed."""
        await asyncio.sleep(0.1)
        await self.say(type="ping", payload={"nothing": "else"})
        told = list[Any]()
        while (message := await self.hear())["type"] != "pong":
            told.append(message["payload"]["data"]["documentEvents"])
        return told

    async def end(self) -> tuple[int, str]:
        """Return the code and the reason with which it is closed, after whatever else is said."""
        async with asyncio.timeout(PATIENCE):
            # It raises for whatever code is not of a normal end.
            with suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def ear(url: str, protocol: str | None = PROTOCOL, **said: Any) -> AsyncGenerator[Ear]:
    """Yield a WebSocket on which nothing was said yet."""
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    protocols = [Subprotocol(protocol)] if protocol else None
    async with connect(address, subprotocols=protocols, proxy=None, **said) as socket:
        yield Ear(socket)


@asynccontextmanager
async def listening(url: str, api: Api, who: str, **variables: Any) -> AsyncGenerator[Ear]:
    """Yield a WebSocket on which one of the cast has subscribed."""
    async with ear(url) as it:
        await it.greet(await api.token(who))
        yield await it.subscribe(**variables)


class Stream:
    """One answer of server-sent events."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def hear(self) -> tuple[str, Any] | None:
        """Return the kind of the next event and what it holds; None at the end of the answer."""
        kind = ""
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                if line.startswith("data:"):
                    held = line.removeprefix("data:").strip()
                    return kind, json.loads(held) if held else None
        return None

    async def event(self) -> Any:
        """Return the next event."""
        heard = await self.hear()
        assert heard is not None
        kind, held = heard
        assert kind == "next", heard
        assert "errors" not in held, heard
        return held["data"]["documentEvents"]


async def begun(api: Api, who: str, query: str, variables: dict[str, Any]) -> bytes:
    """Return the answer that refuses a subscription; of one that stands, no error. Nobody listens on."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    asked = [{"type": "http.request", "body": body}]
    headers = {"Content-Type": "application/json"} | await api.headers(who)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql/stream",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }
    sent: list[Any] = []
    stands = asyncio.Event()

    async def receive() -> Any:
        if asked:
            return asked.pop()
        await stands.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message.get("more_body"):
            stands.set()

    async with asyncio.timeout(PATIENCE):
        # The application that the others ask as well; its own way to it would wait for the end.
        await cast("Any", api.http)._transport.app(scope, receive, send)
    return b"{}" if stands.is_set() else sent[-1]["body"]


@asynccontextmanager
async def stream(url: str, query: str = EVENTS, **said: Any) -> AsyncGenerator[Stream]:
    """Yield an answer that has begun."""
    variables = said.pop("variables", {})
    async with (
        httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http,
        http.stream(
            "POST", "/graphql/stream", json={"query": query, "variables": variables}, **said
        ) as answer,
    ):
        yield Stream(answer)
