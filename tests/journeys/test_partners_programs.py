"""Partners' programs: what a key opens while it lives, and that a dead one opens nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from auth.api_keys import KeyToken
from core.tokens import Token
from models import Account, ApiKey, Document, Event, Letter
from resolvers.points import BUCKET
from server.context import COOKIE, PREFLIGHT_HEADER
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes, refused_fields, send_file
from tests.journeys.programs import (
    ENDINGS,
    HERE,
    UNBLOCK,
    Ending,
    answered,
    ask,
    blocked,
    creates,
    lets_in,
    revoked,
    sent,
    shares,
)
from tests.journeys.rows import row, rows

SCOPES: Final = ("DOCUMENTS_READ", "DOCUMENTS_WRITE", "RELATIONS_READ", "RELATIONS_WRITE")
DOCUMENTS: Final = "{ documents { totalCount } }"
WHO: Final = "{ documents { totalCount } viewer { account { displayName } } }"


async def counted(api: Api, who: str) -> int:
    return (await api.gets(who, DOCUMENTS))["documents"]["totalCount"]


async def test_a_program_reads_what_was_shared_with_it(api: Api) -> None:
    program = await lets_in(api, "CRM", "DOCUMENTS_READ")
    assert await counted(api, "CRM") == 0
    payload = await shares(api, api.world.document.id, api.id("Account", program), "READ")
    assert {
        "principal": {"displayName": "CRM", "role": "SERVICE"},
        "rights": ["READ"],
        "source": "MANUAL",
    } in payload["grants"]
    assert await counted(api, "CRM") == 1
    await shares(api, api.world.document.id, api.id("Account", program))
    assert await counted(api, "CRM") == 0
    assert await rows(api, Letter) == []


GROUP: Final = "mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }"
MEMBERS: Final = """mutation ($input: SetGroupMembersInput!) {
  setGroupMembers(input: $input) { group { name } userErrors { code path } }
}"""


async def joins(api: Api, group: str, program: str) -> dict[str, Any]:
    said = {"groupId": group, "accountIds": [program]}
    return (await api.gets("arthur", MEMBERS, input=said))["setGroupMembers"]


async def test_a_program_reads_what_was_shared_with_its_group(api: Api) -> None:
    program = api.id("Account", await lets_in(api, "CRM", "DOCUMENTS_READ"))
    group = (await api.gets("arthur", GROUP, input={"name": "Partners"}))["createGroup"]["group"]["id"]
    await shares(api, api.world.document.id, group, "READ")
    assert await counted(api, "CRM") == 0
    assert (await joins(api, group, program))["userErrors"] == []
    assert await counted(api, "CRM") == 1


@pytest.mark.parametrize("built_in", ["users", "administrators"])
async def test_a_program_is_in_groups_of_ones_own_alone(api: Api, built_in: str) -> None:
    program = api.id("Account", await lets_in(api, "CRM", "DOCUMENTS_READ"))
    group = api.id("Group", getattr(api.world.firm, built_in))
    assert mistakes(await joins(api, group, program)) == [("INVALID", ["input", "accountIds"])]


async def test_a_program_that_only_reads_changes_nothing(api: Api) -> None:
    program = await lets_in(api, "CRM", "DOCUMENTS_READ", "RELATIONS_READ")
    await shares(api, api.world.document.id, api.id("Account", program), "READ", "UPDATE")
    events = len(await rows(api, Event))
    sent_in = (await send_file(api, "CRM", b"words", {"description": "A paper"})).json()
    assert [it["extensions"]["code"] for it in sent_in["errors"]] == ["FORBIDDEN"]
    update = """mutation ($input: UpdateDocumentInput!) {
      updateDocument(input: $input) { userErrors { code } }
    }"""
    said = {"documentId": api.id("Document", api.world.document.id), "description": "Nieuw"}
    assert await refused_fields(api, "CRM", update, input=said) == [("FORBIDDEN", ["updateDocument"])]
    assert [it.description for it in await rows(api, Document)] == ["Huwelijkscontract"]
    assert len(await rows(api, Event)) == events


async def test_what_a_program_sends_in_is_its_own_doing(api: Api) -> None:
    program = await lets_in(api, "CRM", *SCOPES)
    document = (await api.upload("CRM", "a.txt", b"words"))["document"]
    query = "query ($id: ID!) { document(id: $id) { createdBy { displayName role } } }"
    assert (await api.gets("anna", query, id=document["id"]))["document"] == {
        "createdBy": {"displayName": "CRM", "role": "SERVICE"}
    }
    assert [(it.kind, it.account_id) for it in await rows(api, Event, account_id=program)] == [
        ("document.uploaded", program)
    ]


async def test_a_program_sees_its_own_firm_alone(api: Api) -> None:
    await lets_in(api, "CRM", *SCOPES)
    query = "query ($id: ID!) { node(id: $id) { id } }"
    foreign = api.id("Document", api.world.foreign_document.id)
    assert await api.gets("CRM", query, id=foreign) == {"node": None}
    eva = api.id("Account", api.world.accounts["eva"].id)
    assert await api.gets("CRM", query, id=eva) == {"node": None}
    anna = api.id("Account", api.world.accounts["anna"].id)
    assert await api.gets("CRM", query, id=anna) == {"node": {"id": anna}}


async def assert_nobody(api: Api, secret: str, address: str | None = HERE) -> None:
    """Assert that whoever shows this is answered as with any token that never was, byte for byte."""
    wrong = str(KeyToken.new(api.world.firm.licence_id))
    for query in (WHO, DOCUMENTS):
        answer, never = [await answered(api, it, query, address) for it in (secret, wrong)]
        assert (answer.status_code, answer.content) == (never.status_code, never.content)
    assert (await ask(api, secret, WHO, address))["data"] == {"documents": None, "viewer": None}
    codes = [it["extensions"]["code"] for it in (await ask(api, secret, DOCUMENTS, address))["errors"]]
    assert codes == ["UNAUTHENTICATED"]


async def assert_somebody(api: Api, secret: str, address: str | None = HERE) -> None:
    assert (await ask(api, secret, WHO, address))["data"]["viewer"] == {"account": {"displayName": "CRM"}}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_dead_key_is_as_one_that_never_was(api: Api, clock: SetClock, ending: Ending) -> None:
    secret = (await creates(api, expiresAt=(START + timedelta(seconds=30)).isoformat()))["secret"]
    await assert_somebody(api, secret)
    await ending(api, clock)
    await assert_nobody(api, secret)


async def test_a_key_ends_to_the_second(api: Api, clock: SetClock) -> None:
    secret = (await creates(api, expiresAt=(START + timedelta(seconds=30)).isoformat()))["secret"]
    clock.advance(timedelta(seconds=29, milliseconds=999))
    await assert_somebody(api, secret)
    clock.advance(timedelta(milliseconds=1))
    await assert_nobody(api, secret)


async def test_a_key_lives_again_when_its_account_is_let_in_again(api: Api, clock: SetClock) -> None:
    secret = (await creates(api))["secret"]
    await blocked(api, clock)
    account = await row(api, Account, role="SERVICE")
    await api.gets("arthur", UNBLOCK, input={"accountId": api.id("Account", account.id)})
    await assert_somebody(api, secret)


async def test_a_revoked_key_is_not_brought_back(api: Api, clock: SetClock) -> None:
    secret = (await creates(api))["secret"]
    await revoked(api, clock)
    await blocked(api, clock)
    account = await row(api, Account, role="SERVICE")
    await api.gets("arthur", UNBLOCK, input={"accountId": api.id("Account", account.id)})
    await assert_nobody(api, secret)


async def test_a_key_counts_in_its_firm_alone(api: Api) -> None:
    token = KeyToken.parse((await creates(api))["secret"])
    assert token
    await assert_somebody(api, str(token))
    await assert_nobody(api, str(KeyToken(api.world.other_firm.licence_id, token.secret)))


SPELLINGS: Final[list[Callable[[KeyToken], str]]] = [
    lambda it: str(Token(it.licence_id, it.secret)),
    lambda it: str(it).removeprefix("kluis_"),
    lambda it: str(it)[:-1],
    lambda it: str(it).upper(),
    lambda it: f"Bearer {it}",
    lambda it: it.prefix,
]


@pytest.mark.parametrize("spelled", SPELLINGS)
async def test_a_key_counts_in_its_own_spelling_alone(api: Api, spelled: Callable[[KeyToken], str]) -> None:
    token = KeyToken.parse((await creates(api))["secret"])
    assert token
    await assert_somebody(api, str(token))
    await assert_nobody(api, spelled(token))


async def test_a_session_is_no_key(api: Api) -> None:
    session = await api.token("anna")
    await assert_nobody(api, str(KeyToken(session.licence_id, session.secret)))


V4, V6 = "192.0.2.0/24", "2001:db8::/32"


@pytest.mark.parametrize(
    ("addresses", "address", "is_in"),
    [
        ([V4], "192.0.2.77", True),
        ([V4], "::ffff:192.0.2.77", True),
        ([V4], "192.0.3.1", False),
        ([V4], "::ffff:192.0.3.1", False),
        ([V4], "2001:db8::1", False),
        (["::ffff:192.0.2.0/120"], "192.0.2.77", True),
        ([V6], "2001:db8:ffff::1", True),
        ([V6], "2001:db9::1", False),
        ([V6], "192.0.2.77", False),
        (["::/0"], "::ffff:192.0.2.77", False),
        ([V6, "192.0.2.77"], "192.0.2.77", True),
        ([V6, "192.0.2.77"], "192.0.2.78", False),
        (["0.0.0.0/0", "::/0"], None, False),
        (None, None, True),
        (None, "198.51.100.9", True),
    ],
)
async def test_a_key_is_used_from_its_addresses_alone(
    api: Api, addresses: list[str] | None, address: str | None, *, is_in: bool
) -> None:
    secret = (await creates(api, addresses=addresses))["secret"]
    if is_in:
        await assert_somebody(api, secret, address)
    else:
        await assert_nobody(api, secret, address)
        assert (await row(api, ApiKey)).last_used_at is None


async def test_an_address_that_the_caller_names_himself_counts_for_nothing(api: Api) -> None:
    secret = (await creates(api, addresses=["198.51.100.9"]))["secret"]
    headers = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": "198.51.100.9"}
    answer = await sent(api, "POST", "/graphql", json={"query": WHO}, headers=headers)
    assert answer.json()["data"] == {"documents": None, "viewer": None}


async def test_a_cookie_is_never_a_key(api: Api) -> None:
    secret = (await creates(api))["secret"]
    token = KeyToken.parse(secret)
    assert token
    for cookie in (secret, str(Token(token.licence_id, token.secret))):
        headers = {"Cookie": f"{COOKIE}={cookie}", PREFLIGHT_HEADER: "1"}
        answer = await sent(api, "POST", "/graphql", json={"query": WHO}, headers=headers)
        assert answer.json()["data"] == {"documents": None, "viewer": None}
    headers = {"Cookie": f"{COOKIE}={await api.token('anna')}", PREFLIGHT_HEADER: "1"}
    answer = await sent(api, "POST", "/graphql", json={"query": WHO}, headers=headers)
    assert answer.json()["data"]["viewer"] == {"account": {"displayName": "Anna Lindeman"}}


async def test_a_program_is_given_no_cookie(api: Api) -> None:
    secret = (await creates(api))["secret"]
    assert "set-cookie" not in (await answered(api, secret, WHO)).headers


async def test_a_program_spends_points_of_its_own(api: Api) -> None:
    for name in ("CRM", "ERP"):
        await lets_in(api, name, "DOCUMENTS_READ")
    dear = "{ documents(first: 100) { nodes { id description } } rateLimit { cost remaining } }"
    left = {
        name: (await api.gets(name, query))["rateLimit"]
        for name, query in (("CRM", dear), ("ERP", "{ rateLimit { cost remaining } }"))
    }
    assert left["CRM"]["remaining"] <= BUCKET.capacity - left["CRM"]["cost"] < BUCKET.capacity - 100
    assert left["ERP"]["remaining"] > BUCKET.capacity - 100
