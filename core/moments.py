"""Moments as they are kept and compared: in UTC."""

from datetime import UTC, datetime


def in_utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC.

    Raise ValueError for one whose offset is not told, or that lies outside the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is None:
        raise ValueError("the offset of a moment is not told")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment lies outside the years 1 to 9999") from None
