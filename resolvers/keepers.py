"""Who must stay: the last administrator, and on each document somebody who may change its security."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from auth.sessions import IS_ADMINISTRATOR
from core.errors import Forbidden, Invalid
from core.rights import Right
from models import Account, AccountGroup, AccountGroupMember, DocumentGrant
from models.tables import LICENCE, AnySelect
from permissions.people import OWN_ACCOUNT
from resolvers.change import Change
from resolvers.gate import Path

# Who may not read a document does not come to its rights tab.
KEEPS: Final = Right.READ | Right.CHANGE_SECURITY
# Only who can sign in keeps anything; a group without such members keeps nothing.
KEEPER: Final = select(Account.id).where(
    Account.licence_id == LICENCE, Account.role == "STAFF", Account.blocked_at.is_(None)
)
ADMINISTRATORS: Final = select(AccountGroup.id).where(
    AccountGroup.licence_id == LICENCE, AccountGroup.built_in == "ADMINISTRATORS"
)
# Whoever takes a keeper away holds this row alone; whoever relies on keepers shares it.
HELD: Final = ADMINISTRATORS.with_for_update(key_share=True)
SHARED: Final = ADMINISTRATORS.with_for_update(read=True)
LAST_ADMINISTRATOR: Final = KEEPER.where(IS_ADMINISTRATOR).limit(1)
STILL_ADMINISTERS: Final = KEEPER.where(IS_ADMINISTRATOR, Account.id == OWN_ACCOUNT)


def keepers_of(document: ColumnElement[UUID]) -> AnySelect:
    """Return who on the staff can sign in and change a document's security."""
    grant = aliased(DocumentGrant)
    own_or_of_group = or_(
        grant.principal_id == Account.id,
        exists()
        .where(
            AccountGroupMember.licence_id == LICENCE,
            AccountGroupMember.group_id == grant.principal_id,
            AccountGroupMember.account_id == Account.id,
        )
        # The account stands two statements further out, where SQLAlchemy does not look by itself.
        .correlate(Account, grant),
    )
    rights = (
        select(func.bit_or(grant.rights))
        .where(grant.licence_id == LICENCE, grant.document_id == document, own_or_of_group)
        .correlate_except(grant)
        .scalar_subquery()
    )
    return KEEPER.where(rights.bitwise_and(int(KEEPS)) == int(KEEPS))


def in_full() -> ColumnElement[bool]:
    """Say: a principal with a keeper in it has all that it takes, in one row for the same document."""
    grant = aliased(DocumentGrant)
    return exists().where(
        grant.licence_id == LICENCE,
        grant.document_id == DocumentGrant.document_id,
        grant.principal_id == any_(bindparam("live", type_=ARRAY(Uuid()))),
        grant.rights.bitwise_and(int(KEEPS)) == int(KEEPS),
    )


KEEPERS: Final = keepers_of(bindparam("document", type_=Uuid())).limit(1)
LIVE: Final = union(
    KEEPER,
    select(AccountGroupMember.group_id)
    .join(Account, and_(Account.licence_id == LICENCE, Account.id == AccountGroupMember.account_id))
    .where(AccountGroupMember.licence_id == LICENCE, Account.role == "STAFF", Account.blocked_at.is_(None)),
)
# Nearly every document is kept by one row alone, which is told for all of them at once.
LEFT_ALONE: Final = (
    select(DocumentGrant.document_id)
    .where(
        DocumentGrant.licence_id == LICENCE,
        DocumentGrant.principal_id == any_(bindparam("own_principals", type_=ARRAY(Uuid()))),
        ~in_full(),
        ~keepers_of(DocumentGrant.document_id.expression).exists(),
    )
    .limit(1)
)


async def hold(change: Change) -> None:
    """Wait until nobody else takes a keeper away, and let nobody do so before this change ends."""
    await change.rows(HELD)


async def require_still_administers(change: Change) -> None:
    """Require that the viewer still administers the licence, now that he has waited. Raise Forbidden."""
    if not await change.rows(STILL_ADMINISTERS):
        raise Forbidden


async def require_administrator(change: Change, *, path: Path) -> None:
    """Require that somebody who administers the licence can still sign in. Raise Invalid."""
    if not await change.rows(LAST_ADMINISTRATOR):
        raise Invalid("The licence must keep an administrator who can sign in.", path=path)


async def require_keeper(change: Change, document_id: UUID, *, path: Path) -> None:
    """Require that somebody on the staff may still change the document's security. Raise Invalid."""
    await change.rows(SHARED)
    if not await change.rows(KEEPERS, document=document_id):
        message = "Somebody on the staff must keep the right to change the security of the document."
        raise Invalid(message, path=path)


async def require_kept_without(change: Change, principals: Sequence[UUID], *, path: Path) -> None:
    """Require the same of every document on which these were given something. Raise Invalid."""
    live = [row[0] for row in await change.rows(LIVE)]
    if await change.rows(LEFT_ALONE, own_principals=list(principals), live=live):
        unkept = "There are documents whose security nobody on the staff could change any more."
        raise Invalid(unkept, path=path)
