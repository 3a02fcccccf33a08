"""Why somebody can or cannot reach a document, told to whoever may change its security."""

from typing import Any
from uuid import uuid4

import pytest

from core.rights import ALL_RIGHTS, Right
from tests.api import Api
from tests.journeys.answers import answer_to, refusals, refused_fields
from tests.journeys.people import account, add_account, add_advisor, add_client, add_group
from tests.journeys.rows import block, delete_document, writing
from tests.journeys.rules import can, put_into, standing_rule

EXPLAIN = """
query ($document: ID!, $principal: ID!) {
  explainAccess(documentId: $document, principalId: $principal) {
    rights obstacle viaGroups { name }
    grants { source rights principal { ... on Account { displayName } ... on Group { name } } }
  }
}
"""
EVERY_RIGHT = ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"]
NOTHING: dict[str, Any] = {"rights": [], "grants": [], "viaGroups": []}


def ids(api: Api, principal: str) -> dict[str, str]:
    return {"document": api.id("Document", api.world.document.id), "principal": principal}


async def explained(api: Api, who: str, principal: str) -> dict[str, Any] | None:
    """Return what one of the cast is told of another's access to the cast's document."""
    return (await api.gets(who, EXPLAIN, **ids(api, account(api, principal))))["explainAccess"]


async def give(api: Api, who: str, rights: Right) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts[who].id, rights, source="CATEGORY_RULE")


async def test_a_client_reads_it_because_it_was_shared_with_him(api: Api) -> None:
    row = {"source": "MANUAL", "rights": ["READ"], "principal": {"displayName": "Bert Callewaert"}}
    expected = {"rights": ["READ"], "obstacle": None, "viaGroups": [], "grants": [row]}
    assert await explained(api, "anna", "bert") == expected


async def test_an_advisor_has_it_by_name_and_through_groups(api: Api) -> None:
    found = await explained(api, "arthur", "anna")
    assert found
    assert (found["rights"], found["obstacle"]) == (EVERY_RIGHT, None)
    assert found["viaGroups"] == [{"name": "Users"}]
    assert [it["source"] for it in found["grants"]] == ["DEFAULT", "CREATOR"]


async def test_the_groups_that_give_something_are_named_in_order(api: Api) -> None:
    other = await add_group(api, "Beheer", "arthur")
    await add_group(api, "Zonder rechten", "arthur")
    async with writing(api) as firm:
        await firm.grant(api.world.document, other, Right.READ)
    found = await explained(api, "anna", "arthur")
    assert found
    assert [it["name"] for it in found["viaGroups"]] == ["Administrators", "Beheer", "Users"]


async def test_what_several_rows_give_is_added_up(api: Api) -> None:
    await standing_rule(api, Right.READ | Right.DELETE)
    await put_into(api, "wills")
    found = await explained(api, "anna", "bert")
    assert found
    assert found["rights"] == ["READ", "DELETE"]
    assert [it["source"] for it in found["grants"]] == ["MANUAL", "CATEGORY_RULE"]


async def test_a_group_is_explained_by_its_own_row(api: Api) -> None:
    users = api.id("Group", api.world.firm.users)
    found = (await api.gets("anna", EXPLAIN, **ids(api, users)))["explainAccess"]
    row = {"source": "DEFAULT", "rights": EVERY_RIGHT, "principal": {"name": "Users"}}
    assert found == {"rights": EVERY_RIGHT, "obstacle": None, "viaGroups": [], "grants": [row]}
    empty = api.id("Group", await add_group(api, "Leeg"))
    found = (await api.gets("anna", EXPLAIN, **ids(api, empty)))["explainAccess"]
    assert found == NOTHING | {"obstacle": "NOT_SHARED"}


async def test_who_was_given_nothing_is_kept_from_it_by_that(api: Api) -> None:
    for who in ("carla", "dirk"):
        assert await explained(api, "anna", who) == NOTHING | {"obstacle": "NOT_SHARED"}


