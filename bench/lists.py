"""`python -m bench.lists`: what a page of any list costs the database, however much there is."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import lists_report, machine, report
from bench.access_cost import Explaining
from bench.lists_rounds import Listed, Measured, documents, measured
from bench.lists_world import Offer, offer_of
from bench.report import Sheet
from server.embedded import embedded
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.lists -->"
SUBJECTS: Final[tuple[Listed, ...]] = (documents,)


def main() -> None:
    """Measure every list in both databases, and print the tables."""
    asked = arguments()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        sheets, said = asyncio.run(written(settings, url, asked))
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench.lists", description="Cost of lists to the database.")
    sizes = (10_000, 1_000_000)
    parser.add_argument("--sizes", type=int, nargs=2, default=sizes, help="documents, a database for each")
    parser.add_argument("--rounds", type=int, default=5, help="in which each database is measured once")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    return parser.parse_args()


async def written(settings: Settings, url: str, asked: Namespace) -> tuple[list[Sheet], str]:
    """Write the databases, and return the tables and what was measured."""
    async with AsyncExitStack() as stack:
        began = time.monotonic()
        sizes = sorted(asked.sizes)
        offers = [await stack.enter_async_context(offer_of(settings, url, size)) for size in sizes]
        said = (
            f"{' and '.join(f'{it:,}' for it in sizes)} documents in eight licences, 30 % in one. "
            f"{asked.rounds} rounds. "
            f"The databases took {time.monotonic() - began:.0f} s to write. {machine.described()}"
        )
        report.tell(said)
        return await tables(offers, asked.rounds), said


async def tables(offers: list[Offer], rounds: int) -> list[Sheet]:
    """Return the tables; every page is printed as well."""
    databases = [Explaining(it.subject) for it in offers]
    by_reader: dict[str, list[Measured]] = {}
    for subject in SUBJECTS:
        async for one in measured(databases, subject(databases, offers), rounds):
            by_reader.setdefault(one.case.who, []).append(one)
    for who, found in by_reader.items():
        report.shown(lists_report.of_all(who, found))
    sheets = [lists_report.of_reader(who, found) for who, found in by_reader.items()]
    return [report.shown(it) for it in [*sheets, lists_report.of_targets(by_reader)]]


if __name__ == "__main__":
    main()
