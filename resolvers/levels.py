"""Answers of one statement, given back to the whole level of parents that asked."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from models.tables import AnyRow


def grouped(found: Iterable[AnyRow], by: str, over: Iterable[Hashable]) -> list[list[AnyRow]]:
    """Return, for each key in `over`, the rows whose column `by` holds it, in the order they were found."""
    groups: defaultdict[Hashable, list[AnyRow]] = defaultdict(list)
    key = attrgetter(by)
    for row in found:
        groups[key(row)].append(row)
    return [groups[one] for one in over]


def matched(found: Iterable[AnyRow], over: Iterable[Hashable]) -> list[AnyRow | None]:
    """Return, for each id in `over`, the row that has it, or None."""
    rows = {row.id: row for row in found}
    return [rows.get(one) for one in over]


def column(parents: Sequence[Any], name: str) -> list[Any]:
    """Return one attribute of every parent."""
    return list(map(attrgetter(name), parents))
