"""The figures of lists as tables, and whether they are what they must be."""

from collections.abc import Iterable, Sequence
from typing import Final

from bench.lists_rounds import AND, Measured
from bench.report import Sheet, of_verdicts
from bench.targets import Verdict, verdict

MOST_OF_SIZE: Final = 1.5
MOST_BUFFERS: Final = 2_000
# What takes less than this is told apart by noise alone.
LEAST_MS: Final = 0.1
COLUMNS: Final = ("List", "Order", "Page", "CPU ms", "p95 ms", "Buffers", "Index", "Ratio", "Met")
MOST_PAIRS: Final = 12


def is_met(one: Measured) -> bool:
    """Return whether a page is within both bounds."""
    return one.ratio.middle <= MOST_OF_SIZE and one.buffers <= MOST_BUFFERS


def row(one: Measured) -> list[str]:
    """Return what a page costs in the smallest and in the largest database."""
    sizes = sorted(one.costs)
    it = one.case
    return [
        it.listed,
        it.order,
        str(it.page),
        " / ".join(f"{one.milliseconds(size):.2f}" for size in sizes),
        " / ".join(f"{one.p95(size):.1f}" for size in sizes),
        " / ".join(f"{one.costs[size].buffers:,}" for size in sizes),
        one.costs[sizes[-1]].index,
        str(one.ratio),
        "yes" if is_met(one) else "no",
    ]


def of_all(who: str, found: Iterable[Measured]) -> Sheet:
    """Return every page of one reader."""
    return Sheet(who, COLUMNS, [row(it) for it in found])


def of_reader(who: str, found: Sequence[Measured]) -> Sheet:
    """Return the worst order and page of each list of a reader, and his worst lists with two filters."""
    single = [it for it in found if AND not in it.case.listed]
    listed = dict.fromkeys(it.case.listed for it in single)
    worst = [max((it for it in single if it.case.listed == name), key=dearness) for name in listed]
    double = sorted((it for it in found if AND in it.case.listed), key=dearness, reverse=True)
    return Sheet(
        f"{who}: small / large, each list by its dearest order and page",
        COLUMNS,
        [*map(row, [*worst, *double[:MOST_PAIRS]])],
    )


def dearness(one: Measured) -> float:
    """Return how near a page is to its bounds."""
    return max(one.ratio.middle / MOST_OF_SIZE, one.buffers / MOST_BUFFERS)


def of_targets(by_reader: dict[str, list[Measured]]) -> Sheet:
    """Return how many lists of each reader are within the bounds, and the farthest from them."""
    return of_verdicts([it for who, found in by_reader.items() for it in of_bounds(who, found)])


def of_bounds(who: str, found: Sequence[Measured]) -> list[Verdict]:
    """Return whether all lists of a reader are within each of the bounds."""
    slowest = max(found, key=lambda it: it.ratio.middle)
    met = sum(it.ratio.middle <= MOST_OF_SIZE for it in found)
    most = max(found, key=lambda it: it.buffers)
    within = sum(it.buffers <= MOST_BUFFERS for it in found)
    return [
        verdict(
            f"{who}: {met} of {len(found)} pages, at worst {named(slowest)}",
            slowest.ratio,
            MOST_OF_SIZE,
            is_least=False,
        ),
        Verdict(
            f"{who}: {within} of {len(found)} pages, at worst {named(most)}",
            f"at most {MOST_BUFFERS:,} buffers",
            f"{most.buffers:,}",
            most.buffers <= MOST_BUFFERS,
        ),
    ]


def named(one: Measured) -> str:
    """Return which page it is."""
    return f"{one.case.listed} by {one.case.order}, page {one.case.page}"
