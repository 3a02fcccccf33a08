"""Live events: what the entries of the feed that wait on a line are to the viewer, as he sees things now."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select

from models import Document
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from resolvers import changes, dossiers, gate
from resolvers.changes import Told
from resolvers.document_filters import DOSSIER_ID, is_in_dossier, is_seen_dossier
from resolvers.reading import Reading
from resolvers.switchboard import HEAD

DOSSIER_PLACE: Final = ("dossierId",)
# What is gone is in the list of its dossier as it was.
IN_DOSSIER: Final = select(Document.id).where(
    Document.licence_id == LICENCE,
    Document.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    is_in_dossier(Document.__table__, DOSSIER_ID),
    is_seen_dossier(DOSSIER_ID),
)


async def begin(request: Reading, dossier_id: UUID | None) -> int:
    """Return the number up to which the viewer sees everything already. Raise NotFound for the dossier."""
    if dossier_id is not None:
        await gate.one(request, dossiers.by_ids, dossier_id, path=DOSSIER_PLACE)
    row = await request.row(HEAD)
    return row.numbered_up_to if row else 0


async def events(request: Reading, entries: Sequence[AnyRow], dossier_id: UUID | None) -> list[Told]:
    """Return what the viewer is told of documents: of each once, as it is now, in the order of the last."""
    latest: dict[UUID, Told] = {}
    for it in await changes.told(request, entries):
        before = latest.pop(it.subject_id, None)
        is_new = it.row is not None and before is not None and before.kind is ChangeKind.CREATED
        latest[it.subject_id] = replace(it, kind=ChangeKind.CREATED) if is_new else it
    if dossier_id is None or not latest:
        return list(latest.values())
    found = await request.rows(IN_DOSSIER, ids=list(latest), dossier_id=dossier_id)
    there = {row.id for row in found}
    return [it for it in latest.values() if it.subject_id in there]
