"""A portal that was built beforehand: its screens, its files, and where letters lead to in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mail.letters import FIRST_PASSWORD_PAGE
from server.built_pages import BuiltPages

AT: Final = "/portal"
# One page shows them all, by the address under which it was asked for (S010).
SCREENS: Final = ("home", "upload", "profile", FIRST_PASSWORD_PAGE.removeprefix("/"))
# Nothing inline, nothing of others; QR codes come as data URLs, and no text ever becomes a script.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


class PortalPages(BuiltPages):
    """The portal, at an address of its own and at the two that letters name."""

    def portal_routes(self) -> list[Route]:
        """Return where the portal stands, and what leads to it."""
        screens = [Route(f"{AT}/{screen}", self.page, methods=["GET"]) for screen in SCREENS]
        first_password = f"{AT}{FIRST_PASSWORD_PAGE}"
        return [
            Route("/", leads_to(f"{AT}/home"), methods=["GET"]),
            # Browsers carry what stands behind the # along.
            Route(FIRST_PASSWORD_PAGE, leads_to(first_password), methods=["GET"]),
            *screens,
            *self.routes(AT),
        ]

    def page(self, request: Request) -> Response:
        """Send the page."""
        return strict(super().page(request))

    def file(self, request: Request) -> Response:
        """Send a file of the page. Raise HTTPException."""
        return strict(super().file(request))


def portal_routes(folder: Path | None) -> list[Route]:
    """Return the routes of a built portal; none where there is no portal."""
    return [] if folder is None else PortalPages(folder).portal_routes()


def strict(response: Response) -> Response:
    """Return an answer under the portal's own policy."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


def leads_to(address: str) -> Callable[[Request], Response]:
    """Return what sends whoever comes to another address, with what he asked for (`?licence=`)."""

    def send(request: Request) -> Response:
        query = request.url.query
        return RedirectResponse(f"{address}?{query}" if query else address)

    return send
