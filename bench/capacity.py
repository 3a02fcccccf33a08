"""`python -m bench.capacity`: what a document takes in the database, and what a quiet firm costs."""

import time
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from bench import machine, report, world
from resolvers.database import Database
from resolvers.feed import number
from server import migrations, running
from server.caretaker import Caretaker
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

SIZE: Final = "SELECT pg_database_size(current_database())"
# The first round makes plans and fills caches.
ROUNDS: Final = 3


async def measure(settings: Settings, url: str, documents: int, licences: int) -> None:
    """Write firms, and tell the figures."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, worker), world.as_owner(url) as owner:
        empty = await owner.fetchval(SIZE)
        await world.write(ports, url, documents=documents, licences=licences)
        taken = (await owner.fetchval(SIZE) - empty) / documents
        report.tell(f"{taken:,.0f} bytes of the database for each document, with all that belongs to it")
        rounds: dict[str, Callable[[], Awaitable[object]]] = {
            "letters, every 5 s": worker.deliver_due,
            "the feed, every 5 s": lambda: number_all(ports.database),
            "sweeping, every 300 s": Caretaker(ports).sweep,
        }
        for name, work in rounds.items():
            taken = min([await cpu_of(work) for _ in range(ROUNDS)])
            report.tell(f"{taken * 1000 / licences:.2f} ms of a process's CPU for each firm: {name}")


async def cpu_of(work: Callable[[], Awaitable[object]]) -> float:
    """Return the seconds of CPU that something takes in this process; the database's are another one's."""
    began = time.process_time()
    await work()
    return time.process_time() - began


async def number_all(database: Database) -> None:
    """Number what there is in every licence."""
    for licence_id in await database.licence_ids():
        await number(database, licence_id)


def main() -> None:
    """Measure in a database of its own."""
    parser = ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--licences", type=int, default=100)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        report.tell(f"{asked.documents:,} documents in {asked.licences} licences. {machine.described()}")
        uvloop.run(measure(settings, url, asked.documents, asked.licences))


if __name__ == "__main__":
    main()
