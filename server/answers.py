"""From an answer to a response: which media type, and which status (GraphQL over HTTP, section 6)."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

import orjson
from starlette.responses import Response

from schema.operation import Answer

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
# What is at fault, by the code of a refusal. What is not here is a fault of the request: 400.
STATUSES: Final[Mapping[str, int]] = {
    "BUSY": 503,
    "DATABASE_AWAY": 503,
    "INTERNAL": 500,
    "METHOD_NOT_ALLOWED": 405,
    "RATE_LIMITED": 429,
    "TIMEOUT": 504,
    "UNAUTHENTICATED": 401,
}
NOT_TOLD_BY_STATUS: Final = 400
# With these the rest of the body is still under way, and nobody will read it (RFC 9110, section 15.5.9).
LEFT_UNREAD: Final = {408, 413}


def media_type(accept: str | None) -> str | None:
    """Return the media type that a client wants an answer in; None where it takes neither of the two.

    One that does not say, or takes anything, gets plain JSON, as clients have since before there was another.
    """
    if accept is None or not accept.strip():
        return JSON
    wanted = dict(map(weighed, accept.split(",")))
    anything = wanted.get("application/*", wanted.get("*/*", 0.0))
    # Of what is wanted as much, the first counts.
    offers = [
        (GRAPHQL, wanted.get(GRAPHQL, 0.0)),
        (JSON, wanted.get(JSON, anything)),
        (GRAPHQL, wanted.get(GRAPHQL, anything)),
    ]
    best, weight = max(offers, key=itemgetter(1))
    return best if weight > 0 else None


def weighed(part: str) -> tuple[str, float]:
    """Return a media range of an Accept header and how much it is wanted (RFC 9110, section 12.4.2)."""
    name, *options = (it.strip().lower() for it in part.split(";"))
    named = {key.strip(): value.strip() for key, _, value in (it.partition("=") for it in options)}
    try:
        weight = float(named.get("q", "1"))
    except ValueError:
        return name, 0.0
    return name, weight if 0 <= weight <= 1 else 0.0


def respond(answer: Answer, media: str) -> Response:
    """Return the response that an answer is told with."""
    headers: dict[str, str] = {}
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    if answer.refusal == "METHOD_NOT_ALLOWED":
        headers["Allow"] = "POST"
    return written(body_of(answer), status_of(answer, media), media, headers)


def body_of(answer: Answer) -> dict[str, Any]:
    """Return what an answer says (GraphQL section 7.1)."""
    body: dict[str, Any] = {}
    if answer.errors:
        body["errors"] = [it.formatted for it in answer.errors]
    if answer.refusal is None:
        body["data"] = answer.data
    if answer.extensions:
        body["extensions"] = answer.extensions
    return body


def status_of(answer: Answer, media: str) -> int:
    """Return the status of an answer.

    Plain JSON tells a well-formed request that was refused with 200, since old clients do not read the errors
    of any other answer; but not what has a status of its own.
    """
    if answer.refusal is None:
        return 200
    status = STATUSES.get(answer.refusal, NOT_TOLD_BY_STATUS)
    return 200 if media == JSON and status == NOT_TOLD_BY_STATUS else status


def refuse(message: str, status: int, media: str = JSON, **headers: str) -> Response:
    """Return the response to a request that holds no operation."""
    if status in LEFT_UNREAD:
        headers["Connection"] = "close"
    return written({"errors": [{"message": message}]}, status, media, headers)


def written(body: Mapping[str, Any], status: int, media: str, headers: Mapping[str, str]) -> Response:
    """Return a response; nobody keeps it, since it is for whoever asked."""
    said = {
        "Content-Type": f"{media}; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **headers,
    }
    return Response(orjson.dumps(body), status, said)
