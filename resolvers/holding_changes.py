"""What the firm does with holdings: adds assets, liabilities and policies, changes and deletes them, S018."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.errors import Required
from core.folding import fold
from models import Document, DocumentHolding, Holding
from models.tables import LICENCE
from resolvers import dossiers, editing, gate, holdings
from resolvers.change import Change
from resolvers.relation_fields import LINE, REFERENCE, kept_texts

HOLDING: Final = ("input", "holdingId")
OF_DOCUMENTS: Final = (
    select(DocumentHolding.document_id.label("id"))
    .join(Document, (Document.licence_id == LICENCE) & (Document.id == DocumentHolding.document_id))
    .where(
        DocumentHolding.licence_id == LICENCE,
        DocumentHolding.holding_id == bindparam("used", type_=Uuid()),
    )
)
USES: Final = {"Document": OF_DOCUMENTS.where(Document.deleted_at.is_(None))}
TEXTS: Final = {"name": LINE, "reference": REFERENCE, "external_reference": REFERENCE}


async def create_holding(change: Change, said: Mapping[str, Any]) -> UUID:
    """Add a holding; return its id. Raise Forbidden, Problems, Required, NotFound, AlreadyExists."""
    gate.files(change)
    columns = await checked(change, said)
    holding = change.add(
        Holding,
        name_folded=fold(columns["name"]),
        created_at=change.now,
        updated_at=change.now,
        **columns,
    )
    await editing.write(change)
    change.record("holding.created", holding=str(holding.id))
    return holding.id


async def update_holding(
    change: Change, holding_id: UUID, said: Mapping[str, Any], if_revision: int | None = None
) -> None:
    """Change a holding: only what is given.

    Raise Forbidden, NotFound, Conflict, Problems, Required, AlreadyExists.
    """
    gate.files(change)
    holding = await editing.held(
        change, Holding, holdings.by_ids, holding_id, path=HOLDING, if_revision=if_revision
    )
    changed = editing.set_on(holding, await checked(change, said))
    if not changed:
        return
    holding.name_folded = fold(holding.name)
    editing.count_change(holding, change.now)
    await editing.write(change)
    change.record("holding.updated", holding=str(holding_id), changed=sorted(changed))


async def delete_holding(change: Change, holding_id: UUID, if_revision: int | None = None) -> None:
    """Delete a holding on which no document hangs. Raise Forbidden, NotFound, Conflict, InUse."""
    gate.files(change)
    holding = await editing.held_to_delete(
        change, Holding, holdings.by_ids, holding_id, path=HOLDING, if_revision=if_revision
    )
    await editing.require_unused(change, USES, holding_id, path=HOLDING, unseen=(OF_DOCUMENTS,))
    await change.session.delete(holding)
    change.record("holding.deleted", holding=str(holding_id), name=holding.name)


async def checked(change: Change, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for what is said. Raise Problems, Required, NotFound."""
    columns = kept_texts(said, TEXTS)
    if "name" in columns and not columns["name"]:
        raise Required(path=("input", "name"))
    if columns.get("dossier_id") is not None:
        await gate.one(change, dossiers.to_refer_to, columns["dossier_id"], path=("input", "dossierId"))
    return columns
