"""`python -m bench.flood`: how long people wait for a page while strangers flood the server with sign-ins."""

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from bench import flood_report, machine, report, world
from bench.flood_rounds import Effort, Rounds, measure
from bench.operations import HOME_PAGE, Operation
from bench.report import Sheet
from bench.servers import one
from bench.variants import KLUIS
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

BEGIN: Final = "<!-- written by python -m bench.flood -->"
DOCUMENTS: Final = 5_000
# Of one account, no more than ten operations may be under way.
READERS: Final = 50
KNOWN_TO_ALL: Final = "the same for everybody"
GIVE: Final = "UPDATE account SET password_hash = $1 RETURNING licence_id, id, role, username"


def main() -> None:
    """Measure one server, and print the tables."""
    asked = arguments()
    effort = Effort(asked.rounds, asked.seconds, asked.reads, asked.tries)
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url, trusted_proxies=("127.0.0.1",))
        operations, known = asyncio.run(prepare(settings, url))
        said = f"{described(effort, len(known))} {machine.described()}"
        report.tell(said)
        with one(KLUIS, settings, url) as server:
            found = uvloop.run(measure(server, operations, known, effort))
    sheets = [report.shown(it) for it in tables(found)]
    if asked.write:
        report.write(sheets, said, begin=BEGIN)


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m bench.flood", description="Reads while sign-ins are flooded.")
    parser.add_argument("--rounds", type=int, default=5, help="of one phase at rest and one in the flood")
    parser.add_argument("--seconds", type=float, default=8, help="of each phase")
    parser.add_argument("--reads", type=float, default=40, help="a second, in both")
    parser.add_argument("--tries", type=float, default=200, help="to sign in a second, in the flood")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    return parser.parse_args()


def described(effort: Effort, known: int) -> str:
    """Return what is measured, in three sentences."""
    return (
        f"One licence with {DOCUMENTS:,} documents and {known} accounts. "
        f"{effort.rounds} rounds of {effort.seconds:g} s at rest and {effort.seconds:g} s in the flood. "
        f"{effort.reads:g} reads a second, and {effort.tries:g} tries a second in the flood."
    )


async def prepare(settings: Settings, url: str) -> tuple[list[Operation], list[str]]:
    """Write the database; return what its readers ask, and everybody's user name; all have a password."""
    await migrations.upgrade(url)
    async with open_house(settings, url, running.NO_RELAY) as (ports, _), world.as_owner(url) as connection:
        await world.write(ports, url, documents=DOCUMENTS, licences=1)
        accounts = await connection.fetch(GIVE, await ports.passwords.hash(KNOWN_TO_ALL))
        readers = [it for it in accounts if it["role"] == "CLIENT"][:READERS]
        tokens = [await world.signed_in(ports, it["licence_id"], it["id"]) for it in readers]
        operations = [Operation("A client's home page", it, HOME_PAGE, {}) for it in tokens]
        return operations, [it["username"] for it in accounts]


def tables(found: Rounds) -> list[Sheet]:
    """Return the tables."""
    return [
        flood_report.of_reads(found),
        flood_report.of_tries(found),
        flood_report.of_cost(found),
        flood_report.of_targets(found),
    ]


if __name__ == "__main__":
    main()
