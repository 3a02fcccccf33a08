"""Accounts of the firm's own people, made by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.errors import AlreadyExists
from core.folding import fold
from core.viewer import Language
from mail.addresses import address_for
from models import Account, AccountGroupMember, Principal
from resolvers import first_secrets, gate, groups, words
from resolvers.change import Change
from resolvers.own_profile import name_for

USERNAME: Final = ("input", "username")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is said of somebody who is to work with the firm's files."""

    username: str
    given_name: str
    family_name: str
    language: Language | None = None
    group_ids: Sequence[UUID] = ()


async def create_account(change: Change, said: NewAccount) -> UUID:
    """Add a member of the staff, who signs in with an e-mail address, and mail a first secret to it.

    He is in the group Users, and in those that are named. Return the account's id. Raise Forbidden, Required,
    Invalid, TooLong, NotFound, AlreadyExists, TooManyTries.
    """
    gate.administrator(change)
    chosen = await gate.every(change, groups.look_up, said.group_ids, path=("input", "groupIds"))
    account = await add_account(change, said)
    built_in = {row.built_in: row.id for row in await groups.built_in(change)}
    for group_id in {built_in["USERS"], *(row.id for row in chosen)}:
        change.add(AccountGroupMember, group_id=group_id, account_id=account.id)
    await change.session.flush()
    await first_secrets.give(change, account, "access_granted")
    change.record("account.created", account=str(account.id))
    return account.id


async def add_account(change: Change, said: NewAccount) -> Account:
    """Add the account itself. Raise Required, Invalid, TooLong, AlreadyExists."""
    address = address_for(said.username, path=USERNAME)
    given, family = name_for(said.given_name, "givenName"), name_for(said.family_name, "familyName")
    name = f"{given} {family}"
    principal = change.add(Principal, kind="ACCOUNT")
    await change.session.flush()
    account = change.add(
        Account,
        id=principal.id,
        role="STAFF",
        username=address,
        username_folded=fold(address),
        given_name=given,
        family_name=family,
        display_name=name,
        display_name_folded=fold(name),
        email=address,
        language=said.language or Language.NL,
    )
    try:
        await change.session.flush()
    except IntegrityError:
        raise AlreadyExists(path=USERNAME) from None
    await change.note_seen_anew([account.id])
    await words.rewrite_accounts(change, [account.id])
    return account
