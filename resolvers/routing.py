"""Who is told that a client sent a document: S071-S074, with A18-A20."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import any_, exists, func, select
from sqlalchemy.dialects.postgresql import array

from auth.sessions import IS_ADMINISTRATOR
from models import Account, Dossier, DossierMember, Relation
from models.tables import LICENCE, AnyRow
from permissions.people import OWN_RELATION
from resolvers.reading import Reading

REACHABLE: Final = (
    select(Account.id, Account.email, Account.language)
    .where(
        Account.licence_id == LICENCE, Account.blocked_at.is_(None), func.coalesce(Account.email, "") != ""
    )
    .order_by(Account.id)
)
# The managers of all dossiers in which the uploader is main person or partner, each once (A18).
DOSSIER_MANAGERS: Final = REACHABLE.where(
    exists()
    .where(Dossier.licence_id == LICENCE, Dossier.manager_id == Account.id)
    .where(
        DossierMember.licence_id == LICENCE,
        DossierMember.dossier_id == Dossier.id,
        DossierMember.relation_id == OWN_RELATION,
        DossierMember.role == any_(array(["MAIN_PERSON", "PARTNER"])),
    )
)
INTERNAL_MANAGER: Final = REACHABLE.where(
    exists().where(
        Relation.licence_id == LICENCE,
        Relation.id == OWN_RELATION,
        Relation.internal_manager_id == Account.id,
    )
)
ADMINISTRATORS: Final = REACHABLE.where(IS_ADMINISTRATOR)
CHAIN: Final = (DOSSIER_MANAGERS, INTERNAL_MANAGER, ADMINISTRATORS)


async def told_of_upload(request: Reading) -> Sequence[AnyRow]:
    """Return who is told of an upload by the viewer: the first step that reaches anybody (A19)."""
    for step in CHAIN:
        if found := await request.rows(step):
            return found
    return ()
