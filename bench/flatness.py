"""Whether what was sampled over a time stays as it is: its last quarter against the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

FEWEST: Final = 8
"""Samples, so that there are two in each quarter."""


@dataclass(frozen=True, slots=True)
class Bound:
    """By how much something may grow: a share of what it was, so many beside, or what it varies by itself."""

    share: float = 0.0
    beside: float = 0.0

    def allowed(self, before: Sequence[float]) -> float:
        """Return by how much the median may lie above that of these samples."""
        return max(median(before) * self.share, self.beside, spread(before))


@dataclass(frozen=True, slots=True)
class Growth:
    """The medians of the third and of the last quarter, and how much may lie between them."""

    before: float
    after: float
    allowed: float

    @property
    def is_flat(self) -> bool:
        """Return whether it has not grown by more than it may."""
        return self.after - self.before <= self.allowed


def spread(samples: Sequence[float]) -> float:
    """Return by how much samples lie above their median in a quarter of all cases: their noise."""
    return quantiles(samples, n=4, method="inclusive")[2] - median(samples)


def growth(samples: Sequence[float], bound: Bound) -> Growth:
    """Return how samples in the order of time have grown. Raise ValueError for too few."""
    if len(samples) < FEWEST:
        raise ValueError(f"{len(samples)} samples tell nothing; there must be {FEWEST}")
    quarter = len(samples) // 4
    before, after = samples[-2 * quarter : -quarter], samples[-quarter:]
    return Growth(median(before), median(after), bound.allowed(before))
