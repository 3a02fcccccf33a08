"""GraphQL over HTTP: one address, one operation a request."""

import asyncio
from time import perf_counter
from typing import Final
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.errors import Busy, TookTooLong
from core.tokens import Token
from resolvers.crowd import Crowd
from resolvers.ports import Ports
from schema.context import Context
from schema.operation import Answer, Operations, refusal
from server.answers import GRAPHQL, JSON, media_type, refuse, respond
from server.asking import asked_of, received, refused_document
from server.bodies import NoOperation, Parameters, limited
from server.context import context_of, give_cookie
from server.http_rules import BESIDE_THE_FILE, HttpRules, origin_of
from server.logs import about
from server.trusted_documents import DocumentRefused
from server.watch import Watch

REQUEST_ID: Final = "X-Request-Id"
NEITHER: Final = f"The answer is {GRAPHQL} or {JSON}."


class GraphQLView:
    """Answers operations; whatever comes is answered as JSON."""

    def __init__(self, operations: Operations, ports: Ports, rules: HttpRules, watch: Watch) -> None:
        self.operations = operations
        self.ports = ports
        self.rules = rules
        self.watch = watch
        self.crowd = Crowd(rules.at_once)
        self.origins = rules.origins | {origin_of(ports.public_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; uploaded parts lie in temporary files until it is answered."""
        request = Request(scope, limited(receive, self.ports.upload_limit + BESIDE_THE_FILE))
        request_id = uuid4().hex
        try:
            response = await self.answer(request, request_id)
            response.headers[REQUEST_ID] = request_id
            await response(scope, receive, send)
        except ClientDisconnect:
            return
        finally:
            await request.close()

    async def answer(self, request: Request, request_id: str) -> Response:
        """Return the response to one request."""
        media = media_type(request.headers.get("accept"))
        if media is None:
            return refuse(NEITHER, 406)
        if request.method not in self.rules.methods:
            return refuse("Send operations by POST.", 405, media, Allow=", ".join(self.rules.methods))
        try:
            token, parameters = await received(request, self.rules, self.origins)
        except NoOperation as error:
            return refuse(str(error), error.status, media)
        announced: list[Token | None] = []
        context = context_of(self.ports, request, token, request_id=request_id, announce=announced.append)
        with about(context), self.watch.traced():
            began = perf_counter()
            answer = await self.outcome(request, parameters, context)
            self.watch.operation(context, answer, perf_counter() - began)
        response = respond(answer, media)
        for token in announced:
            give_cookie(response, token)
        return response

    async def outcome(self, request: Request, parameters: Parameters, context: Context) -> Answer:
        """Return the answer to an operation, within the time and the number that this process gives."""
        try:
            asked = asked_of(parameters, self.rules, may_change=request.method == "POST")
            with self.crowd.enter(self):
                async with asyncio.timeout(self.rules.answer_within):
                    return await self.operations.run(asked, context)
        except DocumentRefused as error:
            return refused_document(error)
        except Busy as error:
            return refusal(error, context)
        except TimeoutError:
            return refusal(TookTooLong(), context)
