"""Groups of accounts (groepen): who is in them, and how administrators make and fill them, S005."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select
from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists, Invalid, Required, TooLong
from core.viewer import Role
from models import Account, AccountGroup, AccountGroupMember, Principal
from models.tables import LICENCE, AnyRow
from permissions.people import sees_account, sees_group
from resolvers import accounts, gate, keepers
from resolvers.change import Change
from resolvers.levels import column, looked_up
from resolvers.named_lists import NamedList, NamedPage
from resolvers.paging import PageAsked
from resolvers.parents import OF_PARENT
from resolvers.reading import Reading

LONGEST_NAME: Final = 100
MOST_MEMBERS: Final = 1_000
IDS: Final = any_(bindparam("ids", type_=ARRAY(Uuid())))
GROUP: Final = select(AccountGroup.id, AccountGroup.name, AccountGroup.built_in).where(
    AccountGroup.licence_id == LICENCE
)
BY_IDS: Final = GROUP.where(AccountGroup.id == IDS)
SEEN: Final = GROUP.where(sees_group())
SEEN_BY_IDS: Final = SEEN.where(AccountGroup.id == IDS)
BY_NAME: Final = SEEN.order_by(AccountGroup.built_in.nulls_last(), AccountGroup.name, AccountGroup.id)
BUILT_IN: Final = GROUP.where(AccountGroup.built_in.is_not(None))
IS_MEMBER: Final = (
    AccountGroupMember.licence_id == LICENCE,
    AccountGroupMember.account_id == Account.id,
)
MEMBERS: Final = NamedList(
    accounts.ACCOUNT.join(AccountGroupMember, IS_MEMBER[0] & IS_MEMBER[1]).where(
        AccountGroupMember.group_id == OF_PARENT, sees_account()
    ),
    Account.display_name_folded.expression,
    Account.id.expression,
)
OF_GROUP: Final = (
    AccountGroupMember.licence_id == LICENCE,
    AccountGroupMember.group_id == bindparam("group", type_=Uuid()),
)
MEMBER_IDS: Final = select(AccountGroupMember.account_id).where(*OF_GROUP)
LEAVE: Final = delete(AccountGroupMember).where(
    *OF_GROUP, AccountGroupMember.account_id == any_(bindparam("accounts", type_=ARRAY(Uuid())))
)
STAFF: Final = frozenset({Role.STAFF, Role.ADMINISTRATOR})
NAME: Final = ("input", "name")
ACCOUNT_IDS: Final = ("input", "accountIds")


async def by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the group of each id that was read from a row, None in the place of what is none."""
    return await looked_up(request, BY_IDS, ids)


async def look_up(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return the group of each id that came from outside, None in the place of what cannot be seen."""
    return await looked_up(request, SEEN_BY_IDS, ids)


async def by_name(request: Reading) -> Sequence[AnyRow]:
    """Return the groups that the viewer may see: the built-in ones, then the others by name."""
    return await request.rows(BY_NAME)


async def built_in(request: Reading) -> Sequence[AnyRow]:
    """Return the groups Administrators and Users (S005)."""
    return await request.rows(BUILT_IN)


async def members(request: Reading, groups: Sequence[Any], page: PageAsked) -> list[NamedPage]:
    """Return a page of the members of each group, by name. Raise Invalid."""
    return await MEMBERS.pages(request, column(groups, "id"), page)


async def create_group(change: Change, name: str) -> UUID:
    """Add a group without members; return its id. Raise Forbidden, Required, TooLong, AlreadyExists."""
    gate.administrator(change)
    named = name_for(name)
    principal = change.add(Principal, kind="GROUP")
    await change.session.flush()
    change.add(AccountGroup, id=principal.id, name=named)
    try:
        await change.session.flush()
    except IntegrityError:
        raise AlreadyExists(path=NAME) from None
    change.record("group.created", group=str(principal.id), name=named)
    return principal.id


async def set_group_members(change: Change, group_id: UUID, account_ids: Sequence[UUID]) -> None:
    """Make these accounts the members of a group; whoever leaves loses at once what he had through it.

    Raise Forbidden, NotFound, Invalid: for who cannot be in it, for the last administrator, and where a
    document would be left with nobody who may change its security.
    """
    gate.administrator(change)
    group = await gate.one(change, look_up, group_id, path=("input", "groupId"))
    await keepers.hold(change)
    await keepers.require_still_administers(change)
    chosen = await gate.every(change, accounts.look_up, account_ids, path=ACCOUNT_IDS, most=MOST_MEMBERS)
    require_may_join(group, chosen)
    before = {row.account_id for row in await change.rows(MEMBER_IDS, group=group_id)}
    after = {row.id for row in chosen}
    await change.rows(LEAVE, group=group_id, accounts=list(before - after))
    for account_id in after - before:
        change.add(AccountGroupMember, group_id=group_id, account_id=account_id)
    if group.built_in == "ADMINISTRATORS":
        await keepers.require_administrator(change, path=ACCOUNT_IDS)
    if before - after:
        await keepers.require_kept_without(change, [group_id], path=ACCOUNT_IDS)
    await change.note_seen_anew(before ^ after)
    change.record(
        "group.members_set",
        group=str(group_id),
        joined=sorted(map(str, after - before)),
        left=sorted(map(str, before - after)),
    )


def require_may_join(group: AnyRow, accounts: Sequence[AnyRow]) -> None:
    """Require that these accounts can be in the group. Raise Invalid.

    A client gets his rights by name alone: through a group they would not ask whether he is linked (S040).
    What the built-in groups have, every document gives them: only the firm's own people are in them.
    """
    roles = {Role(row.role) for row in accounts}
    if Role.CLIENT in roles:
        raise Invalid("A client cannot be in a group.", path=ACCOUNT_IDS)
    if group.built_in and not roles <= STAFF:
        raise Invalid("Only staff can be in this group.", path=ACCOUNT_IDS)


def name_for(name: str) -> str:
    """Return a name as it is kept: trimmed, 1 to 100 characters. Raise Required, TooLong."""
    text = name.strip()
    if not text:
        raise Required(path=NAME)
    if len(text) > LONGEST_NAME:
        raise TooLong(path=NAME, limit=LONGEST_NAME)
    return text
