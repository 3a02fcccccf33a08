"""Partners' programs as they ask over HTTP: keys that an administrator makes, from one address or another."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx

from auth.api_keys import KeyToken
from models import Account, ApiKey
from server.app import create_app
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.rows import row

CREATE: Final = """mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { apiKey { id } secret userErrors { code path } }
}"""
REVOKE: Final = """mutation ($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) { revokedApiKeyId userErrors { code path } }
}"""
SHARE: Final = """mutation ($input: SetDocumentRightsInput!) {
  setDocumentRights(input: $input) {
    grants { principal { ... on Account { displayName role } } rights source } userErrors { code path }
  }
}"""
BLOCK: Final = "mutation ($input: BlockAccountInput!) { blockAccount(input: $input) { userErrors { code } } }"
UNBLOCK: Final = """mutation ($input: UnblockAccountInput!) {
  unblockAccount(input: $input) { userErrors { code } }
}"""
HERE: Final = "192.0.2.1"


async def creates(api: Api, who: str = "arthur", **said: Any) -> dict[str, Any]:
    """Return what createApiKey answers; where nothing is said, for a program that reads documents."""
    given = {"name": "CRM", "scopes": ["DOCUMENTS_READ"], **said}
    return (await api.gets(who, CREATE, input=given))["createApiKey"]


async def revokes(api: Api, key_id: UUID) -> dict[str, Any]:
    """Return what revokeApiKey answers to the administrator."""
    said = {"apiKeyId": api.id("ApiKey", key_id)}
    return (await api.gets("arthur", REVOKE, input=said))["revokeApiKey"]


async def lets_in(api: Api, name: str, *scopes: str, **said: Any) -> UUID:
    """Let a program join the cast under a name, with a key of these scopes; return its account's id."""
    made = await creates(api, name=name, scopes=scopes, **said)
    token = KeyToken.parse(made["secret"])
    assert token
    api.tokens[name] = token
    query = "{ apiKeys { id account { id } } }"
    found = (await api.gets("arthur", query))["apiKeys"]
    (account,) = [it["account"]["id"] for it in found if it["id"] == made["apiKey"]["id"]]
    key = api.ports.ids.read(account)
    assert key
    return key[1]


async def sent(
    api: Api, method: str, path: str, address: str | None = HERE, **options: Any
) -> httpx.Response:
    """Return the answer to a request that comes from an address; None: of a socket that has none."""
    app = create_app(api.ports)
    client = (address, 5000) if address is not None else None
    # Starlette itself allows for sockets without an address; the type does not.
    transport = httpx.ASGITransport(app, client=client)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url=api.ports.public_url) as http:
        return await http.request(method, path, **options)


async def answered(
    api: Api, bearer: str, query: str, address: str | None = HERE, **variables: Any
) -> httpx.Response:
    """Return the whole answer to whoever shows this bearer token."""
    headers = {"Authorization": f"Bearer {bearer}"}
    body = {"query": query, "variables": variables}
    return await sent(api, "POST", "/graphql", address, json=body, headers=headers)


async def ask(
    api: Api, bearer: str, query: str, address: str | None = HERE, **variables: Any
) -> dict[str, Any]:
    """Return what it says."""
    return (await answered(api, bearer, query, address, **variables)).json()


async def shares(api: Api, document_id: UUID, principal: str, *rights: str) -> dict[str, Any]:
    """Return what it came to that Anna sets a row of a document's rights tab."""
    said = {
        "documentId": api.id("Document", document_id),
        "principalId": principal,
        "rights": rights,
    }
    return (await api.gets("anna", SHARE, input=said))["setDocumentRights"]


# How a key that has half a minute left ends.
Ending = Callable[[Api, SetClock], Awaitable[None]]


async def revoked(api: Api, _: SetClock) -> None:
    await revokes(api, (await row(api, ApiKey)).id)


async def expired(_: Api, clock: SetClock) -> None:
    clock.advance(timedelta(seconds=30))


async def blocked(api: Api, _: SetClock) -> None:
    account = await row(api, Account, role="SERVICE")
    await api.gets("arthur", BLOCK, input={"accountId": api.id("Account", account.id)})


ENDINGS: Final = [revoked, expired, blocked]