async def test_who_may_not_read_has_no_other_right_either(api: Api) -> None:
    await give(api, "carla", Right.UPDATE | Right.DELETE)
    found = await explained(api, "anna", "carla")
    assert found
    assert (found["rights"], found["obstacle"]) == ([], "CANNOT_READ")
    assert [it["rights"] for it in found["grants"]] == [["UPDATE", "DELETE"]]
    assert await can(api, "carla") is None


async def test_who_is_blocked_is_kept_from_it_by_that(api: Api) -> None:
    await block(api, "bert")
    await block(api, "carla")
    found = await explained(api, "anna", "bert")
    assert found
    assert (found["rights"], found["obstacle"], len(found["grants"])) == ([], "BLOCKED", 1)
    assert await explained(api, "anna", "carla") == NOTHING | {"obstacle": "NOT_SHARED"}


async def test_the_explanation_says_what_each_of_them_finds(api: Api) -> None:
    # given every sort of access
    await add_advisor(api, "nina", Right.READ | Right.UPDATE)
    await add_advisor(api, "nora", Right.UPDATE)
    await add_account(api, "olga", "AUDITOR")
    await add_client(api, "nele", "OTHER")
    group = await add_group(api, "Notarissen", "nora", "olga")
    async with writing(api) as firm:
        await firm.grant(api.world.document, group, Right.READ)
    # then
    for who in ("anna", "arthur", "bert", "carla", "dirk", "nina", "nora", "olga", "nele"):
        found = await explained(api, "anna", who)
        assert found
        assert (who, found["rights"] or None) == (who, await can(api, who))


async def test_who_cannot_read_the_document_is_told_nothing_of_it(api: Api) -> None:
    await add_advisor(api, "nina", ALL_RIGHTS & ~Right.READ)
    assert await explained(api, "nina", "bert") is None
    await delete_document(api, api.world.document.id)
    assert await explained(api, "anna", "bert") is None
    never = {"document": api.id("Document", uuid4()), "principal": account(api, "bert")}
    assert await answer_to(api, "anna", EXPLAIN, **never) == await answer_to(
        api, "anna", EXPLAIN, **ids(api, account(api, "bert"))
    )


async def test_who_is_not_ours_is_not_there(api: Api) -> None:
    foreign = api.id("Group", api.world.other_firm.users)
    relation = api.id("Relation", api.world.relations["bert"].id)
    for id_ in (account(api, "eva"), foreign, relation, api.id("Account", uuid4())):
        assert await api.gets("anna", EXPLAIN, **ids(api, id_)) == {"explainAccess": None}
    assert await api.gets("eva", EXPLAIN, **ids(api, account(api, "eva"))) == {"explainAccess": None}


async def test_who_may_not_change_security_is_refused(api: Api) -> None:
    await add_advisor(api, "nina", ALL_RIGHTS & ~Right.CHANGE_SECURITY)
    refused = await refusals(api, "nina", EXPLAIN, **ids(api, account(api, "bert")))
    assert refused == [("FORBIDDEN", ["documentId"])]


async def test_only_staff_ask(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    await give(api, "olga", ALL_RIGHTS)
    await give(api, "bert", ALL_RIGHTS)
    codes = {"bert": "FORBIDDEN", "olga": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}
    for who, code in codes.items():
        refused = await refused_fields(api, who, EXPLAIN, **ids(api, account(api, "bert")))
        assert refused == [(code, ["explainAccess"])]


@pytest.mark.parametrize(("name", "argument"), [("document", "documentId"), ("principal", "principalId")])
@pytest.mark.parametrize("id_", ["", "x", "é"])
async def test_a_malformed_id_is_invalid(api: Api, name: str, argument: str, id_: str) -> None:
    said = ids(api, account(api, "bert")) | {name: id_}
    assert await refusals(api, "anna", EXPLAIN, **said) == [("INVALID", [argument])]
