"""`python -m bench.audit`: what an event costs whoever causes it, and how many a second are sealed."""

import asyncio
import time
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import uvloop
from sqlalchemy import text

from bench import machine, report
from bench.report import Sheet
from core.clock import SystemClock
from models import Event
from resolvers import chain_checks
from resolvers.database import Database
from resolvers.founding import found_licence
from resolvers.sealing import seal
from server import migrations
from server.embedded import embedded

BEGIN: Final = "<!-- written by python -m bench.audit -->"
EVENTS: Final = 50_000
CAUSED: Final = 2_000
ADD: Final = text(
    """
    INSERT INTO event (licence_id, kind, occurred_at, account_id, document_id, details)
    SELECT :licence, 'document.downloaded', now(), uuidv7(), uuidv7(), '{"version": 1}'
    FROM generate_series(1, :how_many)
    """
)
Cost = tuple[float, float]
"""Seconds, and seconds of CPU in this process."""


async def measured(work: Callable[[], Awaitable[object]]) -> Cost:
    """Return what some work takes."""
    began, worked = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - began, time.process_time() - worked


async def costs(url: str) -> dict[str, tuple[int, Cost]]:
    """Return how many events there were, and what they took, by what was done with them."""
    database, now = Database(url), SystemClock().now()
    licence_id = (await found_licence(database, "firm", "Kantoor De Linde")).licence_id

    async def nothing() -> None:
        for _ in range(CAUSED):
            async with database.change(licence_id):
                pass

    async def caused() -> None:
        for _ in range(CAUSED):
            async with database.change(licence_id) as session:
                session.add(event_of(licence_id))

    async def checked() -> None:
        assert await chain_checks.check(database, licence_id, {}, lambda _: None) is None

    found = {
        "An empty transaction": (CAUSED, await measured(nothing)),
        "A transaction with an event": (CAUSED, await measured(caused)),
    }
    await seal(database, licence_id, now)
    async with database.change(licence_id) as session:
        await session.execute(ADD, {"licence": licence_id, "how_many": EVENTS})
    found["Sealed, 50,000 at once"] = (EVENTS, await measured(lambda: seal(database, licence_id, now)))
    found["Looked for, when there is none"] = (1, await measured(lambda: seal(database, licence_id, now)))
    found["Checked"] = (EVENTS + CAUSED, await measured(checked))
    await database.close()
    return found


def event_of(licence_id: UUID) -> Event:
    """Return an event as a download leaves one."""
    return Event(
        licence_id=licence_id,
        kind="document.downloaded",
        occurred_at=SystemClock().now(),
        account_id=licence_id,
        document_id=licence_id,
        details={"version": 1},
    )


def main() -> None:
    """Measure, and print the table."""
    parser = ArgumentParser(prog="python -m bench.audit", description="What the audit trail costs.")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder)) as url:
        asyncio.run(migrations.upgrade(url))
        found = uvloop.run(costs(url))
    rows = [
        [name, f"{many / took:.0f}", f"{took / many * 1000:.3f}", f"{cpu / many * 1000:.3f}"]
        for name, (many, (took, cpu)) in found.items()
    ]
    said = f"Events of one licence, as a download leaves them, one process. {machine.described()}"
    report.tell(said)
    sheet = report.shown(Sheet("Events", ("What", "a second", "ms each", "CPU ms each"), rows))
    if asked.write:
        report.write([sheet], said, begin=BEGIN)


if __name__ == "__main__":
    main()
