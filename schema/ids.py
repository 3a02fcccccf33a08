"""Ids: how the schema writes and reads what stands for a row."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from strawberry.scalars import ID

from core.errors import Invalid
from execution import batched
from resolvers.reading import Reading

Path = tuple[str, ...]
PRINCIPALS: Final = frozenset({"Account", "Group"})
# No row has the nil UUID for its key (RFC 9562, section 5.9).
NOTHING: Final = UUID(int=0)


def identity(type_name: str) -> Any:
    """Return the field `id` of a type: opaque, and the same for good."""
    return batched(written(type_name), description="Stands for it everywhere, for good.")


def written(type_name: str) -> Callable[[Sequence[Any], Reading], list[str]]:
    """Return what writes the ids of a whole level."""

    def write(parents: Sequence[Any], request: Reading) -> list[str]:
        return request.ports.ids.write(type_name, [it.id for it in parents])

    return write


def read(request: Reading, type_name: str, id_: ID, *path: str) -> UUID:
    """Return the key that an id of this type stands for. Raise Invalid for what is no id at all.

    An id of another type stands for nothing: it is looked up like any other, and nothing is found.
    """
    found, key = read_typed(request, id_, *path)
    return key if found == type_name else NOTHING


def read_principal(request: Reading, id_: ID, *path: str) -> UUID:
    """Return the key that the id of an account or of a group stands for. Raise Invalid."""
    found, key = read_typed(request, id_, *path)
    return key if found in PRINCIPALS else NOTHING


def read_typed(request: Reading, id_: ID, *path: str) -> tuple[str, UUID]:
    """Return the type and the key that an id stands for. Raise Invalid for what is no id at all."""
    found = request.ports.ids.read(id_)
    if found is None:
        raise Invalid("This is not an id.", path=path)
    return found


def read_all(request: Reading, type_name: str, ids: Sequence[ID], *path: str) -> list[UUID]:
    """Return the keys that ids of this type stand for. Raise Invalid."""
    return [read(request, type_name, id_, *path) for id_ in ids]
