"""The figures of a flood as tables, and whether they are what they must be."""

from collections.abc import Sequence
from math import inf
from statistics import mean, median
from typing import Final

from bench.flood_load import Reads
from bench.flood_rounds import Phase, Rounds, percentile, together
from bench.ratios import figure
from bench.report import Sheet, of_verdicts
from bench.targets import Verdict, verdict

# How much longer than at rest a page may take.
MOST_OF_WAIT: Final = 3
# In MiB; a comparison of a password takes 46 of them while it lasts.
MOST_OF_MEMORY: Final = 200
MIDDLE: Final = 50
SLOW: Final = 99


def of_reads(found: Rounds) -> Sheet:
    """Return how long the reads took, at rest and in the flood."""
    rows = [of_phases("alone", found.idle), of_phases("in the flood", found.flooded)]
    ratios = [str(found.ratio(it)) for it in (MIDDLE, SLOW)]
    rows.append(["in the flood, alone = 1", "", "", *ratios, ""])
    return Sheet(
        "Reads of a client's home page",
        ("Reads", "Answered", "Refused", "p50 ms", "p99 ms", "Slowest ms"),
        rows,
    )


def of_phases(name: str, phases: Sequence[Phase]) -> list[str]:
    """Return how long the reads of some phases took."""
    waits = together(it.reads for it in phases)
    good = waits[Reads.GOOD]
    slow = (percentile(good, MIDDLE), percentile(good, SLOW), max(good, default=inf) * 1e3)
    return [name, str(len(good)), str(len(waits[Reads.BAD])), *(f"{it:.1f}" for it in slow)]


def of_tries(found: Rounds) -> Sheet:
    """Return how the tries were answered, and how long that took."""
    waits = together(it.tries for it in found.flooded)
    sent = sum(map(len, waits.values()))
    rows = [
        [
            answer,
            str(len(some)),
            f"{len(some) / sent:.1%}",
            f"{median(some) * 1e3:.0f}",
            f"{max(some) * 1e3:.0f}",
        ]
        for answer, some in sorted(waits.items(), key=lambda it: -len(it[1]))
    ]
    return Sheet("Tries to sign in", ("Answer, status", "Tries", "Share", "p50 ms", "Slowest ms"), rows)


def of_cost(found: Rounds) -> Sheet:
    """Return what the phases cost: cores in use, memory, and how late the generator was."""
    rows = [
        [
            name,
            f"{mean(it.server for it in phases):.2f}",
            f"{mean(it.generator for it in phases):.2f}",
            f"{mean(it.rest for it in phases):.2f}",
            figure(percentile([late for it in phases for late in it.reads.late], SLOW)),
            f"{min(it.peak for it in phases):.0f} - {max(it.peak for it in phases):.0f}",
        ]
        for name, phases in (("alone", found.idle), ("in the flood", found.flooded))
    ]
    columns = ("Cores in use", "Server", "Generator", "The rest", "Sent late, p99 ms", "Server's peak, MiB")
    return Sheet("What it took", columns, rows)


def of_targets(found: Rounds) -> Sheet:
    """Return which targets were met."""
    refused = len(together(it.reads for it in found.flooded)[Reads.BAD])
    wait = verdict("Reads in the flood: p99 against alone", found.ratio(SLOW), MOST_OF_WAIT, is_least=False)
    memory = f"{found.grown:.0f} MiB"
    return of_verdicts(
        [
            wait,
            Verdict("Reads in the flood that were refused", "0", str(refused), refused == 0),
            Verdict(
                "The server's memory: most in the flood against alone",
                f"at most {MOST_OF_MEMORY} MiB",
                memory,
                found.grown <= MOST_OF_MEMORY,
            ),
        ]
    )
