"""The search for the highest rate that is carried: what it tries, and where it ends."""

from collections.abc import Callable

import pytest

from bench.bisection import WITHIN, Bounds, search


def found(
    is_carried: Callable[[float, int], bool], *, first: float = 20, least: float = 1
) -> tuple[Bounds, list[float]]:
    """Return where the search ends, and the rates that it tried."""
    tried: list[float] = []
    rates = search(first, least=least)
    try:
        rate = next(rates)
        while True:
            tried.append(rate)
            rate = rates.send(is_carried(rate, tried.count(rate)))
    except StopIteration as ended:
        return ended.value, tried


@pytest.mark.parametrize("limit", [3.0, 19.9, 20.0, 77.0, 640.0, 5000.0])
def test_the_limit_lies_between_the_two_rates_that_are_found(limit: float) -> None:
    bounds, tried = found(lambda rate, _: rate <= limit)
    assert bounds.carried
    assert bounds.failed
    assert bounds.carried <= limit < bounds.failed <= bounds.carried * WITHIN
    assert len(tried) < 24


def test_what_fails_once_is_tried_once_more() -> None:
    bounds, tried = found(lambda rate, times: rate <= 40 or (rate <= 80 and times == 2))
    assert bounds.carried
    assert 80 / WITHIN < bounds.carried <= 80
    assert tried[:4] == [20, 40, 80, 80]


def test_where_nothing_is_carried_nothing_is_found() -> None:
    bounds, tried = found(lambda _rate, _times: False)
    assert bounds == Bounds(None, 1)
    assert tried[-1] == 1
