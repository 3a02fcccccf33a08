"""What the firm does with relations: adds them, changes and deletes them, S006, S009, S026-S029, A16."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.errors import AlreadyExists, Invalid, Required
from core.folding import fold
from core.viewer import Role
from models import Account, Document, DocumentRelation, DossierMember, Relation
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import accounts, editing, gate, licences, relation_fields, relations, words
from resolvers.change import Change
from resolvers.gate import LookUp, Path

RELATION: Final = ("input", "relationId")
EMAIL: Final = ("input", "email")
STAFF: Final = frozenset({Role.STAFF, Role.ADMINISTRATOR})
USED: Final = bindparam("used", type_=Uuid())
OF_DOCUMENTS: Final = (
    select(DocumentRelation.document_id.label("id"))
    .join(Document, (Document.licence_id == LICENCE) & (Document.id == DocumentRelation.document_id))
    .where(DocumentRelation.licence_id == LICENCE, DocumentRelation.relation_id == USED)
)
USES: Final = {
    "Dossier": select(DossierMember.dossier_id.label("id")).where(
        DossierMember.licence_id == LICENCE, DossierMember.relation_id == USED
    ),
    "Document": OF_DOCUMENTS.where(Document.deleted_at.is_(None)),
    "Account": select(Account.id).where(Account.licence_id == LICENCE, Account.relation_id == USED),
    "Relation": select(Relation.id).where(
        Relation.licence_id == LICENCE, Relation.accountant_id == USED, Relation.deleted_at.is_(None)
    ),
}
PORTAL_ACCOUNT: Final = select(Account.id).where(
    Account.licence_id == LICENCE, Account.relation_id == bindparam("relation", type_=Uuid())
)
SAME_NAME: Final = select(Account.id).where(
    Account.licence_id == LICENCE, Account.username_folded == bindparam("username")
)


async def create_relation(change: Change, said: Mapping[str, Any]) -> UUID:
    """Add a person or a company; return its id.

    Raise Forbidden, Problems, Required, NotFound, Invalid, AlreadyExists.
    """
    gate.files(change)
    kind = said["kind"]
    fields = {name: value for name, value in said.items() if name != "kind"}
    columns = await checked(change, fields)
    named = {name: columns.get(name) for name in ("given_name", "family_name", "company_name")}
    display_name = relation_fields.displayed(kind, named)
    if "business_unit_id" not in columns:
        columns["business_unit_id"] = await licences.only_unit(change)
    relation = change.add(
        Relation,
        kind=kind,
        display_name=display_name,
        display_name_folded=fold(display_name),
        created_at=change.now,
        updated_at=change.now,
        **columns,
    )
    await editing.write(change)
    change.record("relation.created", relation_id=relation.id)
    await change.note(ChangeKind.CREATED, "Relation", relation.id)
    await words.rewrite_relations(change, [relation.id])
    return relation.id


async def update_relation(
    change: Change,
    relation_id: UUID,
    said: Mapping[str, Any],
    if_revision: int | None = None,
    *,
    moves_account: bool | None = None,
) -> None:
    """Change what is said of a relation: only the fields that are given.

    Where it has a portal account, `moves_account` says whether its user name goes along with another e-mail
    address (A16). Raise Forbidden, NotFound, Conflict, Problems, Required, Invalid, AlreadyExists.
    """
    gate.files(change)
    relation = await editing.held(
        change, Relation, relations.by_ids, relation_id, path=RELATION, if_revision=if_revision
    )
    columns = await checked(change, said, itself=relation_id)
    changed = editing.set_on(relation, columns)
    if not changed:
        return
    relation.display_name = relation_fields.displayed(relation.kind, vars(relation))
    relation.display_name_folded = fold(relation.display_name)
    editing.count_change(relation, change.now)
    await editing.write(change)
    if "email" in changed:
        await take_along(change, relation, moves_account)
    change.record("relation.updated", relation_id=relation_id, changed=sorted(changed))
    await change.note(ChangeKind.CHANGED, "Relation", relation_id)
    if words.RELATION_FIELDS & set(changed):
        await words.rewrite_relations(change, [relation_id])


async def delete_relation(change: Change, relation_id: UUID, if_revision: int | None = None) -> None:
    """Delete a relation that nothing uses (schrappen). Raise Forbidden, NotFound, Conflict, InUse."""
    gate.files(change)
    relation = await editing.held_to_delete(
        change, Relation, relations.by_ids, relation_id, path=RELATION, if_revision=if_revision
    )
    await editing.require_unused(change, USES, relation_id, path=RELATION, unseen=(OF_DOCUMENTS,))
    relation.deleted_at = change.now
    # What another program calls it may be used again.
    relation.external_reference = None
    editing.count_change(relation, change.now)
    change.record("relation.deleted", relation_id=relation_id)
    await change.note(ChangeKind.DELETED, "Relation", relation_id)
    await words.rewrite_relations(change, [relation_id])


async def checked(change: Change, said: Mapping[str, Any], itself: UUID | None = None) -> dict[str, Any]:
    """Return the columns for what is said, with all that it names looked up.

    Raise Problems, NotFound, Invalid.
    """
    columns = relation_fields.kept(said, change.now.date())
    await require(change, columns, "business_unit_id", licences.units_to_refer_to)
    await require(change, columns, "accountant_id", relations.to_refer_to)
    await require_in_charge(change, columns, "internal_manager_id")
    if itself is not None and columns.get("accountant_id") == itself:
        raise Invalid("Nobody is his own accountant.", path=("input", "details", "accountantId"))
    return columns


async def require(change: Change, columns: Mapping[str, Any], name: str, look_up: LookUp) -> None:
    """Require that what a column names is there for the viewer. Raise NotFound."""
    if columns.get(name) is not None:
        place = ("input", *relation_fields.place_of(name))
        await gate.one(change, look_up, columns[name], path=place)


async def require_in_charge(change: Change, columns: Mapping[str, Any], name: str) -> None:
    """Require that whom a column names works for the firm. Raise NotFound, Invalid."""
    if columns.get(name) is None:
        return
    path: Path = ("input", relation_fields.camel(name))
    account = await gate.one(change, accounts.look_up, columns[name], path=path)
    if Role(account.role) not in STAFF:
        raise Invalid("Only staff can be in charge.", path=path)


async def take_along(change: Change, relation: Relation, moves_account: bool | None) -> None:  # noqa: FBT001
    """Let the user name of a relation's account go along with its address, if that was said (A16).

    Both addresses are told. Raise Required when it was not said whether, or there is no address any more, and
    AlreadyExists for a user name that is another one's.
    """
    account_row = await change.row(PORTAL_ACCOUNT, relation=relation.id)
    if account_row is None or moves_account is False:
        return
    if moves_account is None:
        message = "This relation signs in with its e-mail address. Say whether its user name changes too."
        raise Required(message, path=("input", "movesPortalAccount"))
    if relation.email is None:
        raise Required(path=EMAIL)
    folded = fold(relation.email)
    taken = await change.row(SAME_NAME, username=folded)
    if taken is not None and taken.id != account_row.id:
        raise AlreadyExists(path=EMAIL)
    account = await change.session.get_one(Account, (change.viewer.licence_id, account_row.id))
    said = {"former": account.username, "username": relation.email}
    await change.tell("username_changed", account.id, **said)
    account.username, account.username_folded, account.email = relation.email, folded, relation.email
    await editing.write(change, path=EMAIL)
    await words.rewrite_accounts(change, [account.id])
    await change.tell("username_changed", account.id, **said)
    change.record("account.username_changed", relation_id=relation.id, account=str(account.id))
