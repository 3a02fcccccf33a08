"""The door of every change: fetch and require in one verb, so that nothing is fetched unchecked.

What the viewer may not see is NotFound, in the same words as what never was; what he may see but not do is
Forbidden.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.rights import Right
from models.tables import AnyRow
from permissions.people import keeps_files
from resolvers.change import Change
from resolvers.document_rows import these, this_one_locked
from resolvers.reading import Reading

Path = tuple[str, ...]
LookUp = Callable[[Reading, Sequence[UUID]], Awaitable[list[AnyRow | None]]]
MOST_IDS = 100


async def document(
    change: Change, document_id: UUID, right: Right, *, path: Path, if_revision: int | None = None
) -> AnyRow:
    """Return a document that the viewer may read and has `right` on; nobody else changes it meanwhile.

    Raise NotFound, Forbidden, or Conflict when it is no longer at the revision that the viewer saw.
    """
    row = await held(change, document_id)
    if row is None:
        raise NotFound(path=path)
    if right not in Right(row.rights):
        raise Forbidden(path=path)
    if if_revision is not None and if_revision != row.revision:
        raise Conflict(current_revision=row.revision, path=("input", "ifRevision"))
    return row


async def deleted_document(change: Change, document_id: UUID, right: Right, *, path: Path) -> AnyRow:
    """Return a deleted document that the viewer has `right` on; to everybody else it is not there.

    Raise NotFound.
    """
    row = await held(change, document_id, deleted=True)
    if row is None or right not in Right(row.rights):
        raise NotFound(path=path)
    return row


async def held(change: Change, document_id: UUID, *, deleted: bool = False) -> AnyRow | None:
    """Return a document that the viewer may read, once nobody else changes it; None where he may not.

    Whoever held it until now may have taken rights away: what the viewer may do is read after the wait.
    """
    for_staff = not change.viewer.is_client
    await change.rows(this_one_locked(for_staff=for_staff, deleted=deleted), ids=[document_id])
    return await change.row(these(for_staff=for_staff, deleted=deleted), ids=[document_id])


def staff(change: Change, *, path: Path = ()) -> None:
    """Require that the viewer works for the firm. Raise Forbidden."""
    if not change.viewer.is_staff:
        raise Forbidden(path=path)


def files(change: Change) -> None:
    """Require that the viewer keeps the firm's relations and dossiers. Raise Forbidden."""
    if not keeps_files(change.viewer):
        raise Forbidden


def administrator(change: Change) -> None:
    """Require that the viewer administers the licence. Raise Forbidden."""
    if not change.viewer.is_administrator:
        raise Forbidden


async def one(request: Reading, look_up: LookUp, id_: UUID, *, path: Path) -> AnyRow:
    """Return the thing with this id, as far as the viewer may see it. Raise NotFound."""
    (row,) = await look_up(request, [id_])
    if row is None:
        raise NotFound(path=path)
    return row


async def every(
    change: Change, look_up: LookUp, ids: Sequence[UUID], *, path: Path, most: int = MOST_IDS
) -> list[AnyRow]:
    """Return the things with these ids, each once. Raise NotFound for one, Invalid for too many."""
    if len(ids) > most:
        raise Invalid("At most {most} ids.", path=path, most=most)
    wanted = list(dict.fromkeys(ids))
    found = await look_up(change, wanted) if wanted else []
    rows = [row for row in found if row is not None]
    if len(rows) < len(wanted):
        raise NotFound(path=path)
    return rows
