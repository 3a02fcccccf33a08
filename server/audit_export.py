"""`export audit`: the audit trail as CSV, or as JSON, a line for each event."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from resolvers import audit_export
from resolvers.operating import operating
from resolvers.ports import Ports
from resolvers.sealing import seal
from server import csv_tables
from server.import_commands import Slug
from server.running import CannotRun
from server.terminal import operate, progress

commands = typer.Typer()
Write = Callable[[Mapping[str, Any]], None]


@commands.command()
def audit(
    slug: Slug,
    file: Annotated[Path, typer.Argument(help="The file to write: JSON lines where it ends so, else CSV.")],
) -> None:
    """Write every event of the audit trail, in the order of the chain."""

    async def work(ports: Ports) -> None:
        async with operating(ports, slug) as change:
            change.record("audit.exported")
        licence_id = change.viewer.licence_id
        await seal(ports.database, licence_id, ports.clock.now())
        rows, last = await audit_export.sealed(ports, licence_id)
        with progress("Writing", rows) as went_on, written(file) as write:
            async for some in audit_export.pages(ports, licence_id, last):
                for it in some:
                    write(it)
                went_on(len(some))
        typer.echo(f"{rows} events are written.")

    operate(work)


@contextmanager
def written(path: Path) -> Generator[Write]:
    """Yield what writes an event into a file of its kind. Raise CannotRun where it can not be written."""
    if path.suffix not in {".jsonl", ".ndjson"}:
        with csv_tables.written(path, audit_export.COLUMNS) as write:
            yield lambda row: write({**row, "details": text_of(row["details"])})
        return
    try:
        with path.open("w", encoding="utf-8") as file:
            yield lambda row: print(text_of(row), file=file)
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from None


def text_of(value: Mapping[str, Any]) -> str:
    """Return what was said as JSON in one line."""
    return json.dumps(value, ensure_ascii=False, default=spelled)


def spelled(value: datetime) -> str:
    """Return a moment as it stands in JSON."""
    return value.isoformat()
