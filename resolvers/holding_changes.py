"""What the firm does with holdings: adds assets, liabilities and policies, changes and deletes them, S018."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.errors import Required
from core.folding import fold
from models import Document, DocumentHolding, Holding
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import accounts, dossiers, editing, gate, holdings, words
from resolvers.change import Change
from resolvers.levels import column
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
    await change.note(ChangeKind.CREATED, "Holding", holding.id)
    await words.rewrite_holdings(change, [holding.id])
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
    former = holding.dossier_id
    changed = editing.set_on(holding, await checked(change, said))
    if not changed:
        return
    holding.name_folded = fold(holding.name)
    editing.count_change(holding, change.now)
    await editing.write(change)
    change.record("holding.updated", holding=str(holding_id), changed=sorted(changed))
    await change.note(ChangeKind.CHANGED, "Holding", holding_id)
    await words.rewrite_holdings(change, [holding_id])
    if "dossier_id" in changed:
        await note_moved(change, holding_id, former, holding.dossier_id)


async def note_moved(change: Change, holding_id: UUID, former: UUID | None, now: UUID | None) -> None:
    """Enter in the feed for whom a holding is there no more, and for whom from now on."""
    for kind, dossier_id in ((ChangeKind.DELETED, former), (ChangeKind.CREATED, now)):
        users = await users_in(change, dossier_id)
        if users:
            await change.note(kind, "Holding", holding_id, users)


async def users_in(change: Change, dossier_id: UUID | None) -> list[UUID]:
    """Return the portal accounts of whoever is in a dossier, which is none of none."""
    members = await change.rows(dossiers.ROLES, dossier=dossier_id)
    return await accounts.users_of(change, column(members, "relation_id"))


async def delete_holding(change: Change, holding_id: UUID, if_revision: int | None = None) -> None:
    """Delete a holding on which no document hangs. Raise Forbidden, NotFound, Conflict, InUse."""
    gate.files(change)
    holding = await editing.held_to_delete(
        change, Holding, holdings.by_ids, holding_id, path=HOLDING, if_revision=if_revision
    )
    await editing.require_unused(change, USES, holding_id, path=HOLDING, unseen=(OF_DOCUMENTS,))
    await change.session.delete(holding)
    change.record("holding.deleted", holding=str(holding_id), name=holding.name)
    users = await users_in(change, holding.dossier_id)
    await change.note(ChangeKind.DELETED, "Holding", holding_id, users)
    await words.rewrite_holdings(change, [holding_id])


async def checked(change: Change, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for what is said. Raise Problems, Required, NotFound."""
    columns = kept_texts(said, TEXTS)
    if "name" in columns and not columns["name"]:
        raise Required(path=("input", "name"))
    if columns.get("dossier_id") is not None:
        await gate.one(change, dossiers.to_refer_to, columns["dossier_id"], path=("input", "dossierId"))
    return columns
