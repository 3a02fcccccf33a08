"""Ids: how the schema writes and reads what stands for a row."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from strawberry.scalars import ID

from core.errors import Invalid
from execution import batched
from resolvers.reading import Reading

Path = tuple[str, ...]


def identity(type_name: str) -> Any:
    """Return the field `id` of a type: opaque, and the same for good."""
    return batched(written(type_name), description="Stands for it everywhere, for good.")


def written(type_name: str) -> Callable[[Sequence[Any], Reading], list[str]]:
    """Return what writes the ids of a whole level."""

    def write(parents: Sequence[Any], request: Reading) -> list[str]:
        return request.ports.ids.write(type_name, [it.id for it in parents])

    return write


def read(request: Reading, id_: ID, *path: str) -> UUID:
    """Return the key that an id stands for. Raise Invalid for what is no id at all.

    An id of another type is looked up like any other, and nothing is found.
    """
    return read_typed(request, id_, *path)[1]


def read_typed(request: Reading, id_: ID, *path: str) -> tuple[str, UUID]:
    """Return the type and the key that an id stands for. Raise Invalid for what is no id at all."""
    found = request.ports.ids.read(id_)
    if found is None:
        raise Invalid("This is not an id.", path=path)
    return found


def read_all(request: Reading, ids: Sequence[ID], *path: str) -> list[UUID]:
    """Return the keys that ids stand for. Raise Invalid."""
    return [read(request, id_, *path) for id_ in ids]
