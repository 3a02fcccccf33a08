"""Telemetry: what a server or a worker tells other programs of itself, where the settings want it."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from resolvers.ports import Ports
from server.health import Health
from server.measuring import Address, NotShown, measured
from server.rounds import Rounds
from server.settings import BadSetting, Settings
from server.worker import Worker

if TYPE_CHECKING:  # they are loaded where they are wanted
    from server.metrics import Metrics
    from server.tracing import Tracing


@contextmanager
def metrics_of(
    settings: Settings, ports: Ports, worker: Worker, health: Health
) -> Generator[tuple["Metrics | None", Sequence[Rounds]]]:
    """Yield the metrics, where they are wanted, and what goes on beside them. Raise BadSetting."""
    place = Address.parse(settings.metrics) if settings.metrics else None
    try:
        with measured(place, ports, worker, health) as found:
            yield found
    except NotShown as error:
        raise BadSetting(f"KLUIS_METRICS: cannot listen on {settings.metrics}: {error}.") from None


@asynccontextmanager
async def tracing_of(settings: Settings, ports: Ports) -> AsyncGenerator["Tracing | None"]:
    """Yield what traces operations, where it is wanted. Raise BadSetting."""
    if settings.traces_url is None:
        yield None
        return
    try:
        from server.tracing import Tracing  # noqa: PLC0415  its packages are there for who wants it
    except ImportError:
        raise BadSetting("KLUIS_TRACES_URL: the packages of requirements-tracing.txt are wanting.") from None
    tracing = Tracing.to(settings.traces_url)
    tracing.follow(ports.database)
    try:
        yield tracing
    finally:
        # What was not sent yet is sent now, which may take as long as the collector does.
        await asyncio.to_thread(tracing.close)
