"""Parts of a file over HTTP: conditional requests and single ranges (RFC 9110, sections 13 and 14)."""

import re
from typing import Final, NamedTuple

from starlette.datastructures import Headers

ONE_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,19})-([0-9]{0,19})|-([0-9]{1,19}))", re.ASCII)


class Part(NamedTuple):
    """Which bytes of a file are sent: from `start` up to and without `end`."""

    start: int
    end: int


class NotSatisfiable(Exception):
    """A range that the file does not have."""


def is_known(headers: Headers, etag: str) -> bool:
    """Return whether the client has this very file already (If-None-Match)."""
    said = headers.get("if-none-match", "")
    return said.strip() == "*" or etag in {it.strip().removeprefix("W/") for it in said.split(",")}


def part_of(headers: Headers, etag: str, byte_size: int) -> Part | None:
    """Return the one range that is asked for; None for the whole file. Raise NotSatisfiable.

    Several ranges, other units and what is no range at all are answered with the whole file, as RFC 9110
    allows: nobody makes this server send a thousand pieces (SECURITY 60). So is a range of another file than
    this one (If-Range).
    """
    found = ONE_RANGE.fullmatch(headers.get("range", "").strip())
    if found is None or headers.get("if-range", etag).strip() != etag:
        return None
    first, last, from_end = (int(it) if it else None for it in found.groups())
    if first is None:
        start, end = max(0, byte_size - (from_end or 0)), byte_size
    else:
        start, end = first, byte_size if last is None else min(last + 1, byte_size)
        if last is not None and last < first:
            return None
    if start >= end:
        raise NotSatisfiable
    return Part(start, end)
