"""The feed of changes: whoever asks is told of what he may see, in order, without gaps and in pages."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from core.rights import Right
from models import Account, FeedEntry
from models.feed import ChangeKind
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes, refusals
from tests.journeys.feeding import CHANGES, EXPIRED, HEAD, enter, give_numbers, head, page, paper, told
from tests.journeys.filing import key_of
from tests.journeys.people import account, add_advisor, add_group, add_to_dossier
from tests.journeys.programs import lets_in, shares
from tests.journeys.rows import rows
from tests.journeys.rules import APPLY, change_document, put_into, set_rule, standing_rule

DELETE: Final = """mutation ($input: DeleteDocumentInput!) {
  deleteDocument(input: $input) { userErrors { code path } }
}"""
RESTORE: Final = """mutation ($input: RestoreDocumentInput!) {
  restoreDocument(input: $input) { userErrors { code path } }
}"""
MEMBERS: Final = """mutation ($input: SetGroupMembersInput!) {
  setGroupMembers(input: $input) { userErrors { code path } }
}"""
GIVE_ACCESS: Final = """mutation ($input: GrantPortalAccessInput!) {
  grantPortalAccess(input: $input) { userErrors { code path } }
}"""
ACCOUNT: Final = """mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id } userErrors { code path } }
}"""


async def does(api: Api, who: str, mutation: str, **said: Any) -> None:
    """Do what is not refused."""
    (payload,) = (await api.gets(who, mutation, input=said)).values()
    assert mistakes(payload) == []


# what is told -----------------------------------------------------------------------------------------------


async def test_a_new_document_is_told_with_what_it_is_now(api: Api, clock: SetClock) -> None:
    after = await head(api, "anna")
    made = (await api.upload("anna", "deed.txt", b"words", description="Deed"))["document"]["id"]
    at = clock.now()
    clock.advance(timedelta(minutes=1))
    await change_document(api, "anna", key_of(api, made), description="The deed")
    got = await page(api, "anna", after)
    assert [(it["kind"], it["nodeType"], it["nodeId"]) for it in got["nodes"]] == [
        ("CREATED", "Document", made),
        ("CHANGED", "Document", made),
    ]
    assert {it["node"]["description"] for it in got["nodes"]} == {"The deed"}
    assert {it["node"]["__typename"] for it in got["nodes"]} == {"Document"}
    assert [it["occurredAt"] for it in got["nodes"]] == [
        it.isoformat() for it in (at, at + timedelta(minutes=1))
    ]
    assert await told(api, "bert", after) == []


async def test_a_client_is_told_what_he_is_given_and_what_is_taken_from_him(api: Api) -> None:
    after = await head(api, "carla")
    for rights, kind in (("READ", "CREATED"), ("", "DELETED")):
        await shares(api, api.world.document.id, account(api, "carla"), *rights.split())
        assert await told(api, "carla", after) == [(kind, paper(api))]
        after = await head(api, "carla")
        # For the firm the rights tab has changed; Bert is not to know.
    assert await told(api, "anna") == [("CHANGED", paper(api))] * 2
    assert await told(api, "bert") == []


async def test_more_rights_are_told_as_a_change(api: Api) -> None:
    await shares(api, api.world.document.id, account(api, "bert"), "READ", "UPDATE")
    assert await told(api, "bert") == [("CHANGED", paper(api))]


async def test_rights_without_the_right_to_read_tell_nothing(api: Api) -> None:
    for rights in ("UPDATE", "DELETE", ""):
        await shares(api, api.world.document.id, account(api, "carla"), *rights.split())
    assert await told(api, "carla") == []


async def test_what_is_deleted_is_told_to_whoever_could_read_it_and_comes_back_for_them(api: Api) -> None:
    await does(api, "anna", DELETE, documentId=paper(api))
    for who in ("bert", "anna", "arthur"):
        (gone,) = (await page(api, who))["nodes"]
        assert (gone["kind"], gone["nodeId"], gone["node"]) == ("DELETED", paper(api), None)
    assert await told(api, "carla") == []
    await does(api, "anna", RESTORE, documentId=paper(api))
    assert await told(api, "bert") == [("CREATED", paper(api))]
    await shares(api, api.world.document.id, account(api, "carla"), "READ")
    # Neither that it was gone nor that it came back.
    assert await told(api, "carla") == [("CREATED", paper(api))]


async def test_what_a_rule_shares_is_told_to_whom_it_shares_it_with(api: Api) -> None:
    await add_to_dossier(api, "dirk", "OTHER")
    await standing_rule(api, Right.READ)
    await put_into(api, "wills")
    # The stamp, and the change; Bert reads it already.
    assert await told(api, "carla") == [("CREATED", paper(api)), ("CHANGED", paper(api))]
    assert await told(api, "bert") == [("CHANGED", paper(api))] * 2


async def test_what_is_shared_afterwards_by_a_rule_is_told_in_the_same_way(api: Api) -> None:
    rule = await standing_rule(api, Right.READ, "contracts")
    said = {"ruleId": api.id("CategoryRule", rule.id), "expectedCount": 1}
    await does(api, "anna", APPLY, **said)
    assert await told(api, "carla") == [("CREATED", paper(api))]
    assert await told(api, "bert") == []
    assert await told(api, "anna") == [("CHANGED", paper(api))]


async def test_a_rule_of_a_category_is_told_to_the_firm_alone(api: Api) -> None:
    await set_rule(api, "anna", ["READ"], "contracts")
    found = [("CHANGED", api.id("Category", api.world.firm.categories["contracts"]))]
    assert (await told(api, "anna"), await told(api, "arthur"), await told(api, "bert")) == (found, found, [])


SUBJECTS: Final = ("BusinessUnit", "Category", "Dossier", "Relation")


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_changes_of_everything_else_are_told_to_whoever_sees_it(api: Api, subject: str) -> None:
    world = api.world
    keys = {
        "BusinessUnit": world.firm.business_unit,
        "Category": world.firm.categories["contracts"],
        "Dossier": world.dossier.id,
        "Relation": world.relations["carla"].id,
    }
    await enter(api, ChangeKind.CHANGED, subject, keys[subject])
    expected = [("CHANGED", api.id(subject, keys[subject]))]
    assert await told(api, "anna") == await told(api, "bert") == expected
    assert await told(api, "dirk") == (expected if subject == "BusinessUnit" else [])
    assert await told(api, "eva") == []


# programs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "types"),
    [
        (["DOCUMENTS_READ"], {"Document", "Category", "BusinessUnit"}),
        (["RELATIONS_READ"], {"Relation", "Dossier", "BusinessUnit"}),
        (["DOCUMENTS_WRITE", "RELATIONS_WRITE"], {"BusinessUnit"}),
        (
            ["DOCUMENTS_READ", "RELATIONS_READ"],
            {"Document", "Category", "Relation", "Dossier", "BusinessUnit"},
        ),
    ],
)
@pytest.mark.parametrize("kind", ChangeKind)
async def test_a_program_is_told_of_what_its_scopes_show(
    api: Api, scopes: list[str], types: set[str], kind: ChangeKind
) -> None:
    program = await lets_in(api, "CRM", *scopes)
    await shares(api, api.world.document.id, api.id("Account", program), "READ")
    after = await head(api, "CRM")
    world, gone = api.world, UUID(int=1)
    there = {
        "BusinessUnit": world.firm.business_unit,
        "Category": world.firm.categories["contracts"],
        "Dossier": world.dossier.id,
        "Relation": world.relations["carla"].id,
    }
    for subject, key in there.items():
        await enter(api, kind, subject, gone if kind is ChangeKind.DELETED else key)
    if kind is ChangeKind.DELETED:
        await does(api, "anna", DELETE, documentId=paper(api))
    else:
        await enter(api, kind, "Document", world.document.id)
    got = await page(api, "CRM", after)
    assert {it["nodeType"] for it in got["nodes"]} == types
    assert {it["kind"] for it in got["nodes"]} == {kind.value}


async def test_nobody_who_is_signed_out_is_told_anything(api: Api) -> None:
    assert await refusals(api, "nobody", HEAD) == [("UNAUTHENTICATED", None)]


# who sees other things from now on --------------------------------------------------------------------------


async def test_whoever_is_put_into_a_group_or_taken_out_begins_anew(api: Api) -> None:
    await add_advisor(api, "otto")
    group = await add_group(api, "Partners")
    members = {"groupId": api.id("Group", group)}
    after = await head(api, "otto")
    for chosen in (["otto"], []):
        await does(api, "arthur", MEMBERS, **members, accountIds=[account(api, it) for it in chosen])
        await give_numbers(api)
        assert await refusals(api, "otto", CHANGES, after=after) == EXPIRED
        assert await told(api, "otto") == []
        after = await head(api, "otto")
        assert await told(api, "otto", after) == []
    # Nobody else has to.
    assert await refusals(api, "anna", CHANGES, after=await head(api, "anna")) == []


async def test_whoever_joins_is_not_told_of_what_was_gone_before(api: Api) -> None:
    await add_advisor(api, "otto")
    group = await add_group(api, "Partners")
    await shares(api, api.world.document.id, api.id("Group", group), "READ")
    before = await head(api, "otto")
    await does(api, "anna", DELETE, documentId=paper(api))
    between = await head(api, "otto")
    said = {"groupId": api.id("Group", group), "accountIds": [account(api, "otto")]}
    await does(api, "arthur", MEMBERS, **said)
    # Not yet numbered, and then numbered.
    assert (await api.gets("otto", CHANGES))["changes"]["nodes"] == []
    assert await refusals(api, "otto", CHANGES, after=before) == EXPIRED
    assert await told(api, "otto") == []
    assert await refusals(api, "otto", CHANGES, after=between) == EXPIRED


async def test_whoever_is_new_is_not_told_of_what_was_gone_before(api: Api) -> None:
    await does(api, "anna", DELETE, documentId=paper(api))
    await enter(api, ChangeKind.DELETED, "Relation", UUID(int=1))
    known = {it.id for it in await rows(api, Account)}
    await lets_in(api, "CRM", "RELATIONS_READ")
    said = {"username": "otto@de-linde.example", "givenName": "Otto", "familyName": "Claes"}
    await does(api, "arthur", ACCOUNT, **said)
    await does(api, "anna", GIVE_ACCESS, relationId=api.id("Relation", api.world.relations["femke"].id))
    # Each of the three can begin no earlier.
    entries = await rows(api, FeedEntry, subject="Account")
    assert sorted(it.subject_id for it in entries) == sorted(
        it.id for it in await rows(api, Account) if it.id not in known
    )
    assert await told(api, "CRM") == []
    await enter(api, ChangeKind.DELETED, "Relation", UUID(int=2))
    assert await told(api, "CRM") == [("DELETED", api.id("Relation", UUID(int=2)))]
