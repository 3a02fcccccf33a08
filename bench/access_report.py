"""The figures of access as tables, and whether they are what they must be."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from bench.access_rounds import CHECK, TOTAL, Check, Series
from bench.report import Sheet, of_verdicts
from bench.targets import Verdict, verdict

# How much more than in the smallest database a first page may cost in the largest.
MOST_OF_SIZE: Final = 1.5
# How much more a check may cost than the document by its key, with its version.
MOST_OF_CHECK: Final = 2


def of_pages(who: str, pages: Mapping[str, Series], sizes: Sequence[int]) -> Sheet:
    """Return what a reader's first pages cost in each of the databases."""
    rows = [
        [name, *(said(one, size) for size in sizes), str(one.ratio(sizes[-1], to=sizes[0]))]
        for name, one in pages.items()
    ]
    columns = ("First 50 by", *(f"of {size:,}" for size in sizes), "Largest, smallest = 1")
    return Sheet(f"{who}: ms of CPU, and pages looked at", columns, rows)


def said(one: Series, size: int) -> str:
    """Return the CPU and the pages of one case."""
    return f"{one.milliseconds(size):.2f} ({one.buffers[size]:,})"


def of_between(found: Mapping[str, Mapping[str, Series]], size: int) -> Sheet:
    """Return what readers between few and all cost, by each way to find a page."""
    ways = list(next(iter(found.values())))
    rows = [[who, *(said(one[way], size) for way in ways)] for who, one in found.items()]
    return Sheet(
        f"Staff who may read some of {size:,}, newest first: ms of CPU, and pages", ("Reads", *ways), rows
    )


def of_checks(found: Mapping[str, Check], size: int) -> Sheet:
    """Return what a check costs."""
    rows = [
        [
            f"{who}: {name}",
            f"{median(one.cpu[name]):.1f}",
            str(one.ratio(name, one.cpu)),
            f"{median(one.took[name]):.0f}",
            str(one.ratio(name, one.took)),
        ]
        for who, one in found.items()
        for name in one.cpu
    ]
    columns = ("One document", "CPU µs", "CPU, with version = 1", "EXPLAIN µs", "EXPLAIN, with version = 1")
    return Sheet(f"One document of {size:,}", columns, rows)


def of_targets(
    pages: Mapping[str, Mapping[str, Series]], checks: Mapping[str, Check], sizes: Sequence[int]
) -> Sheet:
    """Return which targets were met."""
    return of_verdicts(
        [
            *(of_size(who, one, sizes) for who, one in pages.items()),
            *(
                verdict(f"{who}: {CHECK}, CPU", one.ratio(CHECK, one.cpu), MOST_OF_CHECK, is_least=False)
                for who, one in checks.items()
            ),
        ]
    )


def of_size(who: str, pages: Mapping[str, Series], sizes: Sequence[int]) -> Verdict:
    """Return whether a reader's first page costs hardly more in the largest database, in every order."""
    ratios = {name: one.ratio(sizes[-1], to=sizes[0]) for name, one in pages.items() if name != TOTAL}
    name = max(ratios, key=lambda it: ratios[it].middle)
    return verdict(f"{who}: first 50, at worst by {name}", ratios[name], MOST_OF_SIZE, is_least=False)
