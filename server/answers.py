"""From an answer to a response: which media type, and which status (GraphQL over HTTP, section 6)."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from schema.operation import Answer

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
# What is at fault, by the code of a refusal. What is not here is a fault of the request: 400.
STATUSES: Final[Mapping[str, int]] = {
    "BUSY": 503,
    "INTERNAL": 500,
    "METHOD_NOT_ALLOWED": 405,
    "RATE_LIMITED": 429,
    "TIMEOUT": 504,
    "UNAUTHENTICATED": 401,
}
NOT_TOLD_BY_STATUS: Final = 400


def media_type(accept: str | None) -> str | None:
    """Return the media type that a client wants an answer in; None where it takes neither of the two.

    One that does not say, or takes anything, gets plain JSON, as clients have since before there was another.
    """
    if accept is None or not accept.strip():
        return JSON
    wanted = {name: weight for name, weight in map(weighed, accept.split(",")) if weight > 0}
    anything = max(wanted.get("*/*", 0), wanted.get("application/*", 0))
    weights = {GRAPHQL: wanted.get(GRAPHQL, 0), JSON: wanted.get(JSON, anything)}
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] > 0 else None


def weighed(part: str) -> tuple[str, float]:
    """Return a media range of an Accept header and how much it is wanted (RFC 9110, section 12.4.2)."""
    name, *options = (it.strip().lower() for it in part.split(";"))
    weights = [it.partition("=")[2].strip() for it in options if it.startswith("q")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 0.0


def respond(answer: Answer, media: str) -> Response:
    """Return the response that an answer is told with."""
    body: dict[str, Any] = {}
    if answer.errors:
        body["errors"] = [it.formatted for it in answer.errors]
    if answer.refusal is None:
        body["data"] = answer.data
    if answer.extensions:
        body["extensions"] = answer.extensions
    headers = {"Cache-Control": "no-store"}
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    if answer.refusal == "METHOD_NOT_ALLOWED":
        headers["Allow"] = "POST"
    return Response(orjson.dumps(body), status_of(answer, media), headers, media_type=media)


def status_of(answer: Answer, media: str) -> int:
    """Return the status of an answer.

    Plain JSON tells a well-formed request that was refused with 200, since old clients do not read the errors
    of any other answer; but not what has a status of its own.
    """
    if answer.refusal is None:
        return 200
    status = STATUSES.get(answer.refusal, NOT_TOLD_BY_STATUS)
    return 200 if media == JSON and status == NOT_TOLD_BY_STATUS else status


def refuse(
    message: str, status: int, media: str = JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response to a request that holds no operation."""
    body = orjson.dumps({"errors": [{"message": message}]})
    return Response(body, status, headers, media_type=media)
