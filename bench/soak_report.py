"""What a soak came to: a table of what each process held, and all that is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench.flatness import Bound, Growth, growth
from bench.flood_rounds import percentile
from bench.journey_rates import MIDDLE, SLOW, SLOWEST
from bench.open_load import Found
from bench.report import Sheet
from bench.soak_sampling import ALL, CONNECTIONS, DATABASE, DESCRIPTORS, PSS, RSS, SOCKETS, USS, Samples

MEMORY: Final = Bound(share=0.05)
# A file may be open at the moment, and a connection be lent.
COUNT: Final = Bound(beside=2)
# Clients come and go all the time; of those who vanish a few hundred more would be left behind.
GUESTS: Final = Bound(share=0.25, beside=2)
BOUNDS: Final = {
    RSS: MEMORY,
    PSS: MEMORY,
    USS: MEMORY,
    DESCRIPTORS: COUNT,
    SOCKETS: COUNT,
    CONNECTIONS: GUESTS,
    DATABASE: COUNT,
}


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
        return {it: growth(some, BOUNDS[it[1]]) for it, some in self.samples.figures.items()}

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
    columns = ("Process", RSS, PSS, USS, DESCRIPTORS, SOCKETS, CONNECTIONS, "Flat")
    names = dict.fromkeys(whose for whose, _ in found if whose != ALL)
    rows = [list(row_of(it, found, columns[1:-1])) for it in names]
    connections = found[ALL, DATABASE]
    rows.append([DATABASE, "", "", "", "", told(connections), "", word_of(connections)])
    return Sheet("The third quarter of the time, and the last", columns, rows)


def row_of(whose: str, found: dict[tuple[str, str], Growth], columns: Sequence[str]) -> Iterator[str]:
    """Yield what one process held."""
    growths = [found[whose, it] for it in columns]
    yield whose
    yield from map(told, growths)
    yield word_of(*growths)


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
