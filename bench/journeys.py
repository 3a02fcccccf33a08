"""`python -m bench.journeys`: how many journeys a second are carried, by one server process and by two."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from bench import journey_world, journeys_report, machine, report
from bench.journey_rates import BOUND, FIRST, LEAD, Highest, Place, Step, highest
from bench.journey_world import Cast
from bench.served import relay, serving
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.running import set_aside
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.journeys -->"
PROXIES: Final = ("127.0.0.1",)


def main() -> None:
    """Find the highest rates, and print the tables."""
    asked = arguments()
    with firms(asked) as (settings, cast), relay(settings.home) as (_, smtp_url):
        said = described(asked)
        report.tell(said)
        found = [found_with(workers, settings, smtp_url, cast, asked) for workers in asked.processes]
    sheets = [report.shown(it) for it in journeys_report.tables(found)]
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench.journeys", description="The highest rate of journeys.")
    parser.add_argument("--seconds", type=float, default=15, help="of each step")
    parser.add_argument("--first", type=float, default=FIRST, help="the rate of the first step, a second")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="of the server, one by one")
    with_firms(parser)
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    return parser.parse_args()


def with_firms(parser: ArgumentParser) -> None:
    """Let the size of the world be asked for."""
    parser.add_argument("--licences", type=int, default=journey_world.LICENCES)
    parser.add_argument("--documents", type=int, default=journey_world.DOCUMENTS, help="of each of them")


def described(asked: Namespace) -> str:
    """Return what is measured, in some sentences."""
    return (
        f"{of_firms(asked)} Steps of {asked.seconds:g} s after {LEAD:g} s that are not counted; a rate is "
        f"carried when nothing fails and 95 of a hundred are answered within {BOUND:g} ms. Server, database "
        f"and generator share one machine. {machine.described()}"
    )


def of_firms(asked: Namespace) -> str:
    """Return how large the world is, in a sentence."""
    return f"{asked.licences} licences of {asked.documents:,} documents each."


@contextmanager
def firms(asked: Namespace) -> Generator[tuple[Settings, Cast]]:
    """Yield the settings of an installation with a database of its own, and who is in it."""
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder)) as url:
        settings = Settings(home=Path(folder), database_url=url, trusted_proxies=PROXIES)
        yield settings, asyncio.run(prepare(settings, url, asked.licences, asked.documents))


async def prepare(settings: Settings, url: str, licences: int, documents: int) -> Cast:
    """Write the world, and return everybody."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _):
        return await journey_world.write(ports, url, licences=licences, documents=documents)


def found_with(workers: int, settings: Settings, smtp_url: str, cast: Cast, asked: Namespace) -> Highest:
    """Return the steps with so many server processes, and tell of each."""
    set_aside()
    with serving(settings, smtp_url, workers) as (server, port):
        assert settings.database_url
        place = Place(server, port, settings.database_url, settings.home, workers)
        tell = partial(tell_of, workers)
        return uvloop.run(highest(cast, place, seconds=asked.seconds, first=asked.first, tell=tell))


def tell_of(workers: int, step: Step) -> None:
    """Print what came of a step, in a line."""
    report.CONSOLE.print(f"{workers}: {journeys_report.in_a_line(step)}", highlight=False)


if __name__ == "__main__":
    main()
