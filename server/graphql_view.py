"""GraphQL over HTTP: one address, POST alone."""

import orjson
import strawberry
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from resolvers.ports import Ports
from schema.context import Context
from server.context import context_of


class GraphQLView(GraphQL[Context, None]):
    """Answers operations; files come as parts of a multipart request."""

    def __init__(self, schema: strawberry.Schema, ports: Ports) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            multipart_uploads_enabled=True,
            subscription_protocols=(),
        )
        self.ports = ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; uploaded parts lie in temporary files until it is answered."""
        request = Request(scope, receive)
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

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return what every field is given."""
        assert isinstance(request, Request)
        assert isinstance(response, Response)
        return context_of(self.ports, request, response)

    def encode_json(self, data: object) -> bytes:
        """Return the answer as JSON."""
        return orjson.dumps(data)
