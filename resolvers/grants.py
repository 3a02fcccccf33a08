"""Reads of the rights tab (Rechten): who may do what with a document, and why."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, select

from models import DocumentGrant, Principal
from models.tables import LICENCE, AnyRow
from resolvers import accounts
from resolvers.levels import column, grouped
from resolvers.reading import Reading

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
OF_DOCUMENTS: Final = (
    select(
        DocumentGrant.id,
        DocumentGrant.document_id,
        DocumentGrant.principal_id,
        DocumentGrant.rights,
        DocumentGrant.source,
        DocumentGrant.granted_by,
        DocumentGrant.granted_at,
        Principal.kind.label("principal_kind"),
    )
    .join(Principal, and_(Principal.licence_id == LICENCE, Principal.id == DocumentGrant.principal_id))
    .where(DocumentGrant.licence_id == LICENCE, DocumentGrant.document_id == IDS)
    .order_by(DocumentGrant.granted_at, DocumentGrant.id)
)


async def of_documents(request: Reading, documents: Sequence[Any]) -> list[list[AnyRow]]:
    """Return the grants of each document, the oldest first."""
    return await of_ids(request, column(documents, "id"))


async def of_ids(request: Reading, document_ids: Sequence[UUID]) -> list[list[AnyRow]]:
    """Return the grants of documents whose security the viewer may change."""
    found = await request.rows(OF_DOCUMENTS, ids=list(document_ids))
    return grouped(found, by="document_id", over=document_ids)


async def principals(request: Reading, grants: Sequence[AnyRow]) -> list[AnyRow]:
    """Return the account or the group that each grant names."""
    ids = column(grants, "principal_id")
    groups = [it.principal_id for it in grants if it.principal_kind == "GROUP"]
    found = {row.id: row for row in await accounts.by_ids(request, ids) if row}
    found |= {row.id: row for row in await accounts.groups_by_ids(request, groups) if row}
    return [found[it.principal_id] for it in grants]
