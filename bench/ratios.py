"""How often one figure goes into another, over several rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the rounds, and the least and the most of them."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{figure(self.middle)} ({figure(self.least)} - {figure(self.most)})"


def figure(value: float) -> str:
    """Return a number with as many digits as are worth reading."""
    return f"{value:.2f}" if value < TEN else f"{value:.0f}"


def ratio_of(found: Sequence[float]) -> Ratio:
    """Return what is said of the ratios of several rounds."""
    return Ratio(median(found), min(found), max(found))
