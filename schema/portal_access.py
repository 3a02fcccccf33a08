"""grantPortalAccess."""

import strawberry
from strawberry.scalars import ID

from resolvers import portal_access
from schema import ids
from schema.account_payloads import PortalAccessPayload
from schema.context import Info
from schema.user_errors import verb


@strawberry.input(description="Whom to give access to the portal.")
class GrantPortalAccessInput:
    relation_id: ID = strawberry.field(description="A relation with an e-mail address.")


@verb(PortalAccessPayload)
async def grant_portal_access(
    info: Info,
    input: GrantPortalAccessInput,
) -> PortalAccessPayload:
    relation_id = ids.read(info.context, input.relation_id, "input", "relationId")
    async with info.context.change() as change:
        account_id = await portal_access.grant_portal_access(change, relation_id)
    return PortalAccessPayload(account_id=account_id, relation_id=relation_id)
