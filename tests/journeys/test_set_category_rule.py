"""The rules of a category: what a grantee is given from now on, and that nothing which stands is changed."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.rights import Right
from models import Category, CategoryRule, DocumentGrant, Event
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.people import account, add_account, add_group
from tests.journeys.rows import row, rows, set_values
from tests.journeys.rules import PORTAL_USERS, SET_RULE, category, events, put_into, set_rule, standing_rule

EVERYBODY = {
    "__typename": "PortalUsersOfDossier",
    "description": "Everybody in the dossier who has access to the portal.",
}


def rights_by_grantee(payload: dict[str, Any]) -> dict[str, list[str]]:
    """Return the rules of the category that a payload shows, by whom they give to."""
    found: dict[str, list[str]] = {}
    for it in payload["category"]["rules"]:
        grantee = it["grantee"]
        found[grantee.get("displayName") or grantee.get("name") or "portal users"] = it["rights"]
    return found


async def in_force(api: Api) -> list[int]:
    return sorted(it.rights for it in await rows(api, CategoryRule, removed_at=None))


async def test_a_rule_says_whom_a_category_shares_with_and_since_when(api: Api) -> None:
    payload = await set_rule(api, "anna", ["UPDATE", "READ", "READ"])
    rule = payload["rule"]
    assert payload == {"category": {"name": "Will", "rules": [rule]}, "rule": rule, "userErrors": []}
    rule.pop("id")
    assert rule == {
        "category": {"name": "Will"},
        "rights": ["READ", "UPDATE"],
        "createdAt": START.isoformat(),
        "createdBy": {"displayName": "Anna Lindeman"},
        "removedAt": None,
        "grantee": EVERYBODY,
    }


async def test_the_portal_users_are_called_so_in_the_viewers_language(api: Api) -> None:
    payload = await set_rule(api, "arthur", ["READ"])
    assert payload["rule"]["grantee"] == {
        "__typename": "PortalUsersOfDossier",
        "description": "Iedereen in het dossier die toegang heeft tot het portaal.",
    }


async def test_each_grantee_has_a_rule_of_its_own_and_the_oldest_comes_first(
    api: Api, clock: SetClock
) -> None:
    users = api.id("Group", api.world.firm.users)
    await set_rule(api, "anna", ["READ", "CHANGE_SECURITY"], groupId=users)
    clock.advance(timedelta(minutes=1))
    await set_rule(api, "anna", ["READ"])
    clock.advance(timedelta(minutes=1))
    payload = await set_rule(api, "anna", ["DELETE"], accountId=account(api, "arthur"))
    assert payload["rule"]["grantee"] == {"__typename": "Account", "displayName": "Arthur Maes"}
    assert list(rights_by_grantee(payload).items()) == [
        ("Users", ["READ", "CHANGE_SECURITY"]),
        ("portal users", ["READ"]),
        ("Arthur Maes", ["DELETE"]),
    ]


async def test_each_category_has_rules_of_its_own(api: Api) -> None:
    await set_rule(api, "anna", ["READ"], "deeds")
    payload = await set_rule(api, "anna", ["UPDATE"], "wills")
    assert rights_by_grantee(payload) == {"portal users": ["UPDATE"]}
    assert await in_force(api) == [Right.READ, Right.UPDATE]


async def test_a_rule_with_other_rights_takes_the_place_of_the_one_before(api: Api, clock: SetClock) -> None:
    first = (await set_rule(api, "anna", ["READ"]))["rule"]["id"]
    clock.advance(timedelta(minutes=1))
    payload = await set_rule(api, "arthur", ["READ", "UPDATE"])
    assert rights_by_grantee(payload) == {"portal users": ["READ", "UPDATE"]}
    assert payload["rule"]["id"] != first
    # the one before can still be looked up, to explain what it has stamped
    query = "query ($id: ID!) { node(id: $id) { ... on CategoryRule { rights removedAt } } }"
    ended = (START + timedelta(minutes=1)).isoformat()
    assert await api.gets("anna", query, id=first) == {"node": {"rights": ["READ"], "removedAt": ended}}
    # for a client there never was one
    assert await api.gets("bert", query, id=first) == {"node": None}


async def test_an_empty_list_takes_the_rule_away(api: Api) -> None:
    await set_rule(api, "anna", ["READ"])
    payload = await set_rule(api, "anna", [])
    assert payload == {"category": {"name": "Will", "rules": []}, "rule": None, "userErrors": []}
    assert (await row(api, CategoryRule)).removed_at == START
    # and it can be set anew
    assert rights_by_grantee(await set_rule(api, "anna", ["READ"])) == {"portal users": ["READ"]}


async def test_setting_the_same_again_changes_nothing(api: Api, clock: SetClock) -> None:
    first = (await set_rule(api, "anna", ["READ", "UPDATE"]))["rule"]
    clock.advance(timedelta(minutes=1))
    again = await set_rule(api, "arthur", ["UPDATE", "READ"])
    assert again["rule"]["id"] == first["id"]
    assert again["rule"]["createdAt"] == first["createdAt"]
    assert len(await rows(api, CategoryRule)) == 1
    assert len(await events(api, "category.rule_set")) == 1


async def test_taking_away_what_is_not_there_changes_nothing(api: Api) -> None:
    payload = await set_rule(api, "anna", [])
    assert payload == {"category": {"name": "Will", "rules": []}, "rule": None, "userErrors": []}
    assert await rows(api, CategoryRule) == []
    assert await rows(api, Event) == []


async def test_every_change_of_a_rule_is_remembered(api: Api) -> None:
    await set_rule(api, "anna", ["READ"])
    await set_rule(api, "anna", [], groupId=api.id("Group", api.world.firm.users))
    await set_rule(api, "anna", ["READ", "UPDATE"], groupId=api.id("Group", api.world.firm.users))
    await set_rule(api, "anna", [])
    wills = str(api.world.firm.categories["wills"])
    users = str(api.world.firm.users)
    assert await events(api, "category.rule_set") == [
        {"category": wills, "principal": None, "rights": 1},
        {"category": wills, "principal": users, "rights": 3},
        {"category": wills, "principal": None, "rights": 0},
    ]


async def test_no_document_is_changed_by_a_rule(api: Api) -> None:
    await put_into(api, "wills")
    grants = {(it.principal_id, it.rights) for it in await rows(api, DocumentGrant)}
    for rights in (["READ"], ["READ", "UPDATE"], []):
        await set_rule(api, "anna", rights)
        assert {(it.principal_id, it.rights) for it in await rows(api, DocumentGrant)} == grants


async def test_an_archived_category_can_still_be_told_to_share_less(api: Api) -> None:
    await standing_rule(api, Right.READ)
    await set_values(api, Category, api.world.firm.categories["wills"], is_archived=True)
    payload = await set_rule(api, "anna", [])
    assert payload["userErrors"] == []
    assert await in_force(api) == []


Said = Callable[[Api], dict[str, Any]]
MISTAKES: dict[str, tuple[Said, tuple[str, list[str]]]] = {
    "a client changes security": (
        lambda _: {"rights": ["READ", "CHANGE_SECURITY"]},
        ("INVALID", ["rights"]),
    ),
    "a client by name": (
        lambda api: {"grantee": {"accountId": account(api, "bert")}},
        ("INVALID", ["grantee", "accountId"]),
    ),
    "nobody after all": (lambda _: {"grantee": {"portalUsersOfDossier": False}}, ("INVALID", ["grantee"])),
    "an empty account": (lambda _: {"grantee": {"accountId": ""}}, ("INVALID", ["grantee"])),
    "no account id": (lambda _: {"grantee": {"accountId": "é"}}, ("INVALID", ["grantee", "accountId"])),
    "no group id": (lambda _: {"grantee": {"groupId": "x"}}, ("INVALID", ["grantee", "groupId"])),
    "no category id": (lambda _: {"categoryId": "x"}, ("INVALID", ["categoryId"])),
    "an account that never was": (
        lambda api: {"grantee": {"accountId": api.id("Account", uuid4())}},
        ("NOT_FOUND", ["grantee", "accountId"]),
    ),
    "another firm's account": (
        lambda api: {"grantee": {"accountId": account(api, "eva")}},
        ("NOT_FOUND", ["grantee", "accountId"]),
    ),
    "a group as an account": (
        lambda api: {"grantee": {"accountId": api.id("Group", api.world.firm.users)}},
        ("NOT_FOUND", ["grantee", "accountId"]),
    ),
    "an account as a group": (
        lambda api: {"grantee": {"groupId": account(api, "anna")}},
        ("NOT_FOUND", ["grantee", "groupId"]),
    ),
    "another firm's group": (
        lambda api: {"grantee": {"groupId": api.id("Group", api.world.other_firm.users)}},
        ("NOT_FOUND", ["grantee", "groupId"]),
    ),
    "a category that never was": (
        lambda api: {"categoryId": api.id("Category", uuid4())},
        ("NOT_FOUND", ["categoryId"]),
    ),
    "another firm's category": (
        lambda api: {"categoryId": api.id("Category", api.world.other_firm.categories["wills"])},
        ("NOT_FOUND", ["categoryId"]),
    ),
}


def said(api: Api, **other: Any) -> dict[str, Any]:
    return {"categoryId": category(api, "wills"), "grantee": PORTAL_USERS, "rights": ["READ"]} | other


@pytest.mark.parametrize("name", MISTAKES)
async def test_what_cannot_be_a_rule_is_none(api: Api, name: str) -> None:
    other, (code, place) = MISTAKES[name]
    payload = (await api.gets("anna", SET_RULE, input=said(api, **other(api))))["setCategoryRule"]
    assert (payload["category"], payload["rule"]) == (None, None)
    assert mistakes(payload) == [(code, ["input", *place])]
    assert await rows(api, CategoryRule) == []
    assert await rows(api, Event) == []


@pytest.mark.parametrize(
    "grantee",
    [
        {},
        {"portalUsersOfDossier": None},
        {"accountId": None},
        {"portalUsersOfDossier": True, "groupId": "x"},
    ],
)
async def test_a_rule_has_exactly_one_grantee(api: Api, grantee: dict[str, Any]) -> None:
    answer = await api.ask("anna", SET_RULE, input=said(api, grantee=grantee))
    assert [it["extensions"] for it in answer["errors"]] == [{"code": "BAD_USER_INPUT"}]
    assert await rows(api, CategoryRule) == []


async def test_only_staff_set_rules(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    codes = {"bert": "FORBIDDEN", "olga": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}
    for who, code in codes.items():
        refused = await refused_fields(api, who, SET_RULE, input=said(api))
        assert refused == [(code, ["setCategoryRule"])]
    assert await rows(api, CategoryRule) == []


async def test_the_rules_of_a_category_are_for_staff(api: Api) -> None:
    await standing_rule(api, Right.READ, "contracts")
    query = "{ categories { rules { id } } }"
    assert await refused_fields(api, "bert", query) == [("FORBIDDEN", ["categories", 0, "rules"])]
    assert b'"rules":null' in await answer_to(api, "bert", query)


async def test_an_advisor_in_no_group_sets_rules_too(api: Api) -> None:
    await add_account(api, "nora")
    assert (await set_rule(api, "nora", ["READ"]))["userErrors"] == []


async def test_of_rules_that_are_set_at_the_same_moment_one_is_in_force(api: Api) -> None:
    for who in ("anna", "arthur"):
        await api.token(who)
    wanted = [["READ"], ["UPDATE"], ["DELETE"], ["READ", "UPDATE"], ["READ", "DELETE"], ["READ"]]
    who = ("anna", "arthur") * 3
    answers = await asyncio.gather(
        *(set_rule(api, it, rights) for it, rights in zip(who, wanted, strict=True))
    )
    assert [it["userErrors"] for it in answers] == [[]] * 6
    assert len(await in_force(api)) == 1


async def test_a_rule_for_a_group_of_the_firms_own_names_it(api: Api) -> None:
    group = await add_group(api, "Notarissen")
    payload = await set_rule(api, "anna", ["READ"], groupId=api.id("Group", group))
    assert payload["rule"]["grantee"] == {"__typename": "Group", "name": "Notarissen"}
