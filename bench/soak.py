"""`python -m bench.soak`: the journeys for some minutes, after which nothing may hold more than before."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Coroutine
from contextlib import closing
from functools import partial
from random import Random
from typing import Any, Final

import uvloop

from bench import machine, open_load, report, soak_report
from bench.guests import LISTENERS, Guests
from bench.journey_lines import Lines
from bench.journey_rates import FIRST, WARM_UP, Place, highest
from bench.journey_steps import Journeys
from bench.journey_world import Cast
from bench.journeys import firms, of_firms, tell_of, with_firms
from bench.open_load import Found
from bench.served import delivering, relay, serving
from bench.soak_report import Soaked
from bench.soak_sampling import Samples, named, sample
from server.running import set_aside
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.soak -->"
PROCESSES: Final = 2
# Of the highest rate that is carried, which is looked for in steps of so many seconds.
PART: Final = 0.5
SECONDS: Final = 5.0
MINUTE: Final = 60


def main() -> None:
    """Use an installation, print what it held, and fail where that has grown."""
    asked = arguments()
    with firms(asked) as (settings, cast), relay(settings.home) as (_, smtp_url):
        soaked = soak(settings, smtp_url, cast, asked)
    said = described(asked, soaked.rate)
    report.tell(said)
    sheets = [report.shown(it) for it in soak_report.tables(soaked)]
    if asked.write:
        report.write(sheets, said, begin=BEGIN)
    for fault in soaked.faults():
        report.tell(f"NOT FLAT OR NOT WELL: {fault}")
    sys.exit(bool(soaked.faults()))


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench.soak", description="Whether anything grows with use.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks")
    parser.add_argument("--rate", type=float, help="a second; without it half of what is carried")
    with_firms(parser)
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    return parser.parse_args()


def described(asked: Namespace, rate: float) -> str:
    """Return what is measured, in some sentences."""
    return (
        f"{of_firms(asked)} `serve --workers {PROCESSES}` and `worker`; {rate:.0f} steps of journeys a "
        f"second for {asked.minutes:g} minutes, {LISTENERS} listeners who come and go, and an upload every "
        f"two seconds that breaks off. Looked at every {asked.every:g} s. {machine.described()}"
    )


def soak(settings: Settings, smtp_url: str, cast: Cast, asked: Namespace) -> Soaked:
    """Return what there was to see."""
    set_aside()
    with (
        serving(settings, smtp_url, PROCESSES) as (server, port),
        delivering(settings, smtp_url) as worker,
    ):
        assert settings.database_url
        place = Place(server, port, settings.database_url, settings.home, PROCESSES)
        rate = asked.rate or PART * uvloop.run(found_rate(cast, place))
        programs, samples = (server, worker), Samples()
        # What is written of a load that is too much is no fault.
        known = [len(it.said()) for it in programs]
        looking = partial(sample, samples, named(programs), settings)
        found, guests = uvloop.run(
            used(cast, place, rate, asked.minutes * MINUTE, looking(every=asked.every))
        )
        written = [line for it, many in zip(programs, known, strict=True) for line in it.said()[many:]]
        ended = [it.name for it in programs if it.has_ended]
    return Soaked(rate, samples, found, guests.visits, guests.errors, written, ended)


async def found_rate(cast: Cast, place: Place) -> float:
    """Return the highest rate that is carried, as far as short steps tell; the least where none is."""
    found = await highest(cast, place, seconds=SECONDS, first=FIRST, tell=partial(tell_of, PROCESSES))
    return found.carried.rate if found.carried else 1.0


async def used(
    cast: Cast, place: Place, rate: float, seconds: float, looking: Coroutine[Any, Any, None]
) -> tuple[Found, Guests]:
    """Return what came of the load, and of those who came and went meanwhile."""
    chance = Random(0)  # noqa: S311  no secret
    with closing(Lines(place.port, chance)) as lines:
        journeys = Journeys(cast, lines, chance)
        guests = Guests(journeys, lines, place.port, chance)
        beside = [asyncio.create_task(it) for it in (looking, guests.come_and_go())]
        try:
            found = await open_load.run(
                journeys.arrive, per_second=rate, lead=WARM_UP, seconds=seconds, seed=0
            )
            for it in beside:
                # What has ended by itself has failed.
                if it.done():
                    await it
        finally:
            for it in beside:
                it.cancel()
            await asyncio.wait(beside)
    return found, guests


if __name__ == "__main__":
    main()
