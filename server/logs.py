"""The log on standard error: lines for people, or JSON for programs, which names the operation too."""

import logging
from collections.abc import Generator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from schema.context import Context
from schema.telling import trace_of

LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Of what we log ourselves; what others say is told from warnings on.
OURS: Final = "kluis"
LONGEST_NAME: Final = 64
# What a line may say beside its words; it is given as `extra`.
FIELDS: Final = ("kind", "code", "status", "seconds", "cost", "document")

Event = MutableMapping[str, Any]
NOTHING: Final[Sequence[Context]] = ()
_underway: ContextVar[Sequence[Context]] = ContextVar("underway", default=NOTHING)


class Form(StrEnum):
    """What a line of the log looks like."""

    TEXT = "text"
    JSON = "json"


@contextmanager
def about(context: Context) -> Generator[None]:
    """Let every line that is logged in the block tell of which operation it is."""
    underway = [context]
    before = _underway.set(underway)
    try:
        yield
    finally:
        # Timers keep what was set where they began: the driver's of a statement, for five minutes.
        underway.clear()
        _underway.reset(before)


def begin(form: Form) -> None:
    """Write the log in this form from now on, unless somebody listens already."""
    if form is Form.TEXT:
        logging.basicConfig(format=LINE)
        return
    handler = logging.StreamHandler()
    handler.setFormatter(json_lines())
    logging.basicConfig(handlers=[handler])
    logging.getLogger(OURS).setLevel(logging.INFO)


def json_lines() -> logging.Formatter:
    """Return what makes each record an object of JSON on a line of its own."""
    # It takes a tenth of a second to load, and most programs write text.
    from structlog import processors, stdlib  # noqa: PLC0415

    meta = stdlib.ProcessorFormatter.remove_processors_meta
    return stdlib.ProcessorFormatter(
        processors=[traced, told, of_operation, meta, processors.JSONRenderer(serializer=written)]
    )


def told(_logger: object, _method: str, event: Event) -> Event:
    """Say when, how bad, by whom, and what else a line was given."""
    record: logging.LogRecord = event["_record"]
    event["time"] = moment(record)
    event["level"] = record.levelname.lower()
    event["source"] = record.name
    event.update({it: vars(record)[it] for it in FIELDS if it in vars(record)})
    return event


def moment(record: logging.LogRecord) -> str:
    """Return when a line was written, in UTC, to the microsecond."""
    return datetime.fromtimestamp(record.created, UTC).isoformat()


def traced(_logger: object, _method: str, event: Event) -> Event:
    """Say where an exception came from, without its words: nobody knows what they quote."""
    exc_info = event.pop("exc_info", None)
    if exc_info and exc_info[1]:
        event["trace"] = trace_of(exc_info[1])
    return event


def of_operation(_logger: object, _method: str, event: Event) -> Event:
    """Say of which operation a line is, and of which account, by the id that partners know it by."""
    for context in _underway.get():
        event.update(described(context))
    return event


def described(context: Context) -> Mapping[str, str]:
    """Return what the log says of an operation: no text of it, and none of its variables."""
    said = {"request": context.request_id}
    if context.asker:
        (said["account"],) = context.ports.ids.write("Account", [context.asker.account_id])
    if context.name:
        said["operation"] = context.name[:LONGEST_NAME]
    return said


def written(event: Event, **_: object) -> str:
    """Return an event as JSON; what has no form there is told by its text."""
    return orjson.dumps(event, default=str).decode()
