"""Running the server: a socket first, then the database, then answers until somebody says stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import asyncpg
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette

from demo import portal, world
from mail.sink import Sink
from resolvers.ports import Ports
from server import banner, cut_off, migrations, trusted_documents
from server.app import create_app
from server.caretaker import Caretaker
from server.checks import Checks
from server.embedded import embedded
from server.health import Health
from server.house import open_house, working
from server.http_rules import HttpRules
from server.numbering import Registrar
from server.sealing import Sealer
from server.settings import Settings
from server.telemetry import metrics_of, tracing_of
from server.trusted_documents import BadDocuments
from server.watch import Watch

BACKLOG = 2048
# How many new objects the garbage collector waits for, and how many rounds until it looks at older ones.
OBJECTS_A_ROUND = 20_000
ROUNDS = 20
LARGEST_MESSAGE = 64 << 10
# Whoever takes what he asked for more slowly than that is cut off when the server stops.
SECONDS_TO_STOP = 30
# What sends requests here needs a few looks at the server's health to stop it.
STOP_GRACE = 5.0
STOPPING = (signal.SIGINT, signal.SIGTERM)
# In seconds: whoever tries it waits for the letter.
DEMO_NEWS_WAIT = 2
NO_RELAY = "smtp://127.0.0.1"


class CannotRun(Exception):
    """The server can not run; the text says why, in one line for the terminal."""


def listen(settings: Settings) -> socket.socket:
    """Return a socket on which connections wait until the server answers. Raise CannotRun."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Asyncio's own loop sends at once where a socket says that it is of TCP; else the body of an answer waits
    # 40 ms for the client to confirm its headers.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        place = f"{settings.host}:{settings.port}"
        raise CannotRun(
            f"Cannot listen on {place}: {error.strerror}. Set KLUIS_PORT to another port."
        ) from error
    listening.listen(BACKLOG)
    return listening


def on_port_of(settings: Settings, listening: socket.socket) -> Settings:
    """Return the settings with the port that was really taken, where any port would do."""
    if settings.port:
        return settings
    said = settings.model_dump(exclude_unset=True)
    return Settings(**(said | {"port": listening.getsockname()[1]}))


@contextmanager
def database(settings: Settings) -> Generator[str]:
    """Yield the address of the database: the one that is set, or the embedded one. Raise NotStarted."""
    cut_off.require_none(settings.home)
    if settings.database_url:
        yield settings.database_url
        return
    with embedded(settings.home) as url:
        yield url


async def migrate(url: str) -> None:
    """Bring the database to this version's tables. Raise CannotRun when it is not there, or can not be."""
    try:
        await migrations.upgrade(url)
    except migrations.NotMigrated as error:
        raise CannotRun(str(error)) from error
    except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error).splitlines()[0]
        raise CannotRun(f"The database does not answer: {reason}") from error


async def serve(settings: Settings, url: str, listening: socket.socket, *, is_demo: bool) -> None:
    """Answer until the program is told to stop. Raise CannotRun."""
    async with application(settings, url, is_demo=is_demo) as app:
        grace = grace_of(settings, is_demo=is_demo)
        await server_of(app, settings.trusted_proxies, grace=grace).serve(sockets=[listening])


def grace_of(settings: Settings, *, is_demo: bool) -> float:
    """Return for how many seconds a server that is told to stop goes on."""
    if settings.stop_grace is None:
        return 0 if is_demo else STOP_GRACE
    return settings.stop_grace


@asynccontextmanager
async def application(settings: Settings, url: str, *, is_demo: bool) -> AsyncGenerator[Starlette]:
    """Yield the application over a database that is up to date. Raise CannotRun."""
    await migrate(url)
    if is_demo and settings.news_wait is None:
        settings = settings.model_copy(update={"news_wait": DEMO_NEWS_WAIT})
    async with AsyncExitStack() as stack:
        smtp_url = settings.smtp_url
        if smtp_url is None:
            smtp_url = await stack.enter_async_context(Sink(settings.home / "mail"))
        ports, worker = await stack.enter_async_context(open_house(settings, url, smtp_url))
        tracing = await stack.enter_async_context(tracing_of(settings, ports))
        if is_demo:
            await open_demo(settings, ports)
        health = Health(Checks(ports, worker, smtp_url).all(), without=settings.ready_without)
        metrics, measuring = stack.enter_context(metrics_of(settings, ports, worker, health))
        sealer = Sealer(ports.database, ports.clock, settings.audit_heads)
        rounds = (*Caretaker(ports).rounds(), *sealer.rounds())
        beside = (worker, Registrar(ports.database), *rounds, *measuring)
        yield create_app(
            ports,
            background=lambda: working(*beside),
            rules=rules_of(settings),
            health=health,
            watch=Watch(metrics, tracing, slow_after=settings.slow_after),
            portal=portal.FOLDER if is_demo else None,
        )


