"""Traces for OpenTelemetry: a span for each operation and each of its statements, none for fields."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from sqlalchemy import event

from execution.guard import hash_of
from resolvers.database import Database
from schema.context import Context
from server.watch import WELL

# What begins and ends a transaction names the licence, and says nothing else.
OF_TRANSACTIONS: Final = ("BEGIN", "COMMIT", "ROLLBACK")
NANOSECONDS: Final = 1_000_000_000


class Tracing:
    """Of one process; the variables of OpenTelemetry (OTEL_...) say how much of it is kept."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "kluis"}))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kluis")

    @classmethod
    def to(cls, url: str) -> "Tracing":
        """Return what sends its spans to a collector, by OTLP over HTTP."""
        return cls(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))

    def follow(self, database: Database) -> None:
        """Be told of the statements on connections that are made from now on."""
        event.listen(database.engine.sync_engine, "connect", self._connected)

    @contextmanager
    def operation(self) -> Generator[None]:
        """Let the block be the span of an operation, which is named once it is known."""
        with self._tracer.start_as_current_span("operation", kind=SpanKind.SERVER, record_exception=False):
            yield

    def answered(self, context: Context, outcome: str) -> None:
        """Say of the span what the operation was and what came of it: no text of it, and no variables."""
        span = trace.get_current_span()
        span.update_name(f"{context.kind} {context.name}".rstrip())
        span.set_attributes(
            {
                "graphql.operation.type": context.kind,
                "graphql.operation.name": context.name,
                "graphql.document.sha256": hash_of(context.text),
                "kluis.request": context.request_id,
                "kluis.code": outcome,
            }
        )
        if outcome != WELL:
            span.set_status(Status(StatusCode.ERROR, outcome))

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()

    def _connected(self, connection: Any, _record: object) -> None:
        connection.driver_connection.add_query_logger(self._carried_out)

    def _carried_out(self, carried_out: Any) -> None:
        """Make a span of a statement, a moment after it: its text has places in it, and no values."""
        text: str = carried_out.query
        if not trace.get_current_span().is_recording() or text.startswith(OF_TRANSACTIONS):
            return
        now = time.time_ns()
        began = now - int(carried_out.elapsed * NANOSECONDS)
        said = {"db.system.name": "postgresql", "db.query.text": text}
        span = self._tracer.start_span("statement", kind=SpanKind.CLIENT, start_time=began, attributes=said)
        if carried_out.exception:
            # Its words may quote what was bound.
            span.set_status(Status(StatusCode.ERROR, type(carried_out.exception).__name__))
        span.end(now)
