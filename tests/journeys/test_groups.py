"""Groups: who makes and fills them, what members have through them, and who must stay."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Delete, Select, delete, select

from core.rights import ALL_RIGHTS, Right
from models import AccountGroup, AccountGroupMember, DocumentGrant, Event, Principal
from tests.api import Api
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.people import account, add_account, add_advisor, add_group
from tests.journeys.rows import block, delete_document, rows, writing
from tests.journeys.rules import SET_RIGHTS, can, events
from tests.journeys.waiting import somebody_waits

CREATE = """
mutation ($input: CreateGroupInput!) {
  createGroup(input: $input) {
    group { id name isBuiltIn members { totalCount nodes { displayName } } }
    userErrors { code path }
  }
}
"""
SET_MEMBERS = """
mutation ($input: SetGroupMembersInput!) {
  setGroupMembers(input: $input) {
    group { name members { nodes { displayName role } } } userErrors { code message path }
  }
}
"""
GROUPS = "{ groups { name isBuiltIn members { totalCount nodes { displayName } } } }"


async def create(api: Api, who: str, name: str) -> dict[str, Any]:
    return (await api.gets(who, CREATE, input={"name": name}))["createGroup"]


async def set_members(api: Api, who: str, group: UUID, *members: str) -> dict[str, Any]:
    said = {"groupId": api.id("Group", group), "accountIds": [account(api, it) for it in members]}
    return (await api.gets(who, SET_MEMBERS, input=said))["setGroupMembers"]


async def members_of(api: Api, group: UUID) -> set[str]:
    names = {it.id: name for name, it in api.world.accounts.items()}
    return {names[it.account_id] for it in await rows(api, AccountGroupMember, group_id=group)}


async def take_rights(api: Api, *principals: UUID) -> None:
    """Take what these were given on the cast's document away, behind the product's back."""
    async with writing(api) as firm:
        for it in await rows(api, DocumentGrant, document_id=api.world.document.id):
            if it.principal_id in principals:
                await firm.session.delete(await firm.session.get_one(DocumentGrant, (it.licence_id, it.id)))


async def test_an_administrator_makes_a_group_without_members(api: Api) -> None:
    payload = await create(api, "arthur", "  Notarissen ")
    assert payload["group"].pop("id")
    assert payload == {
        "group": {"name": "Notarissen", "isBuiltIn": False, "members": {"totalCount": 0, "nodes": []}},
        "userErrors": [],
    }
    (made,) = await rows(api, AccountGroup, built_in=None)
    assert await events(api, "group.created") == [{"group": str(made.id), "name": "Notarissen"}]


@pytest.mark.parametrize("name", ["x", "é" * 100])
async def test_a_name_has_1_to_100_characters(api: Api, name: str) -> None:
    assert (await create(api, "arthur", name))["group"]["name"] == name


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "REQUIRED"), (" \u00a0\t", "REQUIRED"), ("x" * 101, "TOO_LONG"), ("Users", "ALREADY_EXISTS")],
)
async def test_what_cannot_be_a_name_makes_no_group(api: Api, name: str, code: str) -> None:
    payload = await create(api, "arthur", name)
    assert payload == {"group": None, "userErrors": [{"code": code, "path": ["input", "name"]}]}
    assert len(await rows(api, AccountGroup)) == 2
    assert len(await rows(api, Principal, kind="GROUP")) == 2
    assert await rows(api, Event) == []


async def test_two_firms_may_give_a_group_the_same_name(api: Api) -> None:
    for who in ("arthur", "eva"):
        assert (await create(api, who, "Notarissen"))["userErrors"] == []


async def test_of_several_who_give_the_same_name_at_once_one_makes_it(api: Api) -> None:
    await api.token("arthur")
    answers = await asyncio.gather(*(create(api, "arthur", "Notarissen") for _ in range(4)))
    assert sorted(str(mistakes(it)) for it in answers) == sorted(
        ["[]"] + [str([("ALREADY_EXISTS", ["input", "name"])])] * 3
    )


async def test_the_groups_are_listed_the_built_in_ones_first(api: Api) -> None:
    await add_group(api, "Zusters")
    await add_group(api, "Aardappelen", "anna")
    assert [(it["name"], it["isBuiltIn"]) for it in (await api.gets("anna", GROUPS))["groups"]] == [
        ("Administrators", True),
        ("Users", True),
        ("Aardappelen", False),
        ("Zusters", False),
    ]


async def test_each_group_shows_its_own_members_by_name(api: Api) -> None:
    await add_group(api, "Leeg")
    found = {it["name"]: it["members"] for it in (await api.gets("anna", GROUPS))["groups"]}
    arthur, anna = {"displayName": "Arthur Maes"}, {"displayName": "Anna Lindeman"}
    assert found == {
        "Administrators": {"totalCount": 1, "nodes": [arthur]},
        "Users": {"totalCount": 2, "nodes": [anna, arthur]},
        "Leeg": {"totalCount": 0, "nodes": []},
    }


async def test_groups_are_for_staff(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    for who in ("bert", "olga"):
        assert await refused_fields(api, who, "{ groups { name } }") == [("FORBIDDEN", ["groups"])]
        query = "query ($id: ID!) { node(id: $id) { id } }"
        assert await api.gets(who, query, id=api.id("Group", api.world.firm.users)) == {"node": None}
    assert await refused_fields(api, "nobody", "{ groups { name } }") == [("UNAUTHENTICATED", ["groups"])]


async def test_only_an_administrator_makes_and_fills_groups(api: Api) -> None:
    group = await add_group(api, "Notarissen")
    said: dict[str, Any] = {"groupId": api.id("Group", group), "accountIds": [account(api, "anna")]}
    for who, code in {"anna": "FORBIDDEN", "bert": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}.items():
        refused = await refused_fields(api, who, CREATE, input={"name": "Nieuw"})
        assert refused == [(code, ["createGroup"])]
        assert await refused_fields(api, who, SET_MEMBERS, input=said) == [(code, ["setGroupMembers"])]
    assert await members_of(api, group) == set()
    assert await rows(api, Event) == []


async def test_who_joins_has_at_once_what_the_group_has_and_loses_it_when_he_leaves(api: Api) -> None:
    await add_account(api, "nora")
    group = await add_group(api, "Notarissen")
    async with writing(api) as firm:
        await firm.grant(api.world.document, group, Right.READ | Right.UPDATE)
    assert await can(api, "nora") is None
    payload = await set_members(api, "arthur", group, "nora", "anna")
    members = [
        {"displayName": "Anna Lindeman", "role": "STAFF"},
        {"displayName": "Nora", "role": "STAFF"},
    ]
    assert payload == {"group": {"name": "Notarissen", "members": {"nodes": members}}, "userErrors": []}
    assert await can(api, "nora") == ["READ", "UPDATE"]
    await set_members(api, "arthur", group, "anna")
    assert await can(api, "nora") is None


async def test_an_address_that_was_handed_out_ends_with_the_membership(api: Api) -> None:
    await add_account(api, "nora")
    await set_members(api, "arthur", api.world.firm.users, "anna", "arthur", "nora")
    sent = await api.upload("anna", "a.txt", b"words")
    query = "query ($id: ID!) { document(id: $id) { contentUrl } }"
    url = (await api.gets("nora", query, id=sent["document"]["id"]))["document"]["contentUrl"]
    assert (await api.http.get(url)).status_code == 200
    await set_members(api, "arthur", api.world.firm.users, "anna", "arthur")
    assert (await api.http.get(url)).status_code == 404


async def test_whoever_leaves_the_administrators_administers_no_more(api: Api) -> None:
    await set_members(api, "arthur", api.world.firm.administrators, "arthur", "anna")
    roles = "{ viewer { roles } }"
    assert await api.gets("anna", roles) == {"viewer": {"roles": ["STAFF", "ADMINISTRATOR"]}}
    payload = await set_members(api, "anna", api.world.firm.administrators, "anna")
    assert payload["userErrors"] == []
    assert await api.gets("arthur", roles) == {"viewer": {"roles": ["STAFF"]}}
    assert await refused_fields(api, "arthur", CREATE, input={"name": "x"}) == [
        ("FORBIDDEN", ["createGroup"])
    ]


async def test_the_same_again_and_twice_the_same_make_one_member(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    payload = await set_members(api, "arthur", group, "anna", "arthur", "anna")
    assert payload["userErrors"] == []
    assert await members_of(api, group) == {"anna", "arthur"}


async def test_who_joined_and_who_left_is_remembered(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await set_members(api, "arthur", group, "arthur")
    joined, left = (str(api.world.accounts[it].id) for it in ("arthur", "anna"))
    assert await events(api, "group.members_set") == [
        {"group": str(group), "joined": [joined], "left": [left]}
    ]


async def test_an_auditor_or_a_program_can_be_in_a_group_of_the_firms_own(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    await add_account(api, "robot", "SERVICE")
    group = await add_group(api, "Notarissen")
    payload = await set_members(api, "arthur", group, "olga", "robot")
    assert [it["role"] for it in payload["group"]["members"]["nodes"]] == ["AUDITOR", "SERVICE"]


Members = Callable[[Api], Sequence[str]]
MISTAKES: dict[str, tuple[str, Members, str]] = {
    "a client": ("own", lambda api: [account(api, "anna"), account(api, "bert")], "INVALID"),
    "a client among the users": ("users", lambda api: [account(api, "bert")], "INVALID"),
    "an auditor among the users": ("users", lambda api: [account(api, "olga")], "INVALID"),
    "a program among the administrators": ("administrators", lambda api: [account(api, "robot")], "INVALID"),
    "who never was": ("own", lambda api: [api.id("Account", uuid4())], "NOT_FOUND"),
    "another firm's advisor": ("own", lambda api: [account(api, "eva")], "NOT_FOUND"),
    "a group": ("own", lambda api: [api.id("Group", api.world.firm.users)], "NOT_FOUND"),
    "no id": ("own", lambda api: [account(api, "anna"), "x"], "INVALID"),
    "too many": ("own", lambda api: [account(api, "anna")] * 1001, "INVALID"),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_who_cannot_be_in_a_group_changes_nothing_of_it(api: Api, name: str) -> None:
    await add_account(api, "olga", "AUDITOR")
    await add_account(api, "robot", "SERVICE")
    which, members, code = MISTAKES[name]
    own = await add_group(api, "Notarissen", "arthur")
    group = own if which == "own" else getattr(api.world.firm, which)
    before = await members_of(api, group)
    said = {"groupId": api.id("Group", group), "accountIds": members(api)}
    payload = (await api.gets("arthur", SET_MEMBERS, input=said))["setGroupMembers"]
    assert payload["group"] is None
    assert mistakes(payload) == [(code, ["input", "accountIds"])]
    assert await members_of(api, group) == before
    assert await rows(api, Event) == []


async def test_a_thousand_members_are_the_most(api: Api) -> None:
    said = {
        "groupId": api.id("Group", api.world.firm.administrators),
        "accountIds": [account(api, "arthur")] * 1000,
    }
    payload = (await api.gets("arthur", SET_MEMBERS, input=said))["setGroupMembers"]
    assert payload["userErrors"] == []


async def test_a_group_that_is_not_ours_is_not_found_like_one_that_never_was(api: Api) -> None:
    async def answer(id_: str) -> bytes:
        said: dict[str, Any] = {"groupId": id_, "accountIds": [account(api, "arthur")]}
        return await answer_to(api, "arthur", SET_MEMBERS, input=said)

    never = await answer(api.id("Group", uuid4()))
    assert b'"NOT_FOUND"' in never
    assert b'["input","groupId"]' in never
    for id_ in (api.id("Group", api.world.other_firm.users), account(api, "anna")):
        assert await answer(id_) == never
    assert b'"INVALID"' in await answer("x")


async def test_the_last_administrator_stays(api: Api) -> None:
    await add_account(api, "nora")
    async with writing(api) as firm:
        await firm.join(firm.founded.administrators, api.world.accounts["nora"])
    await block(api, "nora")
    for members in ([], ["nora"]):
        payload = await set_members(api, "arthur", api.world.firm.administrators, *members)
        assert mistakes(payload) == [("INVALID", ["input", "accountIds"])]
        assert payload["userErrors"][0]["message"].startswith("De licentie")
    assert await members_of(api, api.world.firm.administrators) == {"arthur", "nora"}
    # but another may take his place
    payload = await set_members(api, "arthur", api.world.firm.administrators, "anna")
    assert payload["userErrors"] == []


async def test_of_two_administrators_who_remove_each_other_at_once_one_is_left(api: Api) -> None:
    group = api.world.firm.administrators
    async with writing(api) as firm:
        await firm.join(group, api.world.accounts["anna"])
    for who in ("anna", "arthur"):
        await api.token(who)
    payloads = await asyncio.gather(
        set_members(api, "anna", group, "anna"), set_members(api, "arthur", group, "arthur")
    )
    # whoever was removed while he waited removes nobody any more
    assert sorted(map(mistakes, payloads)) == [[], [("FORBIDDEN", None)]]
    assert len(await members_of(api, group)) == 1


def administrators(api: Api) -> Select[AccountGroup]:
    """Return the statement that holds the row which everybody waits for who takes a keeper away."""
    own = AccountGroup.licence_id == api.world.firm.licence_id
    return select(AccountGroup).where(own, AccountGroup.built_in == "ADMINISTRATORS").with_for_update()


def membership(api: Api, who: str) -> Delete:
    """Return the statement that takes somebody out of all groups."""
    account_id = api.world.accounts[who].id
    own = AccountGroupMember.licence_id == api.world.firm.licence_id
    return delete(AccountGroupMember).where(own, AccountGroupMember.account_id == account_id)


async def test_who_is_removed_from_the_administrators_while_he_waits_removes_nobody(
    api: Api, database_url: str
) -> None:
    group = api.world.firm.administrators
    async with writing(api) as firm:
        await firm.join(group, api.world.accounts["anna"])
    await api.token("anna")
    async with writing(api) as firm:
        await firm.session.execute(administrators(api))
        waiting = asyncio.create_task(set_members(api, "anna", group, "anna"))
        await somebody_waits(database_url)
        await firm.session.execute(membership(api, "anna"))
    assert mistakes(await waiting) == [("FORBIDDEN", None)]
    assert await members_of(api, group) == {"arthur"}


async def test_nobody_relies_on_a_keeper_who_is_being_taken_away(api: Api, database_url: str) -> None:
    # given a document that a group keeps, and Anna by name
    await add_account(api, "nora")
    group = await add_group(api, "Notarissen", "nora")
    await kept_by(api, group)
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts["anna"].id, ALL_RIGHTS)
    await api.token("anna")
    said: dict[str, Any] = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": account(api, "anna"),
        "rights": [],
    }
    # when she gives her row away while the group is being emptied
    async with writing(api) as firm:
        await firm.session.execute(administrators(api))
        waiting = asyncio.create_task(api.gets("anna", SET_RIGHTS, input=said))
        await somebody_waits(database_url)
        await firm.session.execute(membership(api, "nora"))
    # then she has to keep it
    assert mistakes((await waiting)["setDocumentRights"]) == [("INVALID", ["input", "rights"])]


async def kept_by(api: Api, group: UUID) -> None:
    """Leave the cast's document to a group alone."""
    world = api.world
    await take_rights(api, world.firm.users, world.firm.administrators, world.accounts["anna"].id)
    async with writing(api) as firm:
        await firm.grant(world.document, group, Right.READ | Right.CHANGE_SECURITY)


