"""From an HTTP request to whoever asks: bearer tokens, the session cookie, and what it needs beside it."""

from collections.abc import Collection
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from auth.bearers import token_in
from auth.sessions import LASTS_FOR
from core.tokens import Token
from resolvers.ports import Ports
from resolvers.request import Announce
from schema.context import Context

# The prefix makes browsers insist on HTTPS, on this host alone, and on the whole of it (ASVS 3.3).
COOKIE: Final = "__Host-kluis"
# No form and no foreign page can send it without asking first (ASVS 3.5).
PREFLIGHT_HEADER: Final = "X-Kluis-Request"


class NotFromHere(Exception):
    """A request that a foreign page could have made in a browser's name."""


def token_of(request: Request, origins: Collection[str]) -> Token | None:
    """Return the token of whoever sends a request, None for whoever does not say. Raise NotFromHere.

    A bearer token is sent by whoever holds it. A cookie is sent by a browser, whichever page asks it to: with
    it, and with the one content type that plain forms have too, must come the header that foreign pages can
    not send, and no origin but one of ours. What a cookie holds is never an API key.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token_in(bearer.strip())
    cookie = request.cookies.get(COOKIE)
    is_form = request.headers.get("content-type", "").strip().lower().startswith("multipart/")
    if cookie is None and not is_form:
        return None
    if PREFLIGHT_HEADER not in request.headers:
        raise NotFromHere(f"Send the header {PREFLIGHT_HEADER}, with any value.")
    origin = request.headers.get("origin")
    if origin is not None and origin not in origins:
        raise NotFromHere("Pages of this origin may not ask.")
    return Token.parse(cookie or "")


def token_in_cookie(connection: HTTPConnection, origins: Collection[str]) -> Token | None:
    """Return the token of the cookie that came with a handshake, None for none.

    A page can not send a header with it, so that it must say its origin, and that must be one of ours.
    """
    cookie = connection.cookies.get(COOKIE)
    if cookie is None or connection.headers.get("origin") not in origins:
        return None
    return Token.parse(cookie)


def context_of(
    ports: Ports,
    request: HTTPConnection,
    token: Token | None,
    *,
    request_id: str,
    announce: Announce | None = None,
) -> Context:
    """Return the context of the operation in a request; `announce` is told of sign-ins and sign-outs."""
    return Context(
        ports,
        token,
        request_id=request_id,
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
        is_browser=COOKIE in request.cookies and "authorization" not in request.headers,
        announce=announce,
    )


def address_of(request: HTTPConnection) -> str:
    """Return the address that a request comes from, empty where the socket has none."""
    return request.client.host if request.client else ""


def give_cookie(response: Response, token: Token | None) -> None:
    """Let a browser keep the token of a session, or forget the one that it has."""
    if token is None:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
    else:
        seconds = int(LASTS_FOR.total_seconds())
        response.set_cookie(COOKIE, str(token), max_age=seconds, secure=True, httponly=True, samesite="lax")
