"""The published schema over HTTP: GET /graphql/schema.graphql."""

import hashlib
from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from schema.operation import Answer, leave, refusal
from schema.publishing import published
from server.answers import JSON, STATUSES, refuse, written
from server.context import NotFromHere, context_of, token_of
from server.graphql_view import REQUEST_ID, GraphQLView
from server.ranges import is_known

MEDIA_TYPE: Final = "application/graphql"
HEADERS: Final = {
    # Whoever keeps it asks each time whether it is current, and whether he may read it still.
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="schema.graphql"',
    "X-Content-Type-Options": "nosniff",
}


class SchemaView:
    """Sends the schema as text to whoever may introspect."""

    def __init__(self, graphql: GraphQLView) -> None:
        self.ports = graphql.ports
        self.origins = graphql.origins

    async def send(self, request: Request) -> Response:
        """Return the schema, or that the one which was kept is current, or why it is not told."""
        try:
            token = token_of(request, self.origins)
        except NotFromHere as error:
            return refuse(str(error), 403)
        context = context_of(self.ports, request, token, request_id=uuid4().hex)
        try:
            response = answer(request, await published(context))
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in words of our own
            response = refused(refusal(error, context))
        finally:
            await leave(context)
        response.headers[REQUEST_ID] = context.request_id
        return response


def answer(request: Request, text: str) -> Response:
    """Return the text, or that the client has it already."""
    headers = HEADERS | {"ETag": f'"{hashlib.sha256(text.encode()).hexdigest()}"'}
    if is_known(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type=f"{MEDIA_TYPE}; charset=utf-8")


def refused(why: Answer) -> Response:
    """Return the response to somebody who is told nothing."""
    headers = {} if why.retry_after is None else {"Retry-After": str(why.retry_after)}
    body = {"errors": [it.formatted for it in why.errors]}
    return written(body, STATUSES.get(why.refusal or "", 403), JSON, headers)
