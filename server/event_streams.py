"""Subscriptions over server-sent events, a connection each (GraphQL over SSE, distinct connections mode)."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.errors import Busy, TookTooLong
from resolvers.ports import Ports
from resolvers.switchboard import Stopping
from schema.context import Context
from schema.operation import refusal
from schema.subscribing import NotOpened, Stream, Subscriptions
from schema.telling import said
from server.answers import GRAPHQL, body_of, refuse, respond
from server.asking import asked_of, received, refused_document
from server.bodies import NoOperation, Parameters, limited
from server.context import context_of
from server.graphql_view import REQUEST_ID
from server.http_rules import HttpRules, origin_of
from server.trusted_documents import DocumentRefused

EVENTS: Final = "text/event-stream"
ANYTHING: Final = {EVENTS, "text/*", "*/*", ""}
HEADERS: Final = {
    "Content-Type": f"{EVENTS}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # A proxy that gathers answers would keep each event until there are more (nginx).
    "X-Accel-Buffering": "no",
}
BEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"


class EventStreams:
    """Answers subscriptions, for as long as they last."""

    def __init__(self, subscriptions: Subscriptions, ports: Ports, rules: HttpRules) -> None:
        self.subscriptions = subscriptions
        self.ports = ports
        self.rules = rules
        self.origins = rules.origins | {origin_of(ports.public_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, limited(receive, self.rules.largest_json))
        request_id = uuid4().hex
        try:
            opened = await self.opened(request, request_id)
        except ClientDisconnect:
            return
        if isinstance(opened, Response):
            opened.headers[REQUEST_ID] = request_id
            await opened(scope, receive, send)
        else:
            await Telling(opened, receive, send, {**HEADERS, REQUEST_ID: request_id}).run()

    async def opened(self, request: Request, request_id: str) -> Stream | Response:
        """Return the subscription that a request asks for, or the response that refuses it."""
        if request.method != "POST":
            return refuse("Send subscriptions by POST.", 405, Allow="POST")
        if ANYTHING.isdisjoint(
            it.partition(";")[0].strip() for it in request.headers.get("accept", "").split(",")
        ):
            return refuse(f"The answer is {EVENTS}.", 406)
        try:
            token, parameters = await received(request, self.rules, self.origins)
        except NoOperation as error:
            return refuse(str(error), error.status)
        afresh = partial(context_of, self.ports, request, token, request_id=request_id)
        try:
            return await self.subscribed(parameters, afresh)
        except NotOpened as refused:
            return respond(refused.answer, GRAPHQL)

    async def subscribed(self, parameters: Parameters, afresh: Callable[[], Context]) -> Stream:
        """Return the subscription that parameters ask for. Raise NotOpened."""
        try:
            asked = asked_of(parameters, self.rules, is_to_last=True)
            async with asyncio.timeout(self.rules.answer_within):
                return await self.subscriptions.open(asked, afresh)
        except DocumentRefused as error:
            raise NotOpened(refused_document(error)) from None
        except TimeoutError:
            raise NotOpened(refusal(TookTooLong(), afresh())) from None
        except Stopping:
            raise NotOpened(refusal(Busy(), afresh())) from None


class Telling:
    """One answer that goes on."""

    def __init__(self, stream: Stream, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        self.stream = stream
        self._receive = receive
        self._send = send
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def run(self) -> None:
        """Tell events until there are no more, or nobody is there any more."""
        tasks = [asyncio.create_task(it) for it in (self.tell(), self.be_left())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.stream.close()

    async def be_left(self) -> None:
        """Return when whoever asked is gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def tell(self) -> None:
        """Send what is heard, and what ends it."""
        await self._send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await self.say(BEAT)
        try:
            async for answer in self.stream.answers():  # pragma: no branch  it ends by an error
                await self.say(BEAT if answer is None else event(body_of(answer)))
        except Stopping:
            await self.say(b"", more=False)
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in words of our own
            last = event({"errors": [said(error, self.stream.context).formatted]})
            await self.say(last + COMPLETE, more=False)

    async def say(self, text: bytes, *, more: bool = True) -> None:
        """Send some of the answer, once what was sent before has left."""
        await self._send({"type": "http.response.body", "body": text, "more_body": more})


def event(body: Any) -> bytes:
    """Return an event as it is sent: what is told of it is one line."""
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
