"""Whether something stays as it is: how growth is judged, and how noise is not taken for it."""

import pytest

from bench.flatness import Bound, growth
from bench.soak_report import COUNT, MEMORY

NOISE = (0, 1, 3, 2, 0, 2, 1, 3, 2, 1)


def test_what_grows_at_first_only_is_flat() -> None:
    warming_up = [100 + 4 * min(number, 20) for number in range(40)]
    assert growth(warming_up, MEMORY).is_flat


def test_memory_that_rises_on_and_on_is_not_flat() -> None:
    rising = [100 + number for number in range(120)]
    assert not growth(rising, MEMORY).is_flat
    assert growth(rising, MEMORY).before == 100 + 74.5
    assert growth(rising, MEMORY).after == 100 + 104.5


def test_memory_may_rise_by_a_twentieth() -> None:
    assert growth([200.0] * 30 + [209.9] * 10, MEMORY).is_flat
    assert not growth([200.0] * 30 + [210.1] * 10, MEMORY).is_flat


def test_descriptors_that_come_and_go_are_flat() -> None:
    assert growth([60 + it for it in NOISE * 4], COUNT).is_flat


def test_a_descriptor_that_is_left_open_now_and_then_is_not_flat() -> None:
    leaking = [60 + number // 3 for number in range(40)]
    assert not growth(leaking, COUNT).is_flat


def test_what_becomes_less_is_flat() -> None:
    assert growth([100.0 - it for it in range(40)], Bound()).is_flat


def test_too_few_samples_tell_nothing() -> None:
    with pytest.raises(ValueError, match="7 samples"):
        growth([1.0] * 7, COUNT)
