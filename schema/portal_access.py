"""grantPortalAccess."""

import strawberry
from strawberry.scalars import ID

from resolvers import portal_access
from resolvers.idempotency import once
from schema import ids
from schema.account_payloads import PortalAccessPayload
from schema.context import Info
from schema.idempotency import idempotency_key
from schema.user_errors import verb


@strawberry.input(description="Whom to give access to the portal.")
class GrantPortalAccessInput:
    relation_id: ID = strawberry.field(description="A relation with an e-mail address.")
    idempotency_key: str | None = idempotency_key()


@verb(PortalAccessPayload)
async def grant_portal_access(
    info: Info,
    input: GrantPortalAccessInput,
) -> PortalAccessPayload:
    relation_id = ids.read(info.context, "Relation", input.relation_id, "input", "relationId")
    async with info.context.change() as change:
        made = await once(
            change,
            input.idempotency_key,
            "grantPortalAccess",
            {"relation_id": relation_id},
            lambda: portal_access.grant_portal_access(change, relation_id),
        )
    return PortalAccessPayload(account_id=made.id, relation_id=relation_id)
