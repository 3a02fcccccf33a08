"""What category rules do: copy their rights into the rights tab of documents, A3-A7, S050-S053.

A rule gives to whom it names, or to all who are in the dossier and have access to the portal (A2). It gives
no more than whoever acts holds on the document himself: nobody shares more by a rule than he could by hand.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core.rights import Right
from models import (
    Account,
    CategoryRule,
    Document,
    DocumentCategory,
    DocumentGrant,
    DossierMember,
    Relation,
)
from models.feed import ChangeKind
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.access import Plan, readable
from resolvers.change import Change

PORTAL_USERS: Final = (
    select(DossierMember.dossier_id, Account.id.label("account_id"))
    .join(
        Relation,
        and_(
            Relation.licence_id == LICENCE,
            Relation.id == DossierMember.relation_id,
            Relation.deleted_at.is_(None),
        ),
    )
    .join(Account, and_(Account.licence_id == LICENCE, Account.relation_id == Relation.id))
    .where(DossierMember.licence_id == LICENCE, Account.role == "CLIENT", Account.blocked_at.is_(None))
    .subquery("portal_user")
)
GRANTEE: Final = func.coalesce(CategoryRule.principal_id, PORTAL_USERS.c.account_id, type_=Uuid())
SOURCE, HELD, _ = readable(Plan.WALKING)
GIVEN: Final = CategoryRule.rights.bitwise_and(HELD)
BY_NAME: Final = aliased(DocumentGrant)
OF_GRANTEE: Final = (
    BY_NAME.licence_id == LICENCE,
    BY_NAME.document_id == Document.id,
    BY_NAME.principal_id == GRANTEE,
)
READS_ALREADY: Final = exists().where(*OF_GRANTEE, BY_NAME.rights.bitwise_and(int(Right.READ)) != 0)
HAS_ALREADY: Final = func.coalesce(
    select(func.bit_or(BY_NAME.rights)).where(*OF_GRANTEE).correlate_except(BY_NAME).scalar_subquery(), 0
)
STAMPED_ALREADY: Final = func.coalesce(
    select(BY_NAME.rights)
    .where(*OF_GRANTEE, BY_NAME.category_rule_id == CategoryRule.id)
    .correlate_except(BY_NAME)
    .scalar_subquery(),
    0,
)
# One row for each rule, document and grantee; whoever asks reads the document.
DUE: Final[AnySelect] = (
    select(
        Document.id.label("document_id"),
        CategoryRule.id.label("rule_id"),
        GRANTEE.label("principal_id"),
        GIVEN.label("rights"),
        PORTAL_USERS.c.account_id.is_not(None).label("is_client"),
        READS_ALREADY.label("reads_already"),
    )
    .select_from(SOURCE)
    .join(
        DocumentCategory,
        and_(DocumentCategory.licence_id == LICENCE, DocumentCategory.document_id == Document.id),
    )
    .join(
        CategoryRule,
        and_(
            CategoryRule.licence_id == LICENCE,
            CategoryRule.category_id == DocumentCategory.category_id,
            CategoryRule.removed_at.is_(None),
        ),
    )
    .outerjoin(
        PORTAL_USERS,
        and_(CategoryRule.principal_id.is_(None), PORTAL_USERS.c.dossier_id == Document.dossier_id),
    )
    # Without a dossier no rule does anything yet (A6).
    .where(Document.dossier_id.is_not(None), GRANTEE.is_not(None), GIVEN != 0)
)
ON_ENTERING: Final = DUE.where(
    Document.id == bindparam("document", type_=Uuid()),
    CategoryRule.category_id == any_(bindparam("categories", type_=ARRAY(Uuid()))),
    # A document that comes back into the category has the rule's row already.
    GIVEN.bitwise_and(STAMPED_ALREADY.bitwise_not()) != 0,
)
# What stands already: where the viewer may share by hand, and somebody would be given what he has not.
STANDING: Final = DUE.where(
    CategoryRule.id == bindparam("rule", type_=Uuid()),
    HELD.bitwise_and(int(Right.CHANGE_SECURITY)) != 0,
    GIVEN.bitwise_and(HAS_ALREADY.bitwise_not()) != 0,
)
ADD: Final = insert(DocumentGrant).values(
    licence_id=LICENCE,
    document_id=bindparam("document_id"),
    principal_id=bindparam("principal_id"),
    rights=bindparam("rights"),
    source="CATEGORY_RULE",
    category_rule_id=bindparam("rule_id"),
    granted_by=bindparam("own_account"),
    granted_at=bindparam("now"),
)
MORE: Final = DocumentGrant.rights.bitwise_or(ADD.excluded.rights)
# The rule's row may be there with fewer rights: whoever acted then held fewer himself.
STAMP: Final = ADD.on_conflict_do_update(
    constraint="document_grant_one_per_source",
    set_={"rights": MORE, "granted_by": ADD.excluded.granted_by, "granted_at": ADD.excluded.granted_at},
)


async def stamp_on_entering(change: Change, document_id: UUID, categories: Collection[UUID]) -> None:
    """Stamp a document that has just entered these categories within its dossier (A3)."""
    if categories:
        due = await change.rows(ON_ENTERING, document=document_id, categories=list(categories))
        await stamp(change, due)


async def stamp(change: Change, due: Sequence[AnyRow]) -> None:
    """Write the grants that are due, remember them, and tell each client who can read something new."""
    if not due:
        return
    columns = ("document_id", "principal_id", "rights", "rule_id")
    rows = [{name: getattr(it, name) for name in columns} for it in due]
    await change.execute_many(STAMP, rows)
    await change.record_each(
        "document.rights_stamped",
        [
            (
                it.document_id,
                {"principal": str(it.principal_id), "rights": it.rights, "rule": str(it.rule_id)},
            )
            for it in due
        ],
    )
    await note_stamped(change, due)
    for client_id in sorted({it.principal_id for it in due if is_news(it)}):
        await change.tell_news("document_shared", client_id)


async def note_stamped(change: Change, due: Sequence[AnyRow]) -> None:
    """Enter in the feed to whom each document was given, and for whom more can be done with it."""
    principals: dict[tuple[ChangeKind, UUID], set[UUID]] = {}
    for it in due:
        is_given = Right.READ in Right(it.rights) and not it.reads_already
        kind = ChangeKind.CREATED if is_given else ChangeKind.CHANGED
        principals.setdefault((kind, it.document_id), set()).add(it.principal_id)
    for kind in (ChangeKind.CREATED, ChangeKind.CHANGED):
        of = [(document, keys) for (this, document), keys in principals.items() if this is kind]
        await change.note_each(kind, "Document", of)


def is_news(it: AnyRow) -> bool:
    """Return whether a client can read a document that he could not read before (A17)."""
    return it.is_client and Right.READ in Right(it.rights) and not it.reads_already