def rules_of(settings: Settings) -> HttpRules:
    """Return what the settings say of the HTTP view. Raise CannotRun."""
    try:
        known = trusted_documents.read(settings.documents, settings.documents_mode)
    except BadDocuments as error:
        raise CannotRun(f"KLUIS_DOCUMENTS: {error}.") from None
    return HttpRules(
        allows_get=settings.get_queries, origins=frozenset(settings.allowed_origins), documents=known
    )


class Server(uvicorn.Server):
    """Uvicorn, but that a signal ends it once, quietly: what is open is closed, and the program ends well.

    For `grace` seconds before that it says that it is not ready, and answers still.
    """

    def __init__(self, app: Starlette, config: uvicorn.Config, *, grace: float = 0) -> None:
        super().__init__(config)
        self._app = app
        self._grace = grace
        self._is_told = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer; what has been loaded until now stays for good."""
        await super().startup(sockets)
        set_aside()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let whoever listens to events go, and then as ever."""
        for close in getattr(self._app.state, "closers", ()):
            close()
        await super().shutdown(sockets)

    def be_told(self, number: int) -> None:
        """Want no more requests from now on, and stop after the grace; at a second SIGINT at once.

        SIGTERM comes twice where both the one who started us and the system tell all programs to stop.
        """
        if health := getattr(self._app.state, "health", None):
            health.stop()
        if not self._grace or (self._is_told and number == signal.SIGINT):
            self.handle_exit(number, None)
        elif not self._is_told:
            asyncio.get_running_loop().call_later(self._grace, self._end, number)
        self._is_told = True

    def _end(self, number: int) -> None:
        # Whoever was told again meanwhile ends already; once more would leave what is under way.
        if not self.should_exit:
            self.handle_exit(number, None)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop at SIGINT and SIGTERM; at the second one without waiting for anybody."""
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            loop.add_signal_handler(number, self.be_told, number)
        try:
            yield
        finally:
            for number in STOPPING:
                loop.remove_signal_handler(number)


def set_aside() -> None:
    """Take what the process has loaded out of the garbage collector's sight, and let it look less often.

    A full round over modules, schema and statements takes some 80 ms, in which nobody is answered; an answer
    is a few thousand objects that are gone with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_A_ROUND, ROUNDS, ROUNDS)


def server_of(app: Starlette, proxies: Sequence[str] = (), *, grace: float = 0) -> Server:
    """Return the HTTP server of an application; it believes these proxies alone (ASVS 4.1.3)."""
    return Server(
        app,
        uvicorn.Config(
            app,
            # Its lines are written where ours are.
            log_config=None,
            log_level="warning",
            # Its lines would hold addresses of content, which open it.
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            # Events are small, and what compresses them would take more memory than all the rest.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        ),
        grace=grace,
    )


async def open_demo(settings: Settings, ports: Ports) -> None:
    """Write the demo world into a database that is empty, and tell where things are. Raise CannotRun."""
    if await world.is_empty(ports.database):
        await world.write_world(ports)
    elif not await ports.database.licence_ids(world.SLUG):
        raise CannotRun("This database holds licences, and no demo. Start it with `serve`.")
    banner.tell(settings, await world.account_ids(ports.database), ports.ids)


async def deliver(settings: Settings, url: str, smtp_url: str) -> None:
    """Deliver letters and care for files until the program is told to stop. Raise CannotRun."""
    await migrate(url)
    async with (
        open_house(settings, url, smtp_url) as (ports, worker),
        AsyncExitStack() as stack,
    ):
        health = Health(Checks(ports, worker, smtp_url).all(), without=settings.ready_without)
        _, measuring = stack.enter_context(metrics_of(settings, ports, worker, health))
        sealer = Sealer(ports.database, ports.clock, settings.audit_heads)
        rounds = (*Caretaker(ports).rounds(), *sealer.rounds())
        beside = (Registrar(ports.database), *rounds, *measuring)
        await stack.enter_async_context(working(*beside))
        await worker.run()


@asynccontextmanager
async def opened(settings: Settings, url: str) -> AsyncGenerator[Ports]:
    """Yield the ports for one command of the operator's, which sends nothing itself. Raise CannotRun."""
    await migrate(url)
    async with open_house(settings, url, settings.smtp_url or NO_RELAY) as (ports, _):
        yield ports
