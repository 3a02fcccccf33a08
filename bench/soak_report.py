"""What a soak came to: a table of what each process held, and all that is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.flatness import Bound, Growth, growth
from bench.flood_rounds import percentile
from bench.journey_rates import MIDDLE, SLOW, SLOWEST
from bench.open_load import Found
from bench.report import Sheet
from bench.soak_sampling import CONNECTIONS, DATABASE, DESCRIPTORS, LENT, PSS, RSS, SOCKETS, USS, Samples

MEMORY: Final = Bound(share=0.05)
# A file may be open at the moment, and a connection be lent.
COUNT: Final = Bound(beside=2)
# The database's processes throw their plans away as the driver does its statements, after five minutes.
PLANS: Final = Bound(share=0.25)
# Clients come and go all the time; of those who vanish a few hundred more would be left behind.
GUESTS: Final = Bound(share=0.25, beside=2)
BOUNDS: Final = {
    RSS: MEMORY,
    PSS: MEMORY,
    USS: MEMORY,
    DESCRIPTORS: COUNT,
    SOCKETS: COUNT,
    CONNECTIONS: GUESTS,
    LENT: COUNT,
}


def bound_of(whose: str, what: str) -> Bound:
    """Return by how much a figure may grow."""
    return PLANS if (whose, what) == (DATABASE, USS) else BOUNDS[what]


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was seen, and what came of the load and of those who came and went."""

    rate: float
    samples: Samples
    found: Found
    visits: Counter[str]
    errors: Counter[str]
    """Of those who came and went."""
    written: Sequence[str]
    """By the programs: warnings and worse."""
    ended: Sequence[str]
    """Programs that ended by themselves."""

    def growths(self) -> dict[tuple[str, str], Growth]:
        """Return how each figure has grown."""
        return {it: growth(some, bound_of(*it)) for it, some in self.samples.figures.items()}

    def faults(self) -> list[str]:
        """Return all that is wrong, a line each."""
        grown = [
            f"{whose}: {what} from {it.before:.1f} to {it.after:.1f}, more than {it.allowed:.1f}"
            for (whose, what), it in self.growths().items()
            if not it.is_flat
        ]
        errors = [f"{many} times {name}" for name, many in (self.found.errors + self.errors).items()]
        gone = [f"{it} ended" for it in (*self.ended, *sorted(self.samples.gone))]
        gave_up = ["so many were under way that the load was given up"] if self.found.gave_up else []
        return [*grown, *errors, *gone, *gave_up, *(f"written: {it}" for it in self.written)]


def tables(soaked: Soaked) -> list[Sheet]:
    """Return the tables."""
    return [of_growth(soaked), of_load(soaked)]


def of_growth(soaked: Soaked) -> Sheet:
    """Return the medians of the third quarter and of the last, of each process."""
    found = soaked.growths()
    columns = (RSS, PSS, USS, DESCRIPTORS, SOCKETS, CONNECTIONS)
    rows: list[list[str]] = []
    for whose in dict.fromkeys(it for it, _ in found):
        growths = {what: it for (who, what), it in found.items() if who == whose}
        # Of the database there is one kind of connections: those that others have to it.
        shown = [growths.get(it) or (growths.get(LENT) if it == CONNECTIONS else None) for it in columns]
        rows.append([whose, *(told(it) if it else "" for it in shown), word_of(*growths.values())])
    return Sheet("The third quarter of the time, and the last", ("Process", *columns, "Flat"), rows)


def told(it: Growth) -> str:
    """Return both medians."""
    return f"{it.before:.4g} → {it.after:.4g}"


def word_of(*growths: Growth) -> str:
    """Return whether all of these are flat."""
    return "yes" if all(it.is_flat for it in growths) else "no"


def of_load(soaked: Soaked) -> Sheet:
    """Return how many did something, and how long it took."""
    found = soaked.found
    waits = [f"{percentile(found.all_waits, it):.0f}" for it in (MIDDLE, SLOW, SLOWEST)]
    rows = [
        ["steps of journeys", str(len(found.all_waits)), *waits, str(found.errors.total())],
        *([name, str(many), "", "", "", ""] for name, many in sorted(soaked.visits.items())),
        ["errors of these", "", "", "", "", str(soaked.errors.total())],
    ]
    return Sheet(
        "What was done meanwhile", ("What", "How many", "p50 ms", "p95 ms", "p99 ms", "Errors"), rows
    )
