"""What the product must reach, and whether it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.admission import Admission
from bench.operations import HOME_PAGE, VIEWER
from bench.ratios import Ratio
from bench.rounds import Figures
from bench.variants import BY_HAND, DATALOADERS, EAGER, KLUIS

MOST_STATEMENTS: Final = 8
LEAST_OF_UNKNOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what it is about, what it asks for, what was measured."""

    subject: str
    wanted: str
    measured: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on the CPU of one server against another's, for one operation."""

    subject: str
    query: str
    name: str
    to: str
    bound: float
    is_least: bool = False

    def verdict(self, figures: Figures) -> Verdict:
        """Return whether the median of the rounds keeps within the bound."""
        ratio = figures.ratio(self.name, self.to)
        return verdict(self.subject, ratio, self.bound, is_least=self.is_least)


TARGETS: Final = (
    Target("The home page: kluis against by hand", HOME_PAGE, KLUIS, BY_HAND, 2),
    Target("The home page: DataLoaders against kluis", HOME_PAGE, DATALOADERS, KLUIS, 5, is_least=True),
    Target("The home page: eager against kluis", HOME_PAGE, EAGER, KLUIS, 2.5, is_least=True),
    Target("The viewer: kluis against by hand", VIEWER, KLUIS, BY_HAND, 2),
)


def verdict(subject: str, ratio: Ratio, bound: float, *, is_least: bool) -> Verdict:
    """Return whether a ratio keeps within its bound."""
    is_met = ratio.middle >= bound if is_least else ratio.middle <= bound
    return Verdict(subject, f"{'at least' if is_least else 'at most'} {bound:g}", str(ratio), is_met)


def verdicts(
    found: Sequence[Figures], statements: Mapping[str, int], admitted: Sequence[Admission]
) -> list[Verdict]:
    """Return how each target was met."""
    by_query = {it.operation.query: it for it in found}
    worst = min(admitted, key=lambda it: it.ratio.middle)
    return [
        *(it.verdict(by_query[it.query]) for it in TARGETS),
        of_statements(statements[by_query[HOME_PAGE].operation.name]),
        verdict("An unknown document against a known one", worst.ratio, LEAST_OF_UNKNOWN, is_least=True),
    ]


def of_statements(counted: int) -> Verdict:
    """Return whether the home page sends few enough statements."""
    subject = "The home page: statements, that of the session included"
    return Verdict(subject, f"at most {MOST_STATEMENTS}", str(counted), counted <= MOST_STATEMENTS)
