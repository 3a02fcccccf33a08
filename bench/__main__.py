"""`make bench`: servers of our own under a bounded load, and tables of what each operation costs them."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import machine, report, targets, world
from bench.admission import admissions
from bench.operations import Operation, operations_in
from bench.report import Sheet
from bench.rounds import Effort, Figures, compare
from bench.servers import Server, started
from bench.statements import statements_of
from bench.variants import COMPARED
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

# A client's page needs that many documents of his.
FEWEST_OF_A_LICENCE = 100


def main() -> None:
    """Measure every operation on every server, and print the tables."""
    asked = arguments()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        began = time.monotonic()
        operations, statements = asyncio.run(prepare(settings, url, asked))
        built = time.monotonic() - began
        said = f"{described(asked)} The database took {built:.0f} s to write. {machine.described()}"
        report.tell(said)
        with started(COMPARED, settings, url) as servers:
            sheets = measured(servers, operations, statements, effort_of(asked))
    if asked.write:
        report.write(sheets, said)


def measured(
    servers: list[Server], operations: list[Operation], statements: dict[str, int], effort: Effort
) -> list[Sheet]:
    """Return the tables; each is shown as soon as it is there."""
    found: list[Figures] = []
    sheets: list[Sheet] = []
    for operation in operations:
        found.append(asyncio.run(compare(servers, operation, effort)))
        sheets.append(report.shown(report.of_operation(found[-1], statements)))
    admitted = admissions(operations)
    sheets.append(report.shown(report.of_admissions(admitted)))
    sheets.append(report.shown(report.of_verdicts(targets.verdicts(found, statements, admitted))))
    return sheets


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench", description="CPU per request of the server's process.")
    parser.add_argument("--documents", type=int, default=100_000, help="in the whole database")
    parser.add_argument("--licences", type=int, default=10, help="that the documents are spread over")
    parser.add_argument("--rounds", type=int, default=5, help="in which each server is measured once")
    parser.add_argument("--requests", type=int, default=200, help="per server, operation and round")
    parser.add_argument("--at-once", type=int, default=4, help="how many wait at the same time")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    if asked.documents < FEWEST_OF_A_LICENCE * asked.licences:
        parser.error(f"a licence has at least {FEWEST_OF_A_LICENCE} documents")
    return asked


def described(asked: Namespace) -> str:
    """Return what was asked for, in two sentences."""
    world = f"{asked.documents:,} documents in {asked.licences} licences."
    return f"{world} {asked.rounds} rounds of {asked.requests} requests, {asked.at_once} at once."


def effort_of(asked: Namespace) -> Effort:
    """Return how much is measured."""
    return Effort(rounds=asked.rounds, requests=asked.requests, at_once=asked.at_once)


async def prepare(settings: Settings, url: str, asked: Namespace) -> tuple[list[Operation], dict[str, int]]:
    """Write the database; return what is asked of it, and how many statements each costs the product."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        written = await world.write(ports, url, documents=asked.documents, licences=asked.licences)
        operations = operations_in(written)
        return operations, await statements_of(ports, operations)


if __name__ == "__main__":
    main()
