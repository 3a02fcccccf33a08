"""What the firm does with dossiers: opens them, changes them and who is in them, S007, S008."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, select

from core.errors import Invalid, Required
from core.folding import fold
from models import Document, Dossier, DossierMember, Holding
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import accounts, dossiers, editing, gate, licences, relations, words
from resolvers.change import Change
from resolvers.levels import column
from resolvers.relation_changes import require, require_in_charge
from resolvers.relation_fields import LINE, REFERENCE, kept_texts

DOSSIER: Final = ("input", "dossierId")
MEMBERS: Final = ("input", "members")
MEMBER: Final = (*MEMBERS, "relationId")
MOST_MEMBERS: Final = 100
MAIN_PERSON: Final = "MAIN_PERSON"
PARTNER: Final = "PARTNER"
USED: Final = bindparam("used", type_=Uuid())
OF_DOCUMENTS: Final = select(Document.id).where(Document.licence_id == LICENCE, Document.dossier_id == USED)
USES: Final = {
    "Document": OF_DOCUMENTS.where(Document.deleted_at.is_(None)),
    "Holding": select(Holding.id).where(Holding.licence_id == LICENCE, Holding.dossier_id == USED),
}
EMPTY: Final = delete(DossierMember).where(
    DossierMember.licence_id == LICENCE, DossierMember.dossier_id == bindparam("dossier", type_=Uuid())
)
TEXTS: Final = {"name": LINE, "external_reference": REFERENCE}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is to be in a dossier."""

    relation_id: UUID
    role: str


async def create_dossier(change: Change, said: Mapping[str, Any]) -> UUID:
    """Open a dossier; return its id.

    Raise Forbidden, Problems, Required, NotFound, Invalid, AlreadyExists.
    """
    gate.files(change)
    columns = await checked(change, said)
    if not columns.get("name"):
        raise Required(path=("input", "name"))
    if "business_unit_id" not in columns:
        columns["business_unit_id"] = await licences.only_unit(change)
    dossier = change.add(
        Dossier,
        name_folded=fold(columns["name"]),
        created_at=change.now,
        updated_at=change.now,
        **columns,
    )
    await editing.write(change)
    await put_in(change, dossier.id, said["members"])
    change.record("dossier.created", dossier=str(dossier.id))
    await change.note(ChangeKind.CREATED, "Dossier", dossier.id)
    await words.rewrite_dossiers(change, [dossier.id])
    return dossier.id


async def update_dossier(
    change: Change, dossier_id: UUID, said: Mapping[str, Any], if_revision: int | None = None
) -> None:
    """Change a dossier, and who is in it: only what is given.

    Whoever joins is given no rights, and whoever leaves loses none (A4, A5). Raise Forbidden, NotFound,
    Conflict, Problems, Required, Invalid, AlreadyExists.
    """
    gate.files(change)
    dossier = await editing.held(
        change, Dossier, dossiers.by_ids, dossier_id, path=DOSSIER, if_revision=if_revision
    )
    columns = await checked(change, said)
    if "name" in columns and not columns["name"]:
        raise Required(path=("input", "name"))
    changed = editing.set_on(dossier, columns)
    dossier.name_folded = fold(dossier.name)
    await editing.write(change)
    if "members" in said and await put_in(change, dossier_id, said["members"]):
        changed.append("members")
    if not changed:
        return
    editing.count_change(dossier, change.now)
    change.record("dossier.updated", dossier=str(dossier_id), changed=sorted(changed))
    await change.note(ChangeKind.CHANGED, "Dossier", dossier_id)
    if {"name", "members"} & set(changed):
        await words.rewrite_dossiers(change, [dossier_id])


async def delete_dossier(change: Change, dossier_id: UUID, if_revision: int | None = None) -> None:
    """Delete a dossier in which nothing hangs any more. Raise Forbidden, NotFound, Conflict, InUse."""
    gate.files(change)
    dossier = await editing.held_to_delete(
        change, Dossier, dossiers.by_ids, dossier_id, path=DOSSIER, if_revision=if_revision
    )
    await editing.require_unused(change, USES, dossier_id, path=DOSSIER, unseen=(OF_DOCUMENTS,))
    was_in = await change.rows(dossiers.ROLES, dossier=dossier_id)
    await change.rows(EMPTY, dossier=dossier_id)
    await change.session.delete(dossier)
    change.record("dossier.deleted", dossier=str(dossier_id), name=dossier.name)
    users = await accounts.users_of(change, column(was_in, "relation_id"))
    await change.note(ChangeKind.DELETED, "Dossier", dossier_id, users)
    await words.rewrite_dossiers(change, [dossier_id])


async def checked(change: Change, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for what is said, with all that it names looked up.

    Raise Problems, NotFound, Invalid.
    """
    columns = kept_texts({name: it for name, it in said.items() if name != "members"}, TEXTS)
    await require(change, columns, "business_unit_id", licences.units_to_refer_to)
    await require_in_charge(change, columns, "manager_id")
    return columns


async def put_in(change: Change, dossier_id: UUID, members: Sequence[Member]) -> bool:
    """Make these the members of a dossier, and nobody else; return whether they were others.

    Raise Required, Invalid, NotFound.
    """
    require_roles(members)
    wanted = {it.relation_id: it.role for it in members}
    await gate.every(change, relations.to_refer_to, list(wanted), path=MEMBER, most=MOST_MEMBERS)
    before = {it.relation_id: it.role for it in await change.rows(dossiers.ROLES, dossier=dossier_id)}
    if before == wanted:
        return False
    # All of them anew: two who change places would each be in the other's for a moment.
    await change.rows(EMPTY, dossier=dossier_id)
    for relation_id, role in wanted.items():
        change.add(DossierMember, dossier_id=dossier_id, relation_id=relation_id, role=role)
    await change.session.flush()
    await note_members(change, dossier_id, before.keys(), wanted.keys())
    return True


async def note_members(
    change: Change, dossier_id: UUID, before: AbstractSet[UUID], after: AbstractSet[UUID]
) -> None:
    """Enter in the feed for whom a dossier is there from now on, and for whom no more."""
    for kind, relation_ids in ((ChangeKind.CREATED, after - before), (ChangeKind.DELETED, before - after)):
        users = await accounts.users_of(change, relation_ids) if relation_ids else ()
        if users:
            await change.note(kind, "Dossier", dossier_id, users)


def require_roles(members: Sequence[Member]) -> None:
    """Require exactly one main person and at most one partner, and nobody twice. Raise Required, Invalid."""
    roles = [it.role for it in members]
    if MAIN_PERSON not in roles:
        raise Required("A dossier has a main person.", path=MEMBERS)
    if roles.count(MAIN_PERSON) > 1 or roles.count(PARTNER) > 1:
        raise Invalid("A dossier has one main person and at most one partner.", path=MEMBERS)
    if len({it.relation_id for it in members}) < len(members):
        raise Invalid("Nobody can be in a dossier twice.", path=MEMBERS)
