"""createGroup and setGroupMembers."""

import strawberry
from strawberry.scalars import ID

from resolvers import groups
from resolvers.idempotency import once
from schema import ids
from schema.context import Info
from schema.idempotency import idempotency_key
from schema.payloads import GroupPayload
from schema.user_errors import verb


@strawberry.input(description="A new group, without members.")
class CreateGroupInput:
    name: str = strawberry.field(description="Naam: 1 to 100 characters, and no other group's.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Who is in a group from now on; whoever leaves loses what he had through it.")
class SetGroupMembersInput:
    group_id: ID = strawberry.field(description="Which group.")
    account_ids: list[ID] = strawberry.field(
        description="All its members, at most 1,000. A client cannot be in a group; in the built-in ones "
        "only staff can."
    )


@verb(GroupPayload)
async def create_group(info: Info, input: CreateGroupInput) -> GroupPayload:
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "createGroup",
            {"name": input.name},
            lambda: groups.create_group(change, input.name),
        )
    return GroupPayload(group_id=made.id)


@verb(GroupPayload)
async def set_group_members(info: Info, input: SetGroupMembersInput) -> GroupPayload:
    group_id = ids.read(info.context, "Group", input.group_id, "input", "groupId")
    account_ids = ids.read_all(info.context, "Account", input.account_ids, "input", "accountIds")
    async with info.context.change() as change:
        await groups.set_group_members(change, group_id, account_ids)
    return GroupPayload(group_id=group_id)
