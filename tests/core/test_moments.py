"""Moments: in UTC, and refused where nobody can tell when they are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.moments import in_utc

OFFSETS = st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
# Without an offset, which is drawn.
FIRST, LAST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001


@given(st.datetimes(FIRST, LAST, timezones=OFFSETS))
def test_a_moment_is_the_same_in_utc(moment: datetime) -> None:
    assert in_utc(moment) == moment
    assert in_utc(moment).tzinfo is UTC


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        in_utc(datetime(2026, 1, 30))  # noqa: DTZ001  that is the point


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))),
    ],
)
def test_a_moment_outside_the_years_of_utc_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="years"):
        in_utc(moment)
