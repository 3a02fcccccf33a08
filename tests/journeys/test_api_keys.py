"""API keys: administrators make them, look at them and revoke them; their secret is shown once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from auth.api_keys import KeyToken
from core.tokens import Token, pack
from models import Account, ApiKey, Event, Principal
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.programs import CREATE, REVOKE, ask, creates, revokes
from tests.journeys.rows import row, rows
from tests.schema.belongings import rows_of, values_of

KEYS = """{ apiKeys {
  id name prefix scopes addresses createdAt expiresAt lastUsedAt revokedAt
  account { displayName role username status }
} }"""
VIEWER = "{ viewer { account { displayName } roles language email } }"
NODE = "query ($id: ID!) { node(id: $id) { id __typename } }"
TOMORROW = START + timedelta(days=1)
SCOPES = ["DOCUMENTS_READ", "RELATIONS_READ"]


async def keys(api: Api, who: str = "arthur") -> list[dict[str, Any]]:
    return (await api.gets(who, KEYS))["apiKeys"]


async def test_a_key_is_made_with_an_account_of_its_own(api: Api) -> None:
    payload = await creates(api, name="  CRM of Acme ", scopes=SCOPES[::-1] * 2)
    (key,) = await keys(api)
    assert payload["apiKey"] == {"id": key["id"]}
    assert payload["userErrors"] == []
    assert key == {
        "id": payload["apiKey"]["id"],
        "name": "CRM of Acme",
        "prefix": payload["secret"][: len("kluis_pk_") + 12],
        "scopes": SCOPES,
        "addresses": None,
        "createdAt": START.isoformat(),
        "expiresAt": None,
        "lastUsedAt": None,
        "revokedAt": None,
        "account": {
            "displayName": "CRM of Acme",
            "role": "SERVICE",
            "username": key["prefix"],
            "status": "ACTIVE",
        },
    }


async def test_the_secret_is_one_that_scanners_find(api: Api) -> None:
    payload = await creates(api)
    assert re.fullmatch(r"kluis_pk_[0-9a-f]{12}_[A-Za-z0-9_-]{64}", payload["secret"])


async def test_a_key_says_until_when_and_from_where(api: Api) -> None:
    said = ["192.0.2.7", " 2001:DB8::/32 ", "::ffff:198.51.100.0/120", "192.0.2.7"]
    await creates(api, expiresAt="2026-01-31T10:00:00+01:00", addresses=said)
    (key,) = await keys(api)
    assert key["expiresAt"] == TOMORROW.isoformat()
    assert key["addresses"] == ["192.0.2.7", "2001:db8::/32", "198.51.100.0/24"]


async def test_a_program_knows_who_it_is(api: Api) -> None:
    secret = (await creates(api, name="CRM"))["secret"]
    assert (await ask(api, secret, VIEWER))["data"] == {
        "viewer": {"account": {"displayName": "CRM"}, "roles": ["SERVICE"], "language": "EN", "email": None}
    }


async def test_two_programs_may_have_one_name(api: Api) -> None:
    secrets = [(await creates(api, name="CRM"))["secret"] for _ in range(2)]
    assert len(set(secrets)) == 2
    assert len({it["account"]["username"] for it in await keys(api)}) == 2


async def test_keys_come_the_newest_first_and_each_firm_has_its_own(api: Api, clock: SetClock) -> None:
    for who, name in (("arthur", "old"), ("arthur", "new"), ("eva", "theirs")):
        clock.advance(timedelta(minutes=1))
        await creates(api, who, name=name)
    assert [it["name"] for it in await keys(api)] == ["new", "old"]
    assert [it["name"] for it in await keys(api, "eva")] == ["theirs"]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"name": "  "}, "REQUIRED", "name"),
        ({"name": "x" * 101}, "TOO_LONG", "name"),
        ({"scopes": []}, "REQUIRED", "scopes"),
        ({"expiresAt": START.isoformat()}, "INVALID", "expiresAt"),
        ({"expiresAt": (START - timedelta(days=1)).isoformat()}, "INVALID", "expiresAt"),
        ({"expiresAt": "2026-12-31T12:00:00"}, "INVALID", "expiresAt"),
        ({"addresses": []}, "REQUIRED", "addresses"),
        ({"addresses": ["192.0.2.1", "localhost"]}, "INVALID", "addresses"),
        ({"addresses": ["192.0.2.1/24"]}, "INVALID", "addresses"),
        ({"addresses": [f"192.0.2.{it}" for it in range(101)]}, "INVALID", "addresses"),
    ],
)
async def test_a_key_that_cannot_be_leaves_nothing(
    api: Api, said: dict[str, Any], code: str, field: str
) -> None:
    principals = len(await rows(api, Principal))
    payload = await creates(api, **said)
    assert mistakes(payload) == [(code, ["input", field])]
    assert (payload["apiKey"], payload["secret"]) == (None, None)
    assert await rows(api, ApiKey) == []
    assert await rows(api, Event) == []
    assert len(await rows(api, Principal)) == principals


async def test_a_key_may_have_a_hundred_addresses_and_end_in_a_second(api: Api) -> None:
    said: dict[str, Any] = {"addresses": [f"192.0.2.{it}" for it in range(100)], "name": "x" * 100}
    payload = await creates(api, **said, expiresAt=(START + timedelta(seconds=1)).isoformat())
    assert payload["userErrors"] == []


async def test_what_happened_is_remembered_without_the_secret(api: Api) -> None:
    secret = (await creates(api))["secret"]
    key = await row(api, ApiKey)
    arthur = api.world.accounts["arthur"].id
    await revokes(api, key.id)
    assert [(it.kind, it.account_id, it.details) for it in await rows(api, Event)] == [
        (
            "api_key.created",
            arthur,
            {"api_key": str(key.id), "account": str(key.account_id), "scopes": ["DOCUMENTS_READ"]},
        ),
        ("api_key.revoked", arthur, {"api_key": str(key.id), "account": str(key.account_id)}),
    ]
    assert key.created_by == arthur
    inner = secret.rpartition(key.prefix + "_")[2]
    written = str([values_of(it) for it in await rows_of(api, api.world.firm.licence_id)])
    token = KeyToken.parse(secret)
    assert token
    assert [it for it in (inner, token.secret.hex(), str(token.secret)) if it in written] == []


def spellings(key: ApiKey) -> Iterator[str]:
    """Yield what somebody who has a copy of the table could send."""
    for raw in (key.digest, sha256(key.digest).digest()):
        yield from (raw.hex(), pack(raw), pack(key.licence_id.bytes + raw))
        yield from (str(KeyToken(key.licence_id, raw)), str(Token(key.licence_id, raw)))
        yield f"{key.prefix}_{pack(key.licence_id.bytes + raw)}"
    yield from (key.prefix, f"{key.prefix}_", str(key.id), f"pk_{key.id}_{key.digest.hex()}", key.name)


async def test_a_copy_of_the_table_signs_nobody_in(api: Api) -> None:
    secret = (await creates(api))["secret"]
    key = await row(api, ApiKey)
    assert (await ask(api, secret, VIEWER))["data"]["viewer"]
    for text in spellings(key):
        assert (await ask(api, text, VIEWER))["data"] == {"viewer": None}, text


async def test_nobody_signs_in_with_the_account_of_a_program(api: Api) -> None:
    await creates(api)
    account = await row(api, Account, role="SERVICE")
    assert account.password_hash is None
    query = "mutation ($input: SignInInput!) { signIn(input: $input) { token userErrors { code } } }"
    for password in ("", "None", account.username):
        said = {"username": account.username, "password": password, "licence": "de-linde"}
        assert (await api.gets("nobody", query, input=said))["signIn"] == {
            "token": None,
            "userErrors": [{"code": "WRONG_CREDENTIALS"}],
        }


RESET = """mutation ($input: ResetPasswordInput!) {
  resetPassword(input: $input) { account { id } userErrors { code path } }
}"""


async def test_a_program_is_given_no_password(api: Api) -> None:
    await creates(api)
    account = await row(api, Account, role="SERVICE")
    said = {"accountId": api.id("Account", account.id)}
    payload = (await api.gets("arthur", RESET, input=said))["resetPassword"]
    assert mistakes(payload) == [("INVALID", ["input", "accountId"])]
    assert (await row(api, Account, role="SERVICE")).password_hash is None


async def test_a_revoked_key_stays_in_the_list(api: Api, clock: SetClock) -> None:
    await creates(api)
    key = await row(api, ApiKey)
    clock.advance(timedelta(minutes=1))
    assert await revokes(api, key.id) == {
        "revokedApiKeyId": api.id("ApiKey", key.id),
        "userErrors": [],
    }
    (seen,) = await keys(api)
    assert seen["revokedAt"] == (START + timedelta(minutes=1)).isoformat()


async def test_to_revoke_again_changes_nothing(api: Api, clock: SetClock) -> None:
    await creates(api)
    key = await row(api, ApiKey)
    first = await revokes(api, key.id)
    clock.advance(timedelta(minutes=1))
    assert await revokes(api, key.id) == first
    assert (await row(api, ApiKey)).revoked_at == START
    assert [it.kind for it in await rows(api, Event)] == ["api_key.created", "api_key.revoked"]


async def test_only_a_key_of_ones_own_firm_is_revoked(api: Api) -> None:
    payload = await creates(api, "eva")
    foreign = api.ports.ids.read(payload["apiKey"]["id"])
    assert foreign
    for key_id in (foreign[1], uuid4()):
        assert mistakes(await revokes(api, key_id)) == [("NOT_FOUND", ["input", "apiKeyId"])]
    assert (await ask(api, payload["secret"], VIEWER))["data"]["viewer"]
    payload = (await api.gets("arthur", REVOKE, input={"apiKeyId": "none"}))["revokeApiKey"]
    assert mistakes(payload) == [("INVALID", ["input", "apiKeyId"])]


@pytest.mark.parametrize("who", ["anna", "bert", "program"])
async def test_keys_are_for_administrators(api: Api, who: str) -> None:
    made = await creates(
        api, scopes=["DOCUMENTS_READ", "DOCUMENTS_WRITE", "RELATIONS_READ", "RELATIONS_WRITE"]
    )
    token = KeyToken.parse(made["secret"])
    assert token
    api.tokens["program"] = token
    key_id = made["apiKey"]["id"]
    said = {"name": "Mine", "scopes": SCOPES}
    assert await refused_fields(api, who, CREATE, input=said) == [("FORBIDDEN", ["createApiKey"])]
    assert await refused_fields(api, who, REVOKE, input={"apiKeyId": key_id}) == [
        ("FORBIDDEN", ["revokeApiKey"])
    ]
    assert await refused_fields(api, who, KEYS) == [("FORBIDDEN", ["apiKeys"])]
    assert await api.gets(who, NODE, id=key_id) == {"node": None}
    assert len(await rows(api, ApiKey)) == 1
    assert await api.gets("arthur", NODE, id=key_id) == {"node": {"id": key_id, "__typename": "ApiKey"}}


async def test_keys_are_not_for_nobody(api: Api) -> None:
    said = {"name": "Mine", "scopes": SCOPES}
    assert await api.codes("nobody", CREATE, input=said) == ["UNAUTHENTICATED"]
    assert await api.codes("nobody", KEYS) == ["UNAUTHENTICATED"]


async def test_a_use_is_noted_once_a_minute(api: Api, clock: SetClock) -> None:
    secret = (await creates(api))["secret"]

    async def used() -> datetime | None:
        await ask(api, secret, VIEWER)
        return (await row(api, ApiKey)).last_used_at

    assert (await row(api, ApiKey)).last_used_at is None
    assert await used() == START
    clock.advance(timedelta(minutes=1))
    assert await used() == START
    clock.advance(timedelta(seconds=1))
    assert await used() == START + timedelta(seconds=61)
    (key,) = await keys(api)
    assert key["lastUsedAt"] == datetime(2026, 1, 30, 9, 1, 1, tzinfo=UTC).isoformat()


async def test_a_key_that_comes_again_is_answered_without_its_secret(api: Api) -> None:
    first = await creates(api, idempotencyKey="one")
    again = await creates(api, idempotencyKey="one")
    assert first["secret"]
    assert again == first | {"secret": None}
    assert len(await rows(api, ApiKey)) == 1


async def test_a_program_is_found_among_the_accounts(api: Api) -> None:
    await creates(api, name="Koppeling")
    query = '{ accounts(search: "koppel") { nodes { displayName role } } }'
    found = await api.gets("anna", query)
    assert found == {"accounts": {"nodes": [{"displayName": "Koppeling", "role": "SERVICE"}]}}