async def test_a_group_that_alone_keeps_a_document_is_not_emptied(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await kept_by(api, group)
    payload = await set_members(api, "arthur", group)
    assert mistakes(payload) == [("INVALID", ["input", "accountIds"])]
    assert await members_of(api, group) == {"anna"}
    # one of them may go as long as another stays
    assert (await set_members(api, "arthur", group, "arthur"))["userErrors"] == []


async def test_who_only_audits_or_is_blocked_keeps_no_document(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    await add_account(api, "nora")
    await block(api, "nora")
    group = await add_group(api, "Notarissen", "anna", "olga", "nora")
    await kept_by(api, group)
    payload = await set_members(api, "arthur", group, "olga", "nora")
    assert mistakes(payload) == [("INVALID", ["input", "accountIds"])]


@pytest.mark.parametrize("rights", [Right.READ, Right.CHANGE_SECURITY])
async def test_who_keeps_a_document_reads_it_too(api: Api, rights: Right) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await kept_by(api, group)
    await add_advisor(api, "nina", rights)
    assert mistakes(await set_members(api, "arthur", group)) == [("INVALID", ["input", "accountIds"])]


async def test_rights_from_several_rows_keep_a_document_together(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await kept_by(api, group)
    await add_advisor(api, "nina", Right.READ)
    other = await add_group(api, "Anderen", "nina")
    async with writing(api) as firm:
        await firm.grant(api.world.document, other, Right.CHANGE_SECURITY)
    assert (await set_members(api, "arthur", group))["userErrors"] == []


async def test_a_document_that_somebody_else_keeps_may_lose_the_group(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await kept_by(api, group)
    await add_advisor(api, "nina", Right.READ | Right.CHANGE_SECURITY)
    assert (await set_members(api, "arthur", group))["userErrors"] == []
    assert await can(api, "anna") is None


async def test_a_deleted_document_is_kept_too_for_it_may_come_back(api: Api) -> None:
    group = await add_group(api, "Notarissen", "anna")
    await kept_by(api, group)
    await delete_document(api, api.world.document.id)
    payload = await set_members(api, "arthur", group)
    assert mistakes(payload) == [("INVALID", ["input", "accountIds"])]


async def test_the_last_two_keepers_are_not_taken_away_at_once(api: Api) -> None:
    # given a document that a group keeps, and Anna by name
    await add_account(api, "nora")
    group = await add_group(api, "Notarissen", "nora")
    await kept_by(api, group)
    anna = api.world.accounts["anna"].id
    async with writing(api) as firm:
        await firm.grant(api.world.document, anna, ALL_RIGHTS)
    for who in ("anna", "arthur"):
        await api.token(who)
    # when Anna gives her row away while the group is emptied
    said: dict[str, Any] = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": account(api, "anna"),
        "rights": [],
    }
    shared, emptied = await asyncio.gather(
        api.gets("anna", SET_RIGHTS, input=said), set_members(api, "arthur", group)
    )
    # then one of the two is refused
    refused = mistakes(shared["setDocumentRights"]) + mistakes(emptied)
    assert len(refused) == 1
    assert refused[0][0] == "INVALID"
    keepers = {it.principal_id for it in await rows(api, DocumentGrant) if it.rights & 8}
    assert (anna in keepers) == (await members_of(api, group) == set())
