"""What failed in one operation, and what that makes of the response."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from graphql import GraphQLError, located_error
from graphql.language import FieldNode

from execution.places import Keys, Place, keys_of, moved, nearest_nullable, order_of

# How many errors an answer lists: no reader wants more, and each costs as much as many fields.
MOST_ERRORS: Final = 100


class Failure(NamedTuple):
    """One error, where it happened, and what in the document asked for it."""

    place: Place
    nodes: Sequence[FieldNode]
    error: Exception


class Failures:
    """Gathers what fails; while fields are executed, a failed value is simply null.

    Only at the end do nulls rise to where they are allowed (GraphQL section 6.4.4). Then errors come in the
    order of the response, and one that lies within what another has made null already is dropped: had fields
    been executed one after the other, nobody would have got there.
    """

    def __init__(self) -> None:
        self._found: list[Failure] = []
        self.is_void = False
        """Whether there will be no data at all."""

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: Place, nodes: Sequence[FieldNode], error: Exception) -> None:
        """Note that the value of a place failed."""
        self._found.append(Failure(place, nodes, error))
        self.is_void = self.is_void or nearest_nullable(place) is None

    def repeat(self, since: int, twins: Mapping[Keys, Sequence[Place]]) -> None:
        """Note what failed since there were so many failures in the twins of the places that it lies in too.

        All these places are equally deep.
        """
        depth = len(next(iter(twins)))
        for place, nodes, error in self._found[since:]:
            for twin in twins.get(keys_of(place)[:depth], ()):
                self.add(moved(place, depth, twin), nodes, error)

    def settle(self, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError] | None]:
        """Return the data with nulls where failures made them, and the errors to tell; None for none."""
        if not self._found:
            return data, None
        errors: list[GraphQLError] = []
        nulled: set[Keys] = set()
        for place, nodes, error in sorted(self._found, key=lambda it: order_of(it.place)):
            keys = keys_of(place)
            if any(keys[:length] in nulled for length in range(len(keys) + 1)):
                continue
            errors.append(located_error(error, nodes, keys))
            lost = keys_of(nearest_nullable(place))
            if not self.is_void:  # then there is no data to clear
                clear(data, lost)
            nulled.add(lost)
        return None if self.is_void else data, errors[:MOST_ERRORS]


def clear(data: dict[str, Any], keys: Keys) -> None:
    """Make one place null, if what it lies in is still there: that may be shared with another place."""
    within: Any = data
    for key in keys[:-1]:
        within = within[key]
        if within is None:
            return
    within[keys[-1]] = None
