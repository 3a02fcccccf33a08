"""`python -m bench.letters`: how many letters a second one worker claims, writes and settles; none leaves."""

import asyncio
import time
from argparse import ArgumentParser
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import uvloop
from sqlalchemy import text

from bench import machine, report
from bench.report import Sheet
from core.clock import SystemClock
from resolvers.database import Database
from resolvers.founding import found_licence
from server import migrations
from server.embedded import embedded
from server.postman import Postman
from server.scribe import Scribe

BEGIN: Final = "<!-- written by python -m bench.letters -->"
LETTERS: Final = 5_000
WANTED: Final = 500
ADD: Final = text(
    """
    INSERT INTO letter (licence_id, kind, recipient, language, details, queued_at, due_at)
    SELECT :licence, 'document_shared', 'client' || number || '@example.com', 'NL',
      '{"title": "mevrouw", "given_name": "Carla", "family_name": "Verlinden"}', now(), now()
    FROM generate_series(1, :how_many) AS number
    """
)


class Nowhere:
    """Takes every letter away, as it would go over the wire."""

    def __init__(self) -> None:
        self.octets = 0

    async def send(self, message: EmailMessage) -> None:
        self.octets += len(message.as_bytes())

    async def close(self) -> None:
        pass


async def delivered(url: str, ways: int) -> tuple[float, float, int]:
    """Return the seconds, the seconds of CPU in this process, and the octets that all letters took."""
    database = Database(url)
    licence_id = (await found_licence(database, f"firm-{ways}", "Kantoor De Linde")).licence_id
    async with database.change(licence_id) as session:
        await session.execute(ADD, {"licence": licence_id, "how_many": LETTERS})
    nowhere = [Nowhere() for _ in range(ways)]
    scribe = Scribe(no_secret, "no-reply@portal.example", "https://portal.example")
    postman = Postman(database, nowhere, SystemClock(), scribe.write)
    began, worked = time.perf_counter(), time.process_time()
    while await postman.deliver(licence_id):
        pass
    took, cpu = time.perf_counter() - began, time.process_time() - worked
    await database.close()
    return took, cpu, sum(it.octets for it in nowhere)


def no_secret(_licence_id: UUID, _letter_id: UUID, _sealed: bytes) -> str:
    """Return nothing: these letters carry no secret."""
    raise LookupError


def main() -> None:
    """Measure, and print the table."""
    parser = ArgumentParser(prog="python -m bench.letters", description="Letters that one worker settles.")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    rows: list[list[str]] = []
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder)) as url:
        asyncio.run(migrations.upgrade(url))
        for ways in (1, 4):
            took, cpu, octets = uvloop.run(delivered(url, ways))
            a_second = LETTERS / took
            met = "yes" if a_second >= WANTED else "no"
            figures = [
                f"{a_second:.0f}",
                f"{cpu / LETTERS * 1000:.2f}",
                f"{octets / LETTERS / 1000:.1f}",
                met,
            ]
            rows.append([f"{ways} at once", *figures])
    said = (
        f"{LETTERS:,} letters of one licence, to as many recipients, claimed, written and settled by one "
        f"worker whose mail server takes all at once and does nothing. {machine.described()}"
    )
    report.tell(said)
    columns = ("Letters", "a second", "CPU ms each", "kB each", f"at least {WANTED} a second")
    sheet = report.shown(Sheet("Letters", columns, rows))
    if asked.write:
        report.write([sheet], said, begin=BEGIN)


if __name__ == "__main__":
    main()
