"""The watch: what was answered, how long it took and what came of it, for the log and for the metrics."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final

from execution.guard import hash_of
from models.tables import AnyRow
from schema.context import Context
from schema.operation import Answer

if TYPE_CHECKING:  # they are loaded where they are wanted
    from server.metrics import Metrics
    from server.tracing import Tracing

WELL: Final = "OK"
# An error that GraphQL itself raises while an operation is executed has no code of ours.
OTHER: Final = "ERROR"

log = logging.getLogger("kluis.requests")


class Watch:
    """Is told of all that one server answers."""

    def __init__(
        self,
        metrics: "Metrics | None" = None,
        tracing: "Tracing | None" = None,
        *,
        slow_after: float = 1.0,
    ) -> None:
        self._metrics = metrics
        self._tracing = tracing
        self._slow_after = slow_after

    def traced(self) -> AbstractContextManager[None]:
        """Return what an operation is carried out in."""
        return self._tracing.operation() if self._tracing else nullcontext()

    def operation(self, context: Context, answer: Answer, seconds: float) -> None:
        """Take note of an operation that was answered."""
        code = code_of(answer)
        if self._metrics:
            self._metrics.request(context.kind, code, seconds)
        if self._tracing:
            self._tracing.answered(context, code)
        if log.isEnabledFor(logging.INFO):
            log.info("operation", extra=told(context, code, seconds))
        if seconds >= self._slow_after:
            document = hash_of(context.text)
            log.warning(
                "request %s was slow: %s %s, document %s, %.3f s",
                context.request_id,
                context.kind,
                context.name or "without a name",
                document,
                seconds,
                extra=told(context, code, seconds) | {"document": document},
            )

    def file(self, kind: str, status: int, seconds: float) -> None:
        """Take note of a file that was asked for or sent."""
        if self._metrics:
            self._metrics.request(kind, str(status), seconds)
        if log.isEnabledFor(logging.INFO):
            log.info("file", extra={"kind": kind, "status": status, "seconds": round(seconds, 6)})

    def entries(self, read: Sequence[AnyRow]) -> None:
        """Take note of entries of the feed that those who listen can be told of now."""
        if self._metrics:
            self._metrics.entries(read)


def told(context: Context, code: str, seconds: float) -> dict[str, object]:
    """Return what the log says of an operation beside what it says of every line."""
    return {"kind": context.kind, "code": code, "seconds": round(seconds, 6), "cost": context.cost}


def code_of(answer: Answer) -> str:
    """Return what came of an operation: why it was refused, its first error's code, or that all is well."""
    if answer.refusal:
        return answer.refusal
    if answer.errors:
        return str((answer.errors[0].extensions or {}).get("code", OTHER))
    return WELL
