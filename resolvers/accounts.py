"""Reads of accounts, over a whole level."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, case, select

from auth.sessions import IS_ADMINISTRATOR
from core.viewer import Role
from models import Account, AccountGroupMember, AccountWord
from models.tables import LICENCE, AnyRow
from permissions.people import SEES_FILES, sees_account
from resolvers.levels import column, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from resolvers.word_searches import WordIndex

IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
ACCOUNT: Final = select(
    Account.id,
    case((IS_ADMINISTRATOR, Role.ADMINISTRATOR.value), else_=Account.role).label("role"),
    Account.username,
    Account.display_name,
    Account.given_name,
    Account.family_name,
    Account.email,
    Account.language,
    Account.relation_id,
    Account.initial_password_expires_at,
    Account.blocked_at,
    Account.last_signed_in_at,
    Account.created_at,
).where(Account.licence_id == LICENCE)
BY_IDS: Final = ACCOUNT.where(Account.id == IDS)
SEEN_BY_IDS: Final = BY_IDS.where(sees_account())
OF_RELATIONS: Final = ACCOUNT.where(Account.relation_id == IDS)
GROUPS_OF: Final = select(AccountGroupMember.group_id).where(
    AccountGroupMember.licence_id == LICENCE,
    AccountGroupMember.account_id == bindparam("account", type_=Uuid()),
)
BY_NAME: Final = NamedList(
    ACCOUNT.where(sees_account()),
    Account.display_name_folded.expression,
    Account.id.expression,
    words=WordIndex(AccountWord, SEES_FILES.expression),
)


async def named_by(request: Reading, parents: Sequence[Any], attribute: str) -> list[AnyRow | None]:
    """Return the account that an attribute of each parent names.

    Whoever sees the parent may know who made it; an account's own fields guard themselves.
    """
    return await by_ids(request, column(parents, attribute))


async def by_ids(request: Reading, ids: Sequence[UUID | None]) -> list[AnyRow | None]:
    """Return the account of each id that was read from a row, None in the place of None."""
    return await looked_up(request, BY_IDS, ids)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the account of each id that came from outside, None in the place of what cannot be seen."""
    return await looked_up(request, SEEN_BY_IDS, ids)


async def of_relations(request: Reading, parents: Sequence[AnyRow]) -> list[AnyRow | None]:
    """Return each relation's portal account (portalgebruiker), None while it has none."""
    found = await request.rows(OF_RELATIONS, ids=column(parents, "id"))
    accounts = {row.relation_id: row for row in found}
    return [accounts.get(parent.id) for parent in parents]


async def users_of(request: Reading, relation_ids: Iterable[UUID]) -> list[UUID]:
    """Return the portal accounts of those of these relations that have one."""
    return [row.id for row in await request.rows(OF_RELATIONS, ids=sorted(relation_ids))]


async def principals_of(request: Reading, account_id: UUID) -> list[UUID]:
    """Return what a grant to an account can name: itself and its groups."""
    return [account_id, *(row.group_id for row in await request.rows(GROUPS_OF, account=account_id))]


async def search(request: Reading, page: PageAsked, text: str | None) -> NamedPage:
    """Return one page of the accounts by name, or of those with a word for each piece of `text`.

    Raise Invalid, TooLong.
    """
    return await BY_NAME.page(request, page, text)
