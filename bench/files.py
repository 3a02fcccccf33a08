"""`python -m bench.files`: a large file through PUT and back, sealed and plain, and many files as one ZIP."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from bench import machine, report
from bench.file_transfers import Archive, Transfer, archived, there_and_back
from bench.ratios import ratio_of
from bench.report import Sheet
from bench.servers import started
from bench.targets import Verdict, verdict
from bench.variants import KLUIS, PLAIN_FILES
from demo import world
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.files -->"
# In MiB.
MOST_OF_MEMORY: Final = 64
LEAST_OF_SPEED: Final = 0.5
FILES: Final = 1_000


def main() -> None:
    """Measure both servers, and print the tables."""
    parser = ArgumentParser(prog="python -m bench.files", description="Files through the server and back.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mib", type=int, default=1024, help="of the file")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        asyncio.run(prepare(settings, url))
        said = (
            f"A text of {asked.mib:,} MiB through PUT and back through GET, {asked.rounds} rounds, each "
            f"server in turn, on one disk. {machine.described()}"
        )
        report.tell(said)
        with started((KLUIS, PLAIN_FILES), settings, url) as servers:
            found = {it.name: list[Transfer]() for it in servers}
            for _ in range(asked.rounds):
                for server in servers:
                    found[server.name].append(uvloop.run(there_and_back(server, asked.mib)))
            archive = uvloop.run(archived(servers[0], FILES))
    sheets = [report.shown(it) for it in tables(found, archive)]
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


async def prepare(settings: Settings, url: str) -> None:
    """Write the demo world."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        await world.write_world(ports)


def tables(found: dict[str, list[Transfer]], archive: Archive) -> list[Sheet]:
    """Return the tables."""
    rows = [row_of(name, transfers) for name, transfers in found.items()]
    columns = ("Server", "PUT, s", "PUT, CPU s", "GET, s", "GET, CPU s", "Grown, MiB")
    said = [f"{FILES:,} of 64 KiB", f"{archive.byte_size / 2**20:.1f}", f"{archive.first * 1e3:.0f}"]
    said.append(f"{archive.last * 1e3:.0f}")
    return [
        Sheet("A large file there and back", columns, rows),
        Sheet("Files as one ZIP", ("Files", "MiB", "First byte, ms", "Last byte, ms"), [said]),
        report.of_verdicts(verdicts(found)),
    ]


def row_of(name: str, transfers: Sequence[Transfer]) -> list[str]:
    """Return the medians of a server."""
    ways = [[it.there for it in transfers], [it.back for it in transfers]]
    figures = [f"{median(getattr(it, what) for it in way):.2f}" for way in ways for what in ("took", "cpu")]
    return [name, *figures, f"{max(it.grown for it in transfers):.0f}"]


def verdicts(found: dict[str, list[Transfer]]) -> list[Verdict]:
    """Return whether a transfer is quick enough, and takes little enough memory."""
    pairs = list(zip(found[PLAIN_FILES], found[KLUIS], strict=True))
    there = ratio_of([plain.there.took / sealed.there.took for plain, sealed in pairs])
    back = ratio_of([plain.back.took / sealed.back.took for plain, sealed in pairs])
    grown = ratio_of([it.grown for it in found[KLUIS]])
    return [
        verdict("The speed of PUT, plain = 1", there, LEAST_OF_SPEED, is_least=True),
        verdict("The speed of GET, plain = 1", back, LEAST_OF_SPEED, is_least=True),
        verdict("MiB by which the server grows", grown, MOST_OF_MEMORY, is_least=False),
    ]


if __name__ == "__main__":
    main()
