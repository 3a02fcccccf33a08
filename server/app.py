"""The web application: which address leads where, and what is open while it runs."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final

import strawberry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

import schema
from auth.links import Purpose
from resolvers.ports import Ports
from resolvers.switchboard import Switchboard
from schema.operation import Operations
from schema.subscribing import Subscriptions
from server.built_pages import BuiltPages
from server.content_view import ContentView
from server.context import PREFLIGHT_HEADER
from server.event_streams import EventStreams
from server.graphql_view import REQUEST_ID, GraphQLView
from server.health import Health
from server.house import working
from server.http_rules import HttpRules
from server.live import Live
from server.portal_pages import portal_routes
from server.schema_view import SchemaView
from server.watch import Watch
from server.web_sockets import WebSockets

HERE: Final = Path(__file__).parent
DEFAULT_RULES: Final = HttpRules()
CONSOLE: Final = BuiltPages(HERE / "console")
# What asks for a part of a file, and what is told of one (RFC 9110).
OF_PARTS: Final = ("If-None-Match", "If-Range", "Range")
OF_FILES: Final = ("Accept-Ranges", "Content-Disposition", "Content-Range", "ETag")
Background = Callable[[], AbstractAsyncContextManager[None]]


def create_app(  # noqa: PLR0913  what is served, each by its name
    ports: Ports,
    background: Background | None = None,
    *,
    rules: HttpRules = DEFAULT_RULES,
    health: Health | None = None,
    watch: Watch | None = None,
    served: strawberry.Schema | None = None,
    portal: Path | None = None,
) -> Starlette:
    """Return the application over these ports; `background` runs as long as it does.

    `portal` is the folder of a built portal that it is to serve as well.
    """
    health, watch = health or Health(), watch or Watch()
    operations = Operations(served or schema.build())
    switchboard = Switchboard(ports.database, watch.entries)
    subscriptions = Subscriptions(operations, switchboard, watch.operation)
    graphql = GraphQLView(operations, ports, rules, watch)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with working(Live(switchboard)), nullcontext() if background is None else background():
            yield

    app = Starlette(
        routes=[
            *portal_routes(portal),
            Route("/", front_door, methods=["GET"]),
            Route("/graphql", graphql),
            WebSocketRoute("/graphql", WebSockets(subscriptions, ports, rules)),
            Route("/graphql/schema.graphql", SchemaView(graphql).send, methods=["GET"]),
            Route("/graphql/stream", EventStreams(subscriptions, ports, rules)),
            *file_routes(ContentView(ports, watch)),
            *CONSOLE.routes(at="/console"),
            Route("/health/live", health.live, methods=["GET"]),
            Route("/health/ready", health.ready, methods=["GET"]),
        ],
        middleware=[cors(rules)] if rules.origins else [],
        exception_handlers={HTTPException: refusal},
        lifespan=lifespan,
    )
    app.state.health, app.state.closers = health, [switchboard.close]
    return app


def file_routes(view: ContentView) -> list[Route]:
    """Return where files come from and go to; what each address is for stands in its link too."""
    answers = {
        Purpose.CONTENT: (view.content, "GET"),
        Purpose.PREVIEW: (view.preview, "GET"),
        Purpose.ARCHIVE: (view.archive, "GET"),
        Purpose.UPLOAD: (view.upload, "PUT"),
    }
    return [
        Route(f"/{purpose}/{{link}}", view.endpoint(purpose, answer), methods=[method])
        for purpose, (answer, method) in answers.items()
    ]


def cors(rules: HttpRules) -> Middleware:
    """Return what lets pages of other origins ask, with the session's cookie (ASVS 3.4.2)."""
    return Middleware(
        CORSMiddleware,
        allow_origins=sorted(rules.origins),
        # Uploads are sent to addresses of their own.
        allow_methods=[*rules.methods, "PUT"],
        allow_headers=["Authorization", "Content-Type", PREFLIGHT_HEADER, *OF_PARTS],
        allow_credentials=True,
        expose_headers=[REQUEST_ID, "Retry-After", *OF_FILES],
        max_age=600,
    )


def front_door(_: Request) -> Response:
    """Lead whoever comes by the address in a mail to the console."""
    return RedirectResponse("/console")


def refusal(_: Request, error: Exception) -> Response:
    """Return an error of HTTP itself as JSON."""
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"errors": [{"message": error.detail}]}, status_code=error.status_code, headers=error.headers
    )
