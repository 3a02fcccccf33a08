"""The highest rate that is carried, found by doubling and then by halving what lies between."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

# How much the lowest rate that fails may lie above the highest that is carried.
WITHIN: Final = 1.1
TWICE: Final = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """The highest rate that was carried, and the lowest that was not; None where there was none."""

    carried: float | None = None
    failed: float | None = None

    @property
    def are_close(self) -> bool:
        """Return whether they lie so close to each other that nothing between them is worth trying."""
        return bool(self.carried and self.failed and self.failed <= self.carried * WITHIN)

    def next(self, first: float) -> float:
        """Return what is tried next: the first one, twice or half the last one, or what lies between."""
        if self.carried and self.failed:
            return (self.carried * self.failed) ** 0.5
        if self.carried:
            return self.carried * TWICE
        return self.failed / TWICE if self.failed else first


def search(first: float, *, least: float) -> Generator[float, bool, Bounds]:
    """Yield the rates to try, and be sent whether each is carried; return the bounds at last.

    A rate fails when it fails twice, so that what else went on for a moment does not count. Where not even
    `least` is carried, nothing is.
    """
    bounds = Bounds()
    while not bounds.are_close and not (bounds.failed and bounds.failed <= least):
        rate = max(least, bounds.next(first))
        is_carried = (yield rate) or (yield rate)
        bounds = Bounds(rate, bounds.failed) if is_carried else Bounds(bounds.carried, rate)
    return bounds
