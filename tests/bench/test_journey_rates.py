"""The steps of a search: which of them are carried, between which the limit lies, and what was full there."""

from collections import Counter, defaultdict

import pytest

from bench.journey_rates import Cores, Highest, Step, gave_way
from bench.open_load import Found

IDLE = Cores(server=0.4, database=0.3, generator=0.1, busy=0.85)


def step(
    rate: float,
    *,
    wait: float = 0.1,
    late: float = 0.0,
    errors: int = 0,
    cores: Cores = IDLE,
    gave_up: bool = False,
) -> Step:
    """Return a step in which all waited alike; in seconds."""
    waits = defaultdict[str, list[float]](list, {"page": [wait] * 10})
    found = Found(waits, [late] * 10, Counter(BUSY=errors), gave_up)
    return Step(rate, 15, 100, found, cores)


@pytest.mark.parametrize(
    ("tried", "is_carried"),
    [
        (step(10, wait=0.25), True),
        (step(10, wait=0.251), False),
        (step(10, errors=1), False),
        (step(10, gave_up=True), False),
    ],
)
def test_a_rate_is_carried_when_all_are_answered_and_soon_enough(tried: Step, *, is_carried: bool) -> None:
    assert tried.is_carried is is_carried


def test_the_limit_lies_above_the_highest_carried_whatever_failed_once_below_it() -> None:
    steps = [step(10), step(20, wait=1), step(20), step(40, wait=1), step(40, wait=2), step(30, errors=1)]
    found = Highest(1, steps)
    assert (found.carried, found.failed) == (steps[2], steps[5])
    nothing = Highest(1, steps[3:5])
    assert (nothing.carried, nothing.failed) == (None, steps[4])


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (step(10), "none of them"),
        (step(10, late=0.051), "the generator"),
        (step(10, cores=Cores(0.05, 0.0, 0.95, 1.0)), "the generator"),
        (step(10, cores=Cores(0.95, 0.3, 0.1, 1.4)), "the server's processes"),
        (step(10, cores=Cores(0.5, 0.3, 0.1, 1.4)), "others on this machine"),
    ],
)
def test_what_was_full_is_named_the_generator_and_others_as_well(tried: Step, said: str) -> None:
    assert said in gave_way(tried, 1)
