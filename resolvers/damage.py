"""Files that are not what was stored: told in the log, in the row and as an event, and never sent."""

import logging
from typing import Final
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, update

from models import DocumentVersion, Event
from models.tables import LICENCE, AnyRow
from resolvers.ports import Ports
from storage.files import Damaged
from storage.store import Missing

MARK: Final = (
    update(DocumentVersion)
    .where(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.document_id == bindparam("of_document", type_=Uuid()),
        DocumentVersion.number == bindparam("of_number"),
        DocumentVersion.damage.is_distinct_from(bindparam("found", type_=Text())),
    )
    .values(damage=bindparam("found"))
    .returning(DocumentVersion.id)
)

log = logging.getLogger("kluis.files")


async def report(ports: Ports, licence_id: UUID, row: AnyRow, trouble: Missing | Damaged) -> str:
    """Tell that the object of a version is MISSING or DAMAGED, and return which of them.

    It is an event only when it is found first.
    """
    found = "MISSING" if isinstance(trouble, Missing) else "DAMAGED"
    log.error("the object %s is %s", row.object_key, found.lower())
    async with ports.database.change(licence_id) as session:
        values = {"licence": licence_id, "of_document": row.document_id, "of_number": row.number}
        is_new = (await session.execute(MARK, values | {"found": found})).first()
        if is_new:
            details = {"version": row.number, "found": found}
            session.add(
                Event(
                    licence_id=licence_id,
                    kind="document.damaged",
                    occurred_at=ports.clock.now(),
                    document_id=row.document_id,
                    details=details,
                )
            )
    return found
