"""An import of many rows: all are looked at first, then those without a problem are written, batch by batch.

One batch is one transaction. Whoever is stopped in between brings the same rows again: what is there already
is left as it is.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Final, Protocol, TypeAlias

from core.errors import NotFound
from core.viewer import Viewer
from resolvers.change import Change
from resolvers.entering import acting
from resolvers.importing import MOST_ROWS, Outcome, Problem, Row
from resolvers.ports import Ports

WentOn: TypeAlias = Callable[[int], None]
BATCH: Final = MOST_ROWS


class Examine(Protocol):
    """Returns what rows come to, and changes nothing."""

    def __call__(self, change: Change, rows: Sequence[Row], later: Collection[str]) -> Awaitable[Outcome]:
        """Return what these rows come to; names among `later` need not be there yet."""
        ...


Write: TypeAlias = Examine
"""Returns what rows came to, all of which without a problem are written."""


async def examined(
    ports: Ports, viewer: Viewer, rows: Sequence[Row], examine: Examine, went_on: WentOn
) -> Outcome:
    """Return what all rows come to; those that name a row with a problem have one too."""
    outcome = Outcome()
    later = {it.reference for it in rows}
    async with acting(ports, viewer) as change:
        for batch in batches(rows):
            outcome.add(await examine(change, batch, later))
            went_on(len(batch))
    without_named(outcome, rows)
    return outcome


def without_named(outcome: Outcome, rows: Sequence[Row]) -> None:
    """Refuse the rows that name one which is refused, and those that name these in turn."""
    refused = {it.place for it in outcome.problems}
    without: set[str] = set()
    names = {it.reference for it in rows if it.place not in refused}
    while True:
        waiting = [it for it in outcome.deferred if it.place not in refused]
        lost = [it for it in waiting if it.said["accountant"] not in names]
        if not lost:
            break
        for it in lost:
            error = NotFound("The row that this one names has a problem.", path=("accountant",))
            outcome.problems.append(Problem(it.place, error))
        refused |= {it.place for it in lost}
        without |= {it.reference for it in lost}
        names -= without
    for name in ("created", "updated", "unchanged"):
        setattr(outcome, name, [it for it in getattr(outcome, name) if it not in without])


async def written(
    ports: Ports, viewer: Viewer, rows: Sequence[Row], write: Write, went_on: WentOn
) -> Outcome:
    """Write rows, all of which were looked at; return what they came to. Raise what `write` raises."""
    outcome = Outcome()
    later = {it.reference for it in rows}
    for batch in batches(rows):
        async with acting(ports, viewer) as change:
            found = await write(change, batch, later)
        outcome.add(found)
        went_on(len(batch))
    for batch in batches(outcome.deferred):
        async with acting(ports, viewer) as change:
            outcome.problems += (await write(change, batch, ())).problems
    return outcome


def batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield the rows, so many at a time."""
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]
