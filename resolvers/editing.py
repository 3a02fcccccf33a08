"""How a thing of the firm's files is changed and taken away: one at a time, and never past each other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists, Conflict, InUse, NotFound
from models import Entity
from models.tables import AnySelect
from resolvers import gate
from resolvers.change import Change
from resolvers.gate import LookUp, Path

# Of each kind that uses a thing so many are named.
NAMED: Final = 10
REFERENCE: Final = ("input", "externalReference")


class Revised(Protocol):
    """A row that counts its changes."""

    revision: Any
    updated_at: Any


Edited = TypeVar("Edited", bound=Entity)


async def held(
    change: Change,
    entity: type[Edited],
    look_up: LookUp,
    id_: UUID,
    *,
    path: Path,
    if_revision: int | None = None,
) -> Edited:
    """Return the row of a thing that the viewer may see, while nobody else changes it.

    Raise NotFound, or Conflict when it is no longer at the revision that the viewer saw.
    """
    await gate.one(change, look_up, id_, path=path)
    row = await locked(change, entity, id_, path=path)
    require_revision(row, if_revision)
    return row


async def held_to_delete(
    change: Change,
    entity: type[Edited],
    look_up: LookUp,
    id_: UUID,
    *,
    path: Path,
    if_revision: int | None = None,
) -> Edited:
    """Return the same, once nobody is about to refer to it; whoever wants to waits, and does not find it."""
    await gate.one(change, look_up, id_, path=path)
    row = await locked(change, entity, id_, path=path, to_delete=True)
    require_revision(row, if_revision)
    return row


async def locked(
    change: Change, entity: type[Edited], id_: UUID, *, path: Path, to_delete: bool = False
) -> Edited:
    """Return a row while nobody else changes it. Raise NotFound where whoever held it before deleted it."""
    key = (change.viewer.licence_id, id_)
    lock = {"key_share": not to_delete}
    row = await change.session.get(entity, key, with_for_update=lock, populate_existing=True)
    if row is None or getattr(row, "deleted_at", None) is not None:
        raise NotFound(path=path)
    return row


def require_revision(row: Any, if_revision: int | None) -> None:
    """Require that a row is at the revision that the viewer saw, if he said so. Raise Conflict."""
    if if_revision is not None and if_revision != row.revision:
        raise Conflict(current_revision=row.revision, path=("input", "ifRevision"))


def set_on(row: Any, columns: Mapping[str, Any]) -> list[str]:
    """Set these columns of a row; return the names of those that were otherwise."""
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    return changed


def count_change(row: Revised, now: datetime) -> None:
    """Count a change of a row."""
    row.revision += 1
    row.updated_at = now


async def write(change: Change, *, path: Path = REFERENCE) -> None:
    """Write what was changed. Raise AlreadyExists, with this place, for what is there once and no more."""
    try:
        await change.session.flush()
    except IntegrityError as error:
        # The only one that people can run into: what is referred to was looked up before.
        if "unique" not in str(error.orig):
            raise
        raise AlreadyExists(path=path) from None


async def require_unused(
    change: Change, uses: Mapping[str, AnySelect], id_: UUID, *, path: Path, unseen: Sequence[AnySelect] = ()
) -> None:
    """Require that nothing uses a thing: `uses` finds by type what does, `unseen` what nobody is told of.

    Raise InUse with the first of each kind.
    """
    found = [
        (type_name, row.id)
        for type_name, statement in uses.items()
        for row in await change.rows(statement.limit(NAMED), used=id_)
    ]
    if found:
        raise InUse(used_by=found, path=path)
    for statement in unseen:
        if await change.rows(statement.limit(1), used=id_):
            message = "Documents that were deleted not long ago still use it: it can be deleted after them."
            raise InUse(message, used_by=(), path=path)
