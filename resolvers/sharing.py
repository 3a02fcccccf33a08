"""Sharing a document: one row of the rights tab at a time, S039-S048."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, func, literal, select, update

from core.errors import Forbidden, Invalid, NotFound, NotLinkedToClient
from core.rights import ALL_RIGHTS, NO_RIGHTS, Right
from models import Document, DocumentGrant, Principal
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow
from permissions.people import keeps_documents
from resolvers import accounts, gate, groups, keepers
from resolvers.change import Change
from resolvers.links import is_linked
from resolvers.reading import Reading

DOCUMENT: Final = bindparam("document", type_=Uuid())
PRINCIPAL: Final = bindparam("principal", type_=Uuid())
RELATION: Final = bindparam("relation", type_=Uuid())
KIND: Final = select(Principal.id, Principal.kind).where(
    Principal.licence_id == LICENCE, Principal.id == PRINCIPAL
)
OF_PRINCIPAL: Final = (
    DocumentGrant.licence_id == LICENCE,
    DocumentGrant.document_id == DOCUMENT,
    DocumentGrant.principal_id == PRINCIPAL,
)
HELD: Final = select(func.coalesce(func.bit_or(DocumentGrant.rights), 0).label("rights")).where(*OF_PRINCIPAL)
WITHDRAW: Final = delete(DocumentGrant).where(*OF_PRINCIPAL)
TOUCH: Final = (
    update(Document)
    .where(Document.licence_id == LICENCE, Document.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .values(updated_at=bindparam("now"), updated_by=bindparam("own_account"), revision=Document.revision + 1)
)
LINKED: Final = select(literal(1)).where(is_linked(DOCUMENT, RELATION))


async def set_document_rights(
    change: Change, document_id: UUID, principal_id: UUID, rights: Right, if_revision: int | None
) -> None:
    """Set one row of the rights tab; a client who can read it for the first time gets a letter (A17).

    Raise NotFound, Forbidden, Conflict, Invalid, NotLinkedToClient.
    """
    document = await gate.document(
        change, document_id, Right.CHANGE_SECURITY, path=("input", "documentId"), if_revision=if_revision
    )
    client = await grantable(change, document, principal_id, rights)
    before = await held(change, document_id, principal_id)
    await change.rows(WITHDRAW, document=document_id, principal=principal_id)
    if rights:
        give(change, document_id, principal_id, rights, "MANUAL")
    await keepers.require_keeper(change, document_id, path=("input", "rights"))
    await touch(change, [document_id])
    change.record(
        "document.rights_set", document_id=document_id, principal=str(principal_id), rights=int(rights)
    )
    await change.note(kind_of(before, rights), "Document", document_id, [principal_id])
    if client and Right.READ in rights & ~before:
        await change.tell_news("document_shared", client.id)


def kind_of(before: Right, after: Right) -> ChangeKind:
    """Return what it is to a principal that its rights on a document were these, and are those."""
    if Right.READ in before ^ after:
        return ChangeKind.CREATED if Right.READ in after else ChangeKind.DELETED
    return ChangeKind.CHANGED


async def grantable(change: Change, document: AnyRow, principal_id: UUID, rights: Right) -> AnyRow | None:
    """Require that these rights can be given to this principal; return the account when it is a client's."""
    principal = await change.row(KIND, principal=principal_id)
    if principal is None:
        raise NotFound(path=("input", "principalId"))
    if rights & ~Right(document.rights):
        raise Forbidden("You cannot give more rights than you have.", path=("input", "rights"))
    (account,) = await accounts.by_ids(change, [principal_id])
    if account is None or account.role != "CLIENT":
        return None
    if Right.CHANGE_SECURITY in rights:
        raise Invalid("A client cannot change the security of a document.", path=("input", "rights"))
    if rights and not await change.rows(LINKED, document=document.id, relation=account.relation_id):
        raise NotLinkedToClient(path=("input", "principalId"))
    return account


async def touch(change: Change, document_ids: Sequence[UUID]) -> None:
    """Count a change that not every reader sees as an update of these documents (S048, A23)."""
    await change.rows(TOUCH, ids=list(document_ids), now=change.now)


async def held(request: Reading, document_id: UUID, principal_id: UUID) -> Right:
    """Return the rights that a principal was given on a document by name."""
    row = await request.row(HELD, document=document_id, principal=principal_id)
    return Right(row.rights) if row else NO_RIGHTS


def give(change: Change, document_id: UUID, principal_id: UUID, rights: Right, source: str) -> None:
    """Add one grant."""
    change.add(
        DocumentGrant,
        document_id=document_id,
        principal_id=principal_id,
        rights=int(rights),
        source=source,
        granted_by=change.viewer.account_id,
        granted_at=change.now,
    )


async def give_first_rights(change: Change, document_id: UUID) -> None:
    """Give a new document its first rows in the rights tab.

    The firm's groups and whoever of the firm made it have all rights (S046); a client who sends one may
    read it (S080, A9).
    """
    for group in await groups.built_in(change):
        give(change, document_id, group.id, ALL_RIGHTS, "DEFAULT")
    if keeps_documents(change.viewer):
        give(change, document_id, change.viewer.account_id, ALL_RIGHTS, "CREATOR")
    else:
        give(change, document_id, change.viewer.account_id, Right.READ, "UPLOADER")
