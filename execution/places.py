"""Where a value stands in the response, said only when somebody asks."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from graphql.pyutils import Path


class Spot(NamedTuple):
    """What all values of one field, or all items of its lists, have in common."""

    nullable: bool
    ordinal: int = 0
    """Which of its object's fields it is, in the order of the response; items have their index for that."""
    parent_type: str | None = None


# The place that it is in, its key there, and the spot.
Place: TypeAlias = "tuple[Owner, str | int, Spot]"
# The place of an object; the root has none.
Owner: TypeAlias = "Place | None"
# The response path of a place (GraphQL section 7.1.2).
Keys: TypeAlias = tuple[str | int, ...]


class Owners(Protocol):
    """The places of objects, made when somebody asks for them."""

    def at(self, index: int) -> Owner:
        """Return the place of one object."""
        ...

    def all(self) -> Sequence[Owner]:
        """Return the place of each object."""
        ...


class Places(Owners, Protocol):
    """The places of a column of values, none of which is the root."""

    def at(self, index: int) -> Place:
        """Return the place of one value."""
        ...

    def all(self) -> Sequence[Place]:
        """Return the place of each value."""
        ...


class Root:
    """The place of the one object that has none."""

    def at(self, index: int) -> None:  # noqa: ARG002  there is one alone
        return None

    def all(self) -> Sequence[None]:
        return [None]


class OfField(NamedTuple):
    """The places of one field of many objects."""

    owners: Owners
    name: str
    spot: Spot

    def at(self, index: int) -> Place:
        return (self.owners.at(index), self.name, self.spot)

    def all(self) -> Sequence[Place]:
        name, spot = self.name, self.spot
        return [(owner, name, spot) for owner in self.owners.all()]


class OfItems(NamedTuple):
    """The places of the items of many lists, list after list."""

    lists: Places
    sizes: Sequence[int]
    spot: Spot

    def at(self, index: int) -> Place:
        number = 0
        while index >= self.sizes[number]:
            index -= self.sizes[number]
            number += 1
        return (self.lists.at(number), index, self.spot)

    def all(self) -> Sequence[Place]:
        spot = self.spot
        pairs = zip(self.lists.all(), self.sizes, strict=True)
        return [(owner, index, spot) for owner, size in pairs for index in range(size)]


class OfSome(NamedTuple):
    """The places of some values of a column."""

    places: Owners
    chosen: Sequence[int]

    def at(self, index: int) -> Any:
        return self.places.at(self.chosen[index])

    def all(self) -> Sequence[Any]:
        every = self.places.all()
        return [every[index] for index in self.chosen]


def steps(place: Owner) -> list[Place]:
    """Return the places that lead from the root to this one, it included."""
    found: list[Place] = []
    while place is not None:
        found.append(place)
        place = place[0]
    return found[::-1]


def path_of(place: Owner) -> Path | None:
    """Return a place as graphql-core tells resolvers of it."""
    path = None
    for _, key, spot in steps(place):
        path = Path(path, key, spot.parent_type)
    return path


def order_of(place: Owner) -> tuple[int, ...]:
    """Return what sorts places as they stand in the response."""
    return tuple(key if isinstance(key, int) else spot.ordinal for _, key, spot in steps(place))


def keys_of(place: Owner) -> Keys:
    """Return the response path of a place (GraphQL section 7.1.2)."""
    return tuple(key for _, key, _ in steps(place))


def moved(place: Place, depth: int, to: Place) -> Place:
    """Return a place as it would be if the one that it lies in, so many steps from the root, were another."""
    for _, key, spot in steps(place)[depth:]:
        to = (to, key, spot)
    return to


def field_of(place: Place) -> Place:
    """Return the place of the field that a place is in a list of; any other place as it is."""
    while isinstance(place[1], int) and place[0] is not None:
        place = place[0]
    return place


def nearest_nullable(place: Owner) -> Owner:
    """Return the place that is null when this one can not be (GraphQL section 6.4.4); None: all data."""
    while place is not None and not place[2].nullable:
        place = place[0]
    return place
