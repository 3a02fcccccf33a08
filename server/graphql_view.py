"""GraphQL over HTTP: one address, POST alone."""

from typing import Final

import orjson
import strawberry
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.exceptions import HTTPException as TooMuch
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData

from resolvers.ports import Ports
from schema.context import Context
from schema.texts import holds_unstorable
from server.context import context_of

NO_OPERATION: Final = "The body holds no operation."


def limited(receive: Receive, largest: int) -> Receive:
    """Return what receives a body of at most so many bytes. It raises the HTTPException 413 past them."""
    left = largest

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooMuch(413, "The body is too large.")
        return message

    return receive_some


class GraphQLView(GraphQL[Context, None]):
    """Answers operations; files come as parts of a multipart request."""

    def __init__(self, schema: strawberry.Schema, ports: Ports, *, largest_body: int) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            multipart_uploads_enabled=True,
            subscription_protocols=(),
        )
        self.ports = ports
        self.largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; uploaded parts lie in temporary files until it is answered."""
        request = Request(scope, limited(receive, self.largest_body))
        try:
            await (await self.answer(request))(scope, receive, send)
        finally:
            await request.close()

    async def answer(self, request: Request) -> Response:
        """Return the answer to one request; what is no operation is refused as JSON."""
        try:
            return await self.run(request)
        except HTTPException as error:
            return JSONResponse({"errors": [{"message": error.reason}]}, status_code=error.status_code)

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Return the operation in a body. Raise HTTPException 400 for a body that holds none."""
        try:
            asked = await super().parse_http_body(request)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise HTTPException(400, NO_OPERATION) from None
        names = [it.operation_name for it in (asked if isinstance(asked, list) else [asked])]
        if holds_unstorable(names):
            raise HTTPException(400, NO_OPERATION)
        return asked

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return what every field is given."""
        assert isinstance(request, Request)
        assert isinstance(response, Response)
        return context_of(self.ports, request, response)

    def encode_json(self, data: object) -> bytes:
        """Return the answer as JSON."""
        return orjson.dumps(data)
