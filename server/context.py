"""From an HTTP request to whoever asks: bearer tokens, the session cookie, and the header that it needs."""

from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from auth.sessions import LASTS_FOR
from core.tokens import Token
from resolvers.ports import Ports
from schema.context import Context

# The prefix makes browsers insist on HTTPS, on this host alone, and on the whole of it (ASVS 3.3).
COOKIE: Final = "__Host-kluis"
# No form and no foreign page can send it without asking first (ASVS 3.5).
PREFLIGHT_HEADER: Final = "x-kluis-request"


def token_of(request: Request) -> Token | None:
    """Return the token that a request carries: as a bearer token, or as a cookie beside the header."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Token.parse(bearer.strip())
    if PREFLIGHT_HEADER not in request.headers:
        return None
    return Token.parse(request.cookies.get(COOKIE, ""))


def context_of(ports: Ports, request: Request, response: Response) -> Context:
    """Return the context of the operation in a request; a sign-in puts its cookie on the response."""

    def announce(token: Token | None) -> None:
        if token is None:
            response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
        else:
            seconds = int(LASTS_FOR.total_seconds())
            response.set_cookie(
                COOKIE, str(token), max_age=seconds, secure=True, httponly=True, samesite="lax"
            )

    return Context(
        ports,
        token_of(request),
        request_id=uuid4().hex,
        user_agent=request.headers.get("user-agent", ""),
        announce=announce,
    )
