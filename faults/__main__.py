"""`python -m faults`: makes trouble on a stand of its own, and tells what became of the vault's promises."""

import asyncio
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import machine, report
from bench.report import Sheet
from faults import causes, failover, patroni, places
from faults.causes import Cause
from faults.places import Place
from faults.rounds import Outcome, rounds_of

PAGE: Final = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN: Final = "<!-- written by python -m faults -->"
LAST_WORDS: Final = 12_000
RECOVERED_WITHIN: Final = 10.0
"""In seconds after the end of the cause."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is done to the vault so often, at one of the places where it can be done."""

    says: str
    place: Place
    cause: Cause
    rounds: int


FAULTS: Final = {
    "server": Fault("A server is killed", places.plain, causes.kill_server, 5),
    "worker": Fault("The worker is killed", places.plain, causes.kill_worker, 5),
    "postgres": Fault("The embedded PostgreSQL is killed", places.plain, causes.kill_postgres, 5),
    "disk": Fault("The disk of database and files is full for 10 s", places.small_disk, causes.fill_disk, 2),
    "clock-ahead": Fault("A server's clock is an hour ahead for 20 s", places.plain, causes.hour_ahead, 2),
    "clock-behind": Fault("A server's clock is an hour behind for 20 s", places.plain, causes.hour_behind, 2),
    **{
        f"failover-{way}": Fault(failover.SAYS[way], places.on_cluster, causes.failover(way), 2)
        for way in patroni.WAYS
    },
    "database-cut": Fault("The database is cut off for 5 s", places.before_database, causes.cut, 2),
    "database-silent": Fault(
        "The network to the database is silent for 15 s", places.before_database, causes.silence, 2
    ),
    "database-slow": Fault(
        "The network to the database is 0.1 s slower for 10 s", places.before_database, causes.slow, 2
    ),
    "store-cut": Fault("The store is cut off for 5 s", places.before_store, causes.cut, 2),
    "store-silent": Fault(
        "The network to the store is silent for 15 s", places.before_store, causes.silence, 2
    ),
    "store-slow": Fault(
        "The network to the store is 0.1 s slower for 10 s", places.before_store, causes.slow, 2
    ),
    "store-500": Fault("The store answers 500 for 5 s", places.before_store, causes.answer_500, 2),
}


async def outcome_of(fault: Fault) -> Outcome:
    """Make a fault on a stand of its own."""
    with TemporaryDirectory(prefix="kluis-faults-") as folder:
        try:
            async with fault.place(Path(folder)) as (stand, network):
                return await rounds_of(fault.says, stand, network, fault.cause, fault.rounds)
        except BaseException:
            tell_logs(Path(folder))
            raise


def tell_logs(folder: Path) -> None:
    """Print what the programs said last, which is gone with the folder."""
    for log in folder.glob("*.log"):
        report.tell(f"{log.stem}: {log.read_text()[-LAST_WORDS:]}")


def row_of(found: Outcome) -> list[str]:
    """Return an outcome as a row of the table."""
    kept = f"{found.uploads} / {found.grants} / {found.letters}"
    lost = len(found.findings.lost) + len(found.findings.said)
    return [
        found.name,
        str(found.rounds),
        kept,
        str(lost),
        f"{len(found.findings.twice)} / {found.findings.letters_twice}",
        f"{max(found.gaps):.1f}",
        f"{max(found.recoveries):.1f}",
    ]


def sheet_of(found: Sequence[Outcome]) -> Sheet:
    """Return outcomes as a table."""
    return Sheet("Faults", COLUMNS, [row_of(it) for it in found])


COLUMNS: Final = (
    "What happens",
    "Rounds",
    "Acknowledged: documents / grants / letters",
    "Lost",
    "Twice: rows / letters",
    "Longest silence, s",
    "Recovered within, s",
)


def main() -> int:
    """Make the faults that were asked for; return 1 where a promise was broken."""
    parser = ArgumentParser(prog="python -m faults", description="Makes trouble, and looks what is lost.")
    parser.add_argument("faults", nargs="*", default=list(FAULTS), help=f"of {', '.join(FAULTS)}")
    parser.add_argument("--rounds", type=int, help="how often each, if not as often as usual")
    parser.add_argument("--write", action="store_true", help="also write docs/reliability.md")
    asked = parser.parse_args()
    unknown = set(asked.faults) - FAULTS.keys()
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    faults = [FAULTS[it] for it in asked.faults]
    if asked.rounds:
        faults = [replace(it, rounds=asked.rounds) for it in faults]
    found = list[Outcome]()
    for it in faults:
        found.append(told(asyncio.run(outcome_of(it))))
        if asked.write:
            report.write([sheet_of(found)], machine.described(), PAGE, BEGIN)
    report.shown(sheet_of(found))
    return 0 if all(is_kept(it) for it in found) else 1


def is_kept(found: Outcome) -> bool:
    """Tell whether every promise was kept, and everything went on soon enough."""
    return found.findings.is_well and max(found.recoveries) <= RECOVERED_WITHIN


def told(found: Outcome) -> Outcome:
    """Print what is to be known of an outcome beside the table, and return it."""
    times = ", ".join(f"{it:.1f}" for it in found.recoveries)
    report.tell(f"{found.name}: recovered after {times} s; refused meanwhile: {found.refusals}")
    for it in (*found.findings.lost, *found.findings.twice, *found.findings.said):
        report.tell(f"  {it}")
    return found


if __name__ == "__main__":
    sys.exit(main())
