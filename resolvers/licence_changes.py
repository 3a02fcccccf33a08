"""What administrators set for their firm: its name, its rules, its business units, S002, S003, A12."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update

from core.errors import Required, TooLong
from mail.addresses import address_for
from models import BusinessUnit, Document, Dossier, Licence, Relation
from models.feed import ChangeKind
from models.tables import LICENCE
from resolvers import editing, gate, licences
from resolvers.change import Change
from resolvers.formats import whole
from resolvers.relation_fields import LINE, NAME, kept_texts

UNIT: Final = ("input", "businessUnitId")
UNIT_NAME: Final = ("input", "name")
USED: Final = bindparam("used", type_=Uuid())
OF_DOCUMENTS: Final = select(Document.id).where(
    Document.licence_id == LICENCE, Document.business_unit_id == USED
)
OF_RELATIONS: Final = select(Relation.id).where(
    Relation.licence_id == LICENCE, Relation.business_unit_id == USED
)
USES: Final = {
    "Relation": OF_RELATIONS.where(Relation.deleted_at.is_(None)),
    "Dossier": select(Dossier.id).where(Dossier.licence_id == LICENCE, Dossier.business_unit_id == USED),
    "Document": OF_DOCUMENTS.where(Document.deleted_at.is_(None)),
}
LEAVE: Final = (
    update(Relation)
    .where(Relation.licence_id == LICENCE, Relation.business_unit_id == USED)
    .values(business_unit_id=None)
)
# What can be without a value; null leaves all else as it is.
CAN_BE_EMPTY: Final = frozenset({"mail_reply_to"})
FIELDS: Final = {"name": LINE, "mail_reply_to": address_for, "changes_kept_days": whole(1, 365)}


async def update_licence(change: Change, said: Mapping[str, Any]) -> None:
    """Set the name and the rules of the viewer's licence: only what is given.

    Raise Forbidden, Problems, Required.
    """
    gate.administrator(change)
    columns = kept_texts(said, FIELDS)
    if "name" in columns and not columns["name"]:
        raise Required(path=UNIT_NAME)
    given = {name: it for name, it in columns.items() if it is not None or name in CAN_BE_EMPTY}
    licence = await change.session.get_one(Licence, change.viewer.licence_id)
    changed = editing.set_on(licence, given)
    if changed:
        change.record("licence.updated", changed={name: columns[name] for name in changed})


async def create_business_unit(change: Change, name: str) -> UUID:
    """Add a business unit; return its id. Raise Forbidden, Required, TooLong, AlreadyExists."""
    gate.administrator(change)
    unit = change.add(BusinessUnit, name=unit_name(name))
    await editing.write(change, path=UNIT_NAME)
    change.record("business_unit.created", unit=str(unit.id), name=unit.name)
    await change.note(ChangeKind.CREATED, "BusinessUnit", unit.id)
    return unit.id


async def update_business_unit(change: Change, unit_id: UUID, name: str) -> None:
    """Give a business unit another name. Raise Forbidden, NotFound, Required, TooLong, AlreadyExists."""
    gate.administrator(change)
    unit = await held_unit(change, unit_id)
    if not editing.set_on(unit, {"name": unit_name(name)}):
        return
    await editing.write(change, path=UNIT_NAME)
    change.record("business_unit.updated", unit=str(unit_id), name=unit.name)
    await change.note(ChangeKind.CHANGED, "BusinessUnit", unit_id)


async def delete_business_unit(change: Change, unit_id: UUID) -> None:
    """Delete a business unit to which nothing belongs. Raise Forbidden, NotFound, InUse."""
    gate.administrator(change)
    unit = await held_unit(change, unit_id, to_delete=True)
    await editing.require_unused(change, USES, unit_id, path=UNIT, unseen=(OF_DOCUMENTS,))
    # Relations that were deleted are shown to nobody, with their unit or without.
    await change.rows(LEAVE, used=unit_id)
    await change.session.delete(unit)
    change.record("business_unit.deleted", unit=str(unit_id), name=unit.name)
    await change.note(ChangeKind.DELETED, "BusinessUnit", unit_id)


async def held_unit(change: Change, unit_id: UUID, *, to_delete: bool = False) -> BusinessUnit:
    """Return a business unit, while nobody else changes it. Raise NotFound."""
    await gate.one(change, licences.units_by_ids, unit_id, path=UNIT)
    return await editing.locked(change, BusinessUnit, unit_id, path=UNIT, to_delete=to_delete)


def unit_name(said: str) -> str:
    """Return a name as it is kept: 1 to 100 characters. Raise Required, TooLong."""
    try:
        name = str(NAME(said))
    except TooLong as error:
        raise error.at(*UNIT_NAME) from None
    if not name:
        raise Required(path=UNIT_NAME)
    return name
