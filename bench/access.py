"""`python -m bench.access`: what a page and a check cost the database, whatever else it holds."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import access_report, machine, report
from bench.access_cost import Explaining
from bench.access_rounds import CHECKED, READERS, between, check, compare, first_pages
from bench.access_world import BETWEEN, OF_EVERY_SIZE, Reader, subject_of
from bench.report import Sheet
from server.embedded import embedded
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.access -->"
# A page and something beyond it must be there for everybody who reads many.
SMALLEST: Final = 1_000


def main() -> None:
    """Measure every reader in every database, and print the tables."""
    asked = arguments()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        sheets, said = asyncio.run(measured(settings, url, sorted(asked.sizes), asked.rounds))
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench.access", description="Cost of access to the database.")
    sizes = (10_000, 100_000, 1_000_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes, help="documents, a database for each")
    parser.add_argument("--rounds", type=int, default=15, help="in which each database is measured once")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    if min(asked.sizes) < SMALLEST:
        parser.error(f"a database has at least {SMALLEST} documents")
    return asked


async def measured(settings: Settings, url: str, sizes: list[int], rounds: int) -> tuple[list[Sheet], str]:
    """Return the tables, each of which is shown as soon as it is there, and what was measured."""
    async with AsyncExitStack() as stack:
        began = time.monotonic()
        subjects = [
            await stack.enter_async_context(subject_of(settings, url, size, readers_of(size, sizes)))
            for size in sizes
        ]
        built = time.monotonic() - began
        said = (
            f"One licence with {', '.join(f'{it:,}' for it in sizes)} documents. {rounds} rounds. "
            f"The databases took {built:.0f} s to write. {machine.described()}"
        )
        report.tell(said)
        return await tables([Explaining(it) for it in subjects], sizes, rounds), said


def readers_of(size: int, sizes: list[int]) -> list[Reader]:
    """Return who reads in a database: those between few and all only in the largest."""
    return [*OF_EVERY_SIZE, *(it for it in BETWEEN if size == sizes[-1])]


async def tables(databases: list[Explaining], sizes: list[int], rounds: int) -> list[Sheet]:
    """Return the tables."""
    sheets: list[Sheet] = []
    pages = {who: await first_pages(databases, who) for who in READERS}
    for who, one in pages.items():
        await compare(databases, list(one.values()), rounds)
        sheets.append(report.shown(access_report.of_pages(who, one, sizes)))
    largest = databases[-1]
    some = await between(largest)
    # Some of these take seconds; they are told apart without many rounds.
    await compare([largest], [it for one in some.values() for it in one.values()], rounds=3, times=1)
    sheets.append(report.shown(access_report.of_between(some, sizes[-1])))
    checks = {who: await check(largest, who, rounds) for who in CHECKED}
    sheets.append(report.shown(access_report.of_checks(checks, sizes[-1])))
    sheets.append(report.shown(access_report.of_targets(pages, checks, sizes)))
    return sheets


if __name__ == "__main__":
    main()
