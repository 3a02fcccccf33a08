"""What a program of the release before can no longer do on the tables of this version."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.upgrades.tables import Tables

Row = Mapping[str, Any]
# How a policy begins that lets more through, in `tables.TABLES`.
PERMITS: Final = "t "


def narrowed(before: Tables, after: Tables) -> Iterator[str]:
    """Yield what is taken away from whoever knows the tables as they were, in the order of their names."""
    yield from columns_that_stayed(before, after)
    yield from columns_that_came(before, after)
    yield from conditions(before, after)
    yield from indexes(before, after)
    for name in sorted(before.grants.keys() - after.grants):
        yield f"kluis_app has lost {name}"
    for name in sorted(before.tables.keys() & after.tables):
        was, became = before.tables[name], after.tables[name]
        if not stands(was["wall"], became["wall"]):
            yield f"{name} has another wall"
        if became["file"] != was["file"]:
            yield f"{name} is written anew, and shut meanwhile"


def stands(was: Iterable[str], became: Iterable[str]) -> bool:
    """Return whether a wall lets through what it did: its policies are there, and others that permit."""
    more = set(became) - set(was)
    return set(was) <= set(became) and all(it.startswith(PERMITS) for it in more)


def columns_that_stayed(before: Tables, after: Tables) -> Iterator[str]:
    """Yield what became of the columns that the program knows."""
    for name, was in sorted(before.columns.items()):
        became = after.columns.get(name)
        if became is None:
            yield f"{name} is gone"
            continue
        if became["type"] != was["type"]:
            yield f"{name} is {became['type']}, and was {was['type']}"
        if became["is_needed"] and not was["is_needed"]:
            yield f"{name} may no longer be empty"
        if became["otherwise"] != was["otherwise"]:
            yield f"{name} has another default"


def columns_that_came(before: Tables, after: Tables) -> Iterator[str]:
    """Yield the columns that the program would have to fill."""
    for name, came in sorted(after.columns.items()):
        is_strange = came["of"] in before.tables and name not in before.columns
        if is_strange and came["is_needed"] and not came["otherwise"]:
            yield f"{name} must be given, and is not known"


def conditions(before: Tables, after: Tables) -> Iterator[str]:
    """Yield what the tables that the program knows ask of its rows from now on."""
    for name, came in sorted(after.constraints.items()):
        was = before.constraints.get(name)
        if came["of"] not in before.tables or (was and allows_as_much(was["said"], came["said"])):
            continue
        if not is_of_new_columns(came, before, after):
            yield f"{name} is a new condition"


def allows_as_much(was: str, became: str) -> bool:
    """Return whether a condition is the same, but for values that a list allows besides."""
    literals = re.compile(r"'[^']*'(::text)?(, )?")
    same_shape = literals.sub("", was) == literals.sub("", became)
    return same_shape and values_in(was) <= values_in(became) and (was == became or "= ANY (ARRAY[" in was)


def values_in(said: str) -> set[str]:
    """Return the texts that a condition names."""
    return set(re.findall(r"'[^']*'", said))


def indexes(before: Tables, after: Tables) -> Iterator[str]:
    """Yield the indexes that the program's statements need, and those that refuse its rows."""
    for name, was in sorted(before.indexes.items()):
        if name not in after.indexes:
            yield f"{name} is gone"
        elif after.indexes[name]["said"] != was["said"]:
            yield f"{name} is another index"
    for name, came in sorted(after.indexes.items()):
        is_strange = came["of"] in before.tables and name not in {*before.indexes, *after.constraints}
        if is_strange and came["is_unique"] and not is_of_new_columns(came, before, after):
            yield f"{name} is a new condition"


def is_of_new_columns(came: Row, before: Tables, after: Tables) -> bool:
    """Return whether a condition holds for whatever leaves the new columns out."""
    strange = [it for it in came["columns"] if it not in before.columns]
    known = {it for it in came["columns"] if it in before.columns} - {f"{came['of']}.licence_id"}
    left_empty = [
        it for it in strange if not (after.columns[it]["is_needed"] or after.columns[it]["otherwise"])
    ]
    return bool(left_empty) if came["is_unique"] else bool(strange) and not known
