"""resetPassword, blockAccount, unblockAccount, resetTwoFactor and createAccount."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from uuid import UUID

import strawberry
from strawberry.scalars import ID

from core.viewer import Language
from models import Account
from resolvers import account_care, staff_accounts
from resolvers.change import Change
from resolvers.idempotency import once
from resolvers.staff_accounts import NewAccount
from schema import ids
from schema.account_payloads import AccountPayload, PortalAccessPayload
from schema.context import Info
from schema.idempotency import idempotency_key
from schema.user_errors import verb


@strawberry.input(description="Whose password is to be set anew.")
class ResetPasswordInput:
    account_id: ID = strawberry.field(description="Of a client; for administrators, of staff too.")


@strawberry.input(description="Whom to let in no more.")
class BlockAccountInput:
    account_id: ID = strawberry.field(description="Of a client; for administrators, of staff too.")


@strawberry.input(description="Whom to let in again.")
class UnblockAccountInput:
    account_id: ID = strawberry.field(description="Of a client; for administrators, of staff too.")


@strawberry.input(description="Whose second factor is lost.")
class ResetTwoFactorInput:
    account_id: ID = strawberry.field(description="Of somebody else.")


@strawberry.input(description="Somebody who is to work with the firm's files.")
class CreateAccountInput:
    username: str = strawberry.field(description="An e-mail address, which the first password is mailed to.")
    given_name: str = strawberry.field(description="Voornaam.")
    family_name: str = strawberry.field(description="Familienaam.")
    language: Language | None = strawberry.field(default=None, description="Taal; without it Dutch.")
    group_ids: list[ID] | None = strawberry.field(default=None, description="Beside the group Users.")
    idempotency_key: str | None = idempotency_key()


async def care(
    info: Info, account_id: ID, do: Callable[[Change, UUID], Awaitable[Account]]
) -> PortalAccessPayload:
    """Return what a verb about one account came to."""
    key = ids.read(info.context, "Account", account_id, "input", "accountId")
    async with info.context.change() as change:
        account = await do(change, key)
    return PortalAccessPayload(account_id=account.id, relation_id=account.relation_id)


@verb(PortalAccessPayload)
async def reset_password(info: Info, input: ResetPasswordInput) -> PortalAccessPayload:
    return await care(info, input.account_id, account_care.reset_password)


@verb(PortalAccessPayload)
async def block_account(info: Info, input: BlockAccountInput) -> PortalAccessPayload:
    return await care(info, input.account_id, account_care.block_account)


@verb(PortalAccessPayload)
async def unblock_account(info: Info, input: UnblockAccountInput) -> PortalAccessPayload:
    return await care(info, input.account_id, account_care.unblock_account)


@verb(PortalAccessPayload)
async def reset_two_factor(info: Info, input: ResetTwoFactorInput) -> PortalAccessPayload:
    return await care(info, input.account_id, account_care.reset_two_factor)


@verb(AccountPayload)
async def create_account(info: Info, input: CreateAccountInput) -> AccountPayload:
    said = NewAccount(
        username=input.username,
        given_name=input.given_name,
        family_name=input.family_name,
        language=input.language,
        group_ids=ids.read_all(info.context, "Group", input.group_ids or [], "input", "groupIds"),
    )
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createAccount",
            asdict(said),
            lambda: staff_accounts.create_account(change, said),
        )
    return AccountPayload(account_id=made.id)
