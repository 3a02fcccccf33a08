"""Reads of the rights tab (Rechten): who may do what with a document, and why."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, or_, select

from core.rights import Right
from models import Account, DocumentGrant, Principal
from models.tables import LICENCE, AnyRow
from resolvers import accounts, category_rules, document_rows, groups
from resolvers.levels import column, grouped, looked_up
from resolvers.links import is_in_dossier, is_linked
from resolvers.reading import Reading

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
GRANT: Final = (
    select(
        DocumentGrant.id,
        DocumentGrant.document_id,
        DocumentGrant.principal_id,
        DocumentGrant.rights,
        DocumentGrant.source,
        DocumentGrant.category_rule_id,
        DocumentGrant.granted_by,
        DocumentGrant.granted_at,
        Principal.kind.label("principal_kind"),
    )
    .join(Principal, and_(Principal.licence_id == LICENCE, Principal.id == DocumentGrant.principal_id))
    .where(DocumentGrant.licence_id == LICENCE)
    .order_by(DocumentGrant.granted_at, DocumentGrant.id)
)
OF_DOCUMENTS: Final = GRANT.where(DocumentGrant.document_id == IDS)
BY_IDS: Final = GRANT.where(DocumentGrant.id == IDS)
# What was shared stays shared when the link is gone (A1); a rule shares with everybody in the dossier (A2).
UNLINKED: Final = (
    select(DocumentGrant.id)
    .join(Account, and_(Account.licence_id == LICENCE, Account.id == DocumentGrant.principal_id))
    .where(
        DocumentGrant.licence_id == LICENCE,
        DocumentGrant.id == IDS,
        Account.role == "CLIENT",
        ~or_(
            is_linked(DocumentGrant.document_id.expression, Account.relation_id.expression),
            and_(
                DocumentGrant.source == "CATEGORY_RULE",
                is_in_dossier(DocumentGrant.document_id.expression, Account.relation_id.expression),
            ),
        ),
    )
)


async def of_documents(request: Reading, documents: Sequence[Any]) -> list[list[AnyRow]]:
    """Return the grants of each document, the oldest first."""
    return await of_ids(request, column(documents, "id"))


async def of_ids(request: Reading, document_ids: Sequence[UUID]) -> list[list[AnyRow]]:
    """Return the grants of documents whose security the viewer may change."""
    found = await request.rows(OF_DOCUMENTS, ids=list(document_ids))
    return grouped(found, by="document_id", over=document_ids)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the grant of each id that came from outside, as far as its document's rights tab is open."""
    found = await looked_up(request, BY_IDS, ids)
    documents = await document_rows.by_ids(request, [it.document_id for it in found if it])
    opened = {it.id for it in documents if it and Right.CHANGE_SECURITY in Right(it.rights)}
    return [it if it and it.document_id in opened else None for it in found]


async def rules(request: Reading, grants: Sequence[AnyRow]) -> list[AnyRow | None]:
    """Return the rule that stamped each grant, None for every other grant."""
    return await category_rules.by_ids(request, column(grants, "category_rule_id"))


async def linked(request: Reading, grants: Sequence[AnyRow]) -> list[bool]:
    """Return whether each grant could be given today: False for a client whose link is gone."""
    found = await request.rows(UNLINKED, ids=column(grants, "id"))
    gone = {row.id for row in found}
    return [it.id not in gone for it in grants]


async def principals(request: Reading, grants: Sequence[AnyRow]) -> list[AnyRow]:
    """Return the account or the group that each grant names."""
    ids = column(grants, "principal_id")
    of_groups = [it.principal_id for it in grants if it.principal_kind == "GROUP"]
    found = {row.id: row for row in await accounts.by_ids(request, ids) if row}
    found |= {row.id: row for row in await groups.by_ids(request, of_groups) if row}
    return [found[it.principal_id] for it in grants]
