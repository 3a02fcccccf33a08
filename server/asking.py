"""From a request to who asks and what: the same for an answer and for a stream of them."""

import asyncio
from collections.abc import Collection

from graphql import GraphQLError
from starlette.requests import Request

from core.tokens import Token
from schema.operation import Answer, Asked
from server.bodies import NoOperation, Parameters, parameters_of
from server.context import NotFromHere, token_of
from server.http_rules import HttpRules
from server.trusted_documents import DocumentRefused


async def received(
    request: Request, rules: HttpRules, origins: Collection[str]
) -> tuple[Token | None, Parameters]:
    """Return the token of whoever sends a request, and what it asks. Raise NoOperation."""
    try:
        token = token_of(request, origins)
        async with asyncio.timeout(rules.read_within):
            return token, await parameters_of(request, rules)
    except NotFromHere as error:
        raise NoOperation(str(error), 403) from None
    except TimeoutError:
        raise NoOperation("The body took too long.", 408) from None


def asked_of(
    parameters: Parameters, rules: HttpRules, *, may_change: bool = True, is_to_last: bool = False
) -> Asked:
    """Return the operation that parameters ask for. Raise DocumentRefused."""
    text, is_trusted = rules.documents.find(parameters.document_id, parameters.query)
    return Asked(
        text,
        parameters.variables,
        parameters.operation_name,
        is_trusted=is_trusted,
        may_change=may_change,
        tells_cost=parameters.extensions.get("cost") is True,
        is_to_last=is_to_last,
    )


def refused_document(error: DocumentRefused) -> Answer:
    """Return the answer to a document that the operator does not know."""
    return Answer(errors=[GraphQLError(str(error), extensions={"code": error.code})], refusal=error.code)
