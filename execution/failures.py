"""What failed in one operation, and what that makes of the response."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from graphql import GraphQLError, located_error
from graphql.language import FieldNode

from execution.places import Place, keys_of, nearest_nullable, order_of

# How many errors an answer lists: no reader wants more, and each costs as much as many fields.
MOST_ERRORS: Final = 100
Keys = tuple[str | int, ...]


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

    def forget(self, count: int) -> None:
        """Keep so many failures, those that were found first."""
        del self._found[count:]
        self.is_void = any(nearest_nullable(it.place) is None for it in self._found)

    def add(self, place: Place, nodes: Sequence[FieldNode], error: Exception) -> None:
        """Note that the value of a place failed."""
        self._found.append(Failure(place, nodes, error))
        self.is_void = self.is_void or nearest_nullable(place) is None

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
    """Make one place null."""
    within: Any = data
    for key in keys[:-1]:
        within = within[key]
    within[keys[-1]] = None
