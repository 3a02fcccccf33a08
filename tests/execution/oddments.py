"""What lies in the cabinet and is seldom as it should be: weights, kinds, bags, and what says what it is."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NewType

import strawberry
from graphql import Undefined
from strawberry.extensions import FieldExtension
from strawberry.types.scalar import ScalarDefinition

from execution import Typed
from tests.execution.fates import BrokenError, Piece, Visit

Grams = NewType("Grams", int)


def weighed(value: int) -> int | None:
    """Return how a weight is told: zero is none. Raise BrokenError for what weighs less."""
    if value < 0:
        message = f"nothing weighs {value}"
        raise BrokenError(message)
    return value or None


def weighable(value: int) -> int:
    """Return a weight that was given. Raise BrokenError."""
    return weighed(value) or 0


SCALARS: Mapping[object, ScalarDefinition] = {
    Grams: strawberry.scalar(name="Grams", serialize=weighed, parse_value=weighable)
}


@strawberry.enum
class Kind(Enum):
    PLANT = "Plant"
    ANIMAL = "Animal"


@strawberry.enum
class Bag(Enum):
    """What a list can be in Python, or pretend to be."""

    TUPLE = "TUPLE"
    GENERATOR = "GENERATOR"
    EXHAUSTED = "EXHAUSTED"
    RAISING = "RAISING"
    NUMBER = "NUMBER"
    TEXT = "TEXT"
    MAPPING = "MAPPING"


@strawberry.enum
class Claim(Enum):
    """What a value can say that it is."""

    MINERAL = "Mineral"
    MOUSE = "Mouse"
    NOBODY = "Nobody"
    NO_OBJECT = "Fate"
    NO_NAME = "NO_NAME"
    NOTHING = "NOTHING"
    RAISING = "RAISING"


def claimed(value: Any, info: Any) -> Any:
    """Return what a value says that it is, which need not be the name of a type. Raise BrokenError."""
    name = value.typename
    if name == Claim.RAISING.value:
        message = f"it will not say, {len(info.path.as_list())} steps from the root"
        raise BrokenError(message)
    return {Claim.NO_NAME.value: 7, Claim.NOTHING.value: None}.get(name, name)


def claimants(parents: Sequence[Piece], visit: Visit, *, claim: Claim) -> list[Typed]:  # noqa: ARG001
    return [Typed(claim.value, it) for it in parents]


def rows_of_claimants(parents: Sequence[Piece], visit: Visit, *, claim: Claim) -> list[Any]:
    return [[[it]] for it in claimants(parents, visit, claim=claim)]


def counting(kind: Bag, number: int) -> Iterator[int]:
    yield number
    if kind is Bag.RAISING:
        message = "the bag is torn"
        raise BrokenError(message)
    yield number + 1


def in_bag(kind: Bag, number: int) -> Any:
    """Return two numbers, or what cannot be a list of them."""
    counted = counting(kind, number)
    if kind is Bag.EXHAUSTED:
        list(counted)
    held = {Bag.TUPLE: (number, None), Bag.NUMBER: number, Bag.TEXT: "abc", Bag.MAPPING: {1: 2}}
    return held.get(kind, counted)


def bags(parents: Sequence[Piece], visit: Visit, *, kind: Bag) -> list[Any]:  # noqa: ARG001
    return [in_bag(kind, it.number) for it in parents]


def bag_of(root: Any, kind: Bag) -> Any:
    return in_bag(kind, root.number)


def weights(parents: Sequence[Piece], visit: Visit, *, grams: Grams = Grams(5)) -> list[int]:  # noqa: ARG001
    return [grams - it.number for it in parents]


def kinds(parents: Sequence[Piece], visit: Visit, *, raw: str = "Plant") -> list[Any]:  # noqa: ARG001
    """Return the kind of the even ones, and what was given for the odd ones."""
    return [raw if it.number % 2 else Kind.ANIMAL for it in parents]


def undefined(parents: Sequence[Piece], visit: Visit) -> list[Any]:  # noqa: ARG001
    return [Undefined for _ in parents]


class Loud(FieldExtension):
    """Changes the value of a field, and is no permission."""

    def resolve(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        value = next_(source, info, **given)
        return value.upper() if isinstance(value, str) else value

    async def resolve_async(self, next_: Any, source: Any, info: Any, **given: Any) -> Any:
        value = await next_(source, info, **given)
        return value.upper() if isinstance(value, str) else value
