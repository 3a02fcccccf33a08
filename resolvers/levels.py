"""Answers of one statement, given back to the whole level of parents that asked."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Executable

from models.tables import AnyRow
from resolvers.reading import Reading


def grouped(found: Iterable[AnyRow], by: str, over: Iterable[Hashable]) -> list[list[AnyRow]]:
    """Return, for each key in `over`, the rows whose column `by` holds it, in the order they were found."""
    groups: defaultdict[Hashable, list[AnyRow]] = defaultdict(list)
    key = attrgetter(by)
    for row in found:
        groups[key(row)].append(row)
    return [groups[one] for one in over]


def grouped_alike(found: Iterable[AnyRow], by: str, over: Iterable[Hashable]) -> list[list[AnyRow]]:
    """Return the same, but that a thing which several keys have is one row: it is executed once.

    Its column `by` is then that of the first of them.
    """
    firsts: dict[Hashable, AnyRow] = {}
    return [[firsts.setdefault(row.id, row) for row in rows] for rows in grouped(found, by, over)]


def matched(found: Iterable[AnyRow], over: Iterable[Hashable]) -> list[AnyRow | None]:
    """Return, for each id in `over`, the row that has it, or None."""
    rows = {row.id: row for row in found}
    return [rows.get(one) for one in over]


async def looked_up(
    request: Reading, statement: Executable, ids: Sequence[UUID | None]
) -> list[AnyRow | None]:
    """Return what a statement with `:ids` finds for each id; None for None, and for what is not found."""
    wanted = {one for one in ids if one is not None}
    found = await request.rows(statement, ids=list(wanted)) if wanted else ()
    return matched(found, over=ids)


def column(parents: Sequence[Any], name: str) -> list[Any]:
    """Return one attribute of every parent."""
    return list(map(attrgetter(name), parents))
