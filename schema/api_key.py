"""API keys of partners' programs: createApiKey, revokeApiKey, and what administrators see of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import ID

from core.viewer import ApiScope
from execution import batched, derived
from models.tables import AnyRow
from resolvers import accounts, api_keys
from resolvers.api_keys import NewApiKey
from resolvers.reading import Reading
from schema import ids
from schema.connections import aware
from schema.context import Info
from schema.idempotency import idempotency_key
from schema.ids import identity
from schema.nodes import Node
from schema.payloads import Key, named_by
from schema.people import Account
from schema.user_errors import UserError, no_errors, verb


async def accounts_of(parents: Sequence[Any], request: Reading) -> list[AnyRow | None]:
    return await accounts.named_by(request, parents, "account_id")


@strawberry.type(description="What a partner's program asks with, in place of a password.")
class ApiKey(Node):
    id: ID = identity("ApiKey")
    name: str = strawberry.field(description="What the program is called.")
    prefix: str = strawberry.field(description="How the secret begins, by which it is recognised.")
    scopes: list[ApiScope] = derived(
        lambda it: list(map(ApiScope, it.scopes)), description="What it lets the program do."
    )
    addresses: list[str] | None = strawberry.field(
        description="The IP addresses and networks that it may be used from; null: any."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null: never.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null: never."
    )
    revoked_at: datetime | None = strawberry.field(description="When somebody revoked it.")
    account: Account | None = batched(
        accounts_of, description="What the program is in the rights matrix and in groups."
    )


@strawberry.input(description="A partner's program that is to ask.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What the program is called: 1 to 100 characters.")
    scopes: list[ApiScope] = strawberry.field(description="What it may do; at least one.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When the key ends by itself; without it never."
    )
    addresses: list[str] | None = strawberry.field(
        default=None,
        description="IP addresses or networks that it may be used from, such as 192.0.2.0/24 or "
        "2001:db8::1: at most 100; without them from anywhere.",
    )
    idempotency_key: str | None = idempotency_key(
        " The answer that comes again has no secret, since that is kept nowhere."
    )


@strawberry.type(description="What a new API key came to.")
class CreateApiKeyPayload:
    api_key_id: Key = None
    api_key: ApiKey | None = batched(named_by("api_key_id", api_keys.look_up), description="The key.")
    secret: str | None = strawberry.field(
        default=None,
        description="The bearer token of the program. Shown once: null where an idempotency key came again.",
    )
    user_errors: list[UserError] = no_errors()


@strawberry.input(description="Which API key is to end.")
class RevokeApiKeyInput:
    api_key_id: ID = strawberry.field(description="Of the key.")


@strawberry.type(description="What the end of an API key came to.")
class RevokeApiKeyPayload:
    revoked_api_key_id: ID | None = strawberry.field(default=None, description="Of the key that ended.")
    user_errors: list[UserError] = no_errors()


async def newest_first(roots: Sequence[None], request: Reading) -> list[Sequence[AnyRow]]:
    return [await api_keys.newest_first(request)]


@verb(CreateApiKeyPayload)
async def create_api_key(info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
    said = NewApiKey(
        name=input.name,
        scopes=input.scopes,
        expires_at=aware(input.expires_at, "input", "expiresAt"),
        addresses=input.addresses,
    )
    async with info.context.change() as change:
        created = await api_keys.create_api_key(change, said, input.idempotency_key)
    secret = str(created.secret) if created.secret else None
    return CreateApiKeyPayload(api_key_id=created.id, secret=secret)


@verb(RevokeApiKeyPayload)
async def revoke_api_key(info: Info, input: RevokeApiKeyInput) -> RevokeApiKeyPayload:
    api_key_id = ids.read(info.context, "ApiKey", input.api_key_id, "input", "apiKeyId")
    async with info.context.change() as change:
        await api_keys.revoke_api_key(change, api_key_id)
    return RevokeApiKeyPayload(revoked_api_key_id=input.api_key_id)
