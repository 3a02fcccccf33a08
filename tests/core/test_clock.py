"""The clock: the machine's own time, in UTC."""

from datetime import UTC, datetime

from core.clock import SystemClock


def test_the_system_clock_tells_the_present_moment_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    after = datetime.now(UTC)
    assert now.tzinfo is UTC
    assert before <= now <= after
