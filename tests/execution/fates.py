"""What becomes of a value in the cabinet of specimens: it is there, it is missing, or it is broken."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import wraps
from typing import Any

from strawberry import Info

from execution import Typed, typed
from execution.columns import Load

KINDS = ("Plant", "Animal", "Mineral")


class Fate(Enum):
    """How a value is given."""

    FINE = "FINE"
    MISSING = "MISSING"
    BROKEN = "BROKEN"
    ODD_MISSING = "ODD_MISSING"
    ODD_BROKEN = "ODD_BROKEN"
    LOST = "LOST"


class BrokenError(Exception):
    """A specimen, or what is written on it, cannot be read."""


@dataclass
class Visit:
    """What every field is given; remembers what was loaded, which permission was asked, and what was done."""

    has_key: bool = True
    calls: list[tuple[str, list[int]]] = field(default_factory=list[tuple[str, list[int]]])
    asked: list[str] = field(default_factory=list[str])
    done: list[str] = field(default_factory=list[str])


VisitInfo = Info[Visit, Any]


@dataclass(frozen=True)
class Piece:
    """One specimen as it lies in its drawer; its number decides what it is and what is wrong with it."""

    number: int

    @property
    def typename(self) -> str:
        return KINDS[self.number % len(KINDS)]

    @property
    def label(self) -> str | None:
        """Return what is written on it; number 3 has no label, and that of number 4 is torn."""
        if self.number % 10 == 4:
            message = f"the label of {self.number} is torn"
            raise BrokenError(message)
        return None if self.number % 10 == 3 else f"label {self.number}"

    must_label = label
    locked = label
    spooked = label
    hidden = label

    @property
    def beyond(self) -> "Piece":
        """Return one of the specimens that lie near."""
        return a_piece(self.number * 3 + 1)


PIECES = tuple(map(Piece, range(12)))


def number_of(parent: Piece | None) -> int:
    return parent.number if parent else 1


def fated(value: Any, fate: Fate, number: int) -> Any:
    """Return a value, None or an exception, as it is fated; odd numbers have fates of their own."""
    if fate is Fate.BROKEN or (fate is Fate.ODD_BROKEN and number % 2):
        return BrokenError(f"{number} is broken")
    return None if fate is Fate.MISSING or (fate is Fate.ODD_MISSING and number % 2) else value


def found(name: str, visit: Visit, parents: Sequence[Piece | None], fate: Fate) -> None:
    """Note a call for a whole level. Raise BrokenError where all of it is lost."""
    visit.calls.append((name, [number_of(it) for it in parents]))
    if fate is Fate.LOST:
        message = f"the drawer of {name} is lost"
        raise BrokenError(message)


def each(name: str, make: Callable[[int], Any]) -> Load:
    """Return what loads one value for each parent."""

    def load(parents: Sequence[Piece | None], visit: Visit, *, fate: Fate = Fate.FINE) -> list[Any]:
        found(name, visit, parents, fate)
        return [fated(make(number), fate, number) for number in map(number_of, parents)]

    return load


def several(name: str, make: Callable[[int], Any]) -> Load:
    """Return what loads a list for each parent; the items have a fate too."""

    def load(
        parents: Sequence[Piece | None],
        visit: Visit,
        *,
        count: int = 2,
        fate: Fate = Fate.FINE,
        items: Fate = Fate.FINE,
    ) -> list[Any]:
        found(name, visit, parents, fate)
        numbers = map(number_of, parents)
        return [
            fated([fated(make(it + at), items, it + at) for at in range(min(count, 4))], fate, it)
            for it in numbers
        ]

    return load


def rows(name: str, make: Callable[[int], Any]) -> Load:
    """Return what loads a list of lists for each parent; the inner lists and their items have fates too."""

    def load(
        parents: Sequence[Piece | None],
        visit: Visit,
        *,
        fate: Fate = Fate.FINE,
        lists: Fate = Fate.FINE,
        items: Fate = Fate.FINE,
    ) -> list[Any]:
        found(name, visit, parents, fate)
        return [
            fated(
                [
                    fated([fated(make(it + at), items, at) for at in range(row, row + 2)], lists, row)
                    for row in range(2)
                ],
                fate,
                it,
            )
            for it in map(number_of, parents)
        ]

    return load


def later(load: Load) -> Load:
    """Return the same as a coroutine function, which lets others go first."""

    @wraps(load)
    async def load_later(*given: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        return load(*given, **named)

    return load_later


def alone(load: Load) -> Callable[..., Any]:
    """Return an ordinary resolver for the same, which knows of one parent."""

    def resolve(root: Any, info: VisitInfo, fate: Fate = Fate.FINE) -> Any:
        values: Any = load([root], info.context, fate=fate)
        return values[0]

    return resolve


def alone_later(load: Load) -> Callable[..., Any]:
    """Return the same as a coroutine function."""

    async def resolve(root: Any, info: VisitInfo, fate: Fate = Fate.FINE) -> Any:
        await asyncio.sleep(0)
        values: Any = load([root], info.context, fate=fate)
        return values[0]

    return resolve


def a_word(number: int) -> str:
    return f"word {number}"


def a_piece(number: int) -> Piece:
    """Return one of a dozen specimens; they are drawn again and again, as rows of a table are."""
    return PIECES[number % len(PIECES)]


def beyond(number: int) -> Piece:
    return Piece(number).beyond


def a_plant(number: int) -> Piece:
    """Return a specimen whose number makes it a plant."""
    return a_piece(number * len(KINDS))


def bottled(number: int) -> Typed | None:
    """Return a specimen that says itself what it is; the bottle of number 3 is empty."""
    held = a_piece(number)
    return typed(held.typename, None if held.number == 3 else held)
