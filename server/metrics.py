"""Metrics for Prometheus, on an address of their own: what is counted, and what is read when asked for."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    start_http_server,
)

from core.clock import Clock
from models.tables import AnyRow
from server.probes import Probes

# In seconds: most answers take a few milliseconds, and none more than ten seconds.
BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Of one process; prometheus-client's own registry is left alone, since it is one for all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "kluis_requests",
            "Operations and files that were answered, by kind and by what came of them.",
            ["kind", "code"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "kluis_request_seconds",
            "How long answers took, of files until they began.",
            ["kind"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        self._lag = Histogram(
            "kluis_event_lag_seconds",
            "How long after a change whoever listens here could be told of it.",
            registry=self.registry,
            buckets=BUCKETS,
        )

    def request(self, kind: str, code: str, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(kind, code).inc()
        self._seconds.labels(kind).observe(seconds)

    def entries(self, entries: Sequence[AnyRow]) -> None:
        """Note how late entries of the feed are."""
        now = self._clock.now()
        for it in entries:
            self._lag.observe((now - it.occurred_at).total_seconds())

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Show a number that is read whenever somebody asks for it."""
        Gauge(f"kluis_{name}", meaning, registry=self.registry).set_function(read)

    @contextmanager
    def served(self, host: str, port: int, probes: Probes | None = None) -> Generator[int]:
        """Answer at /metrics, and to probes, while the block runs; yield the port. Raise OSError."""
        server, thread = start_http_server(port, host, self.registry)
        if probes and (app := server.get_app()):
            server.set_app(probes.before(app))
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
