"""Category rules at work: whom a document that enters a category is shared with, from then on (S050-S053)."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.rights import Right
from models import Account, Document, DocumentGrant, Dossier, Relation
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.people import account, add_account, add_advisor, add_client, add_group, add_to_dossier
from tests.journeys.rows import block, row, rows, set_values, writing
from tests.journeys.rules import (
    SET_RIGHTS,
    can,
    category,
    change_document,
    events,
    put_into,
    set_rule,
    stamped,
    standing_rule,
    told,
)

READ, UPDATE, DELETE = Right.READ, Right.UPDATE, Right.DELETE


def dossier(api: Api) -> str:
    return api.id("Dossier", api.world.dossier.id)


async def another_dossier(api: Api, **members: str) -> Dossier:
    async with writing(api) as firm:
        return await firm.dossier(
            "Ander", {role: api.world.relations[name] for role, name in members.items()}
        )


async def unfiled(api: Api) -> UUID:
    """Add a document in a category, and in no dossier."""
    async with writing(api) as firm:
        document = await firm.document("Zonder dossier", api.world.accounts["anna"], categories=["wills"])
    return document.id


async def test_a_document_that_enters_a_category_is_shared_with_the_portal_users_of_its_dossier(
    api: Api,
) -> None:
    await standing_rule(api, READ)
    assert await can(api, "carla") is None
    await put_into(api, "wills")
    assert await stamped(api) == {"bert": READ, "carla": READ}
    assert await can(api, "carla") == ["READ"]
    assert await can(api, "dirk") is None


@pytest.mark.parametrize("role", ["CHILD", "OTHER"])
async def test_whatever_they_are_in_the_dossier(api: Api, role: str) -> None:
    await add_client(api, "nele", role)
    await standing_rule(api, READ)
    await put_into(api, "wills")
    assert await can(api, "nele") == ["READ"]


async def test_who_is_blocked_or_gone_is_no_portal_user(api: Api) -> None:
    await add_client(api, "nele", "OTHER")
    await block(api, "carla")
    await set_values(api, Relation, api.world.relations["nele"].id, deleted_at=api.ports.clock.now())
    await standing_rule(api, READ)
    await put_into(api, "wills")
    assert await stamped(api) == {"bert": READ}


async def test_a_new_document_enters_its_categories(api: Api) -> None:
    await standing_rule(api, READ)
    said = {"dossierId": dossier(api), "categoryIds": [category(api, "wills")]}
    sent = await api.upload("anna", "a.txt", b"words", **said)
    assert sent["userErrors"] == []
    (document,) = [it for it in await rows(api, Document) if it.id != api.world.document.id]
    assert await stamped(api, document.id) == {"bert": READ, "carla": READ}
    assert await told(api) == ["bert", "carla"]


async def test_without_a_dossier_nothing_is_shared_yet(api: Api) -> None:
    await standing_rule(api, READ)
    await add_account(api, "nora")
    await standing_rule(api, READ, principal_id=api.world.accounts["nora"].id)
    document = await unfiled(api)
    await put_into(api, "wills", "deeds", document=document)
    await put_into(api, "deeds", document=document)
    await put_into(api, "deeds", "wills", document=document)
    assert await stamped(api, document) == {}
    # when the dossier comes last
    await change_document(api, "anna", document, dossierId=dossier(api))
    assert await stamped(api, document) == {"bert": READ, "carla": READ, "nora": READ}


async def test_what_a_client_sends_is_shared_when_it_is_filed(api: Api) -> None:
    await standing_rule(api, READ)
    await api.upload("bert", "a.txt", b"words")
    (document,) = [it for it in await rows(api, Document) if it.id != api.world.document.id]
    await put_into(api, "wills", document=document.id)
    assert await can(api, "carla", document.id) is None
    await change_document(api, "anna", document.id, dossierId=dossier(api))
    assert await can(api, "carla", document.id) == ["READ"]
    assert await told(api) == ["carla"]


async def test_in_another_dossier_every_category_is_entered_anew_and_nobody_loses_anything(api: Api) -> None:
    await standing_rule(api, READ, "contracts")
    await standing_rule(api, READ | UPDATE)
    await put_into(api, "contracts", "wills")
    other = await another_dossier(api, MAIN_PERSON="dirk")
    await change_document(api, "anna", dossierId=api.id("Dossier", other.id))
    assert await stamped(api) == {"bert": READ | UPDATE, "carla": READ | UPDATE, "dirk": READ | UPDATE}
    assert len(await rows(api, DocumentGrant, principal_id=api.world.accounts["dirk"].id)) == 2


async def test_what_stays_where_it_is_enters_nothing(api: Api) -> None:
    await standing_rule(api, READ, "contracts")
    await change_document(api, "anna", dossierId=dossier(api), description="Nieuw")
    await put_into(api, "contracts")
    await put_into(api, "contracts", "deeds")
    await change_document(api, "anna", relationIds=[])
    assert await stamped(api) == {}
    assert await events(api, "document.rights_stamped") == []


async def test_a_dossier_and_a_category_at_once_are_entered_once(api: Api) -> None:
    await standing_rule(api, READ)
    document = await unfiled(api)
    said = {"dossierId": dossier(api), "categoryIds": [category(api, key) for key in ("wills", "deeds")]}
    await change_document(api, "anna", document, **said)
    assert len(await events(api, "document.rights_stamped")) == 2
    assert await told(api) == ["bert", "carla"]


async def test_several_rules_give_all_that_any_of_them_gives_and_one_letter(api: Api) -> None:
    await standing_rule(api, READ, "wills")
    await standing_rule(api, UPDATE, "deeds")
    await standing_rule(api, READ | DELETE, "advice")
    await put_into(api, "wills", "deeds", "advice", "reports")
    assert await can(api, "carla") == ["READ", "UPDATE", "DELETE"]
    assert await told(api) == ["carla"]


async def test_a_rule_for_a_group_or_somebody_of_the_firm_gives_to_them_and_tells_nobody(api: Api) -> None:
    await add_account(api, "nora")
    await add_account(api, "olga", "AUDITOR")
    group = await add_group(api, "Notarissen", "olga")
    await standing_rule(api, READ, principal_id=api.world.accounts["nora"].id)
    await standing_rule(api, READ | UPDATE, principal_id=group)
    assert (await can(api, "nora"), await can(api, "olga")) == (None, None)
    await put_into(api, "wills")
    assert (await can(api, "nora"), await can(api, "olga")) == (["READ"], ["READ", "UPDATE"])
    assert await told(api) == []


async def test_a_rule_may_let_a_group_change_security(api: Api) -> None:
    group = await add_group(api, "Notarissen")
    api.world.accounts["notaries"] = Account(id=group)
    await set_rule(api, "anna", ["READ", "CHANGE_SECURITY"], groupId=api.id("Group", group))
    await put_into(api, "wills")
    assert await stamped(api) == {"notaries": READ | Right.CHANGE_SECURITY}


async def test_a_rule_gives_no_more_than_whoever_acts_has(api: Api) -> None:
    await add_advisor(api, "nina", READ | UPDATE)
    await standing_rule(api, READ | DELETE)
    await standing_rule(api, DELETE, "deeds")
    await put_into(api, "wills", "deeds", who="nina")
    assert await stamped(api) == {"bert": READ, "carla": READ}
    remembered = await events(api, "document.rights_stamped")
    assert [it["rights"] for it in remembered] == [READ, READ]


async def test_what_comes_back_is_given_more_by_who_has_more_and_never_less(
    api: Api, clock: SetClock
) -> None:
    await add_advisor(api, "nina", READ | UPDATE)
    await standing_rule(api, READ | DELETE)
    carla = api.world.accounts["carla"].id
    given: list[tuple[int, UUID | None]] = []
    for who in ("nina", "anna", "nina"):
        clock.advance(timedelta(minutes=1))
        await put_into(api, "wills", who=who)
        await put_into(api, who=who)
        grant = await row(api, DocumentGrant, principal_id=carla)
        given.append((grant.rights, grant.granted_by))
    nina, anna = (api.world.accounts[who].id for who in ("nina", "anna"))
    assert given == [(READ, nina), (READ | DELETE, anna), (READ | DELETE, anna)]
    assert await told(api) == ["carla"]


async def test_what_stood_before_the_rule_is_not_shared_and_stays_shared_after_it(api: Api) -> None:
    await put_into(api, "wills")
    await set_rule(api, "anna", ["READ"])
    assert await stamped(api) == {}
    await put_into(api)
    await put_into(api, "wills")
    await set_rule(api, "anna", [])
    assert await can(api, "carla") == ["READ"]
    # and a rule that is gone shares nothing more
    document = await unfiled(api)
    await change_document(api, "anna", document, dossierId=dossier(api))
    assert await stamped(api, document) == {}


async def test_a_category_that_goes_takes_nothing_away(api: Api) -> None:
    await standing_rule(api, READ)
    await put_into(api, "wills")
    await change_document(api, "anna", categoryIds=[], dossierId=None, relationIds=[])
    assert await can(api, "carla") == ["READ"]


async def test_who_joins_the_dossier_later_is_given_nothing_of_what_is_in_it(api: Api) -> None:
    await standing_rule(api, READ)
    await put_into(api, "wills")
    await add_client(api, "nele")
    await add_to_dossier(api, "nele", "OTHER")
    await put_into(api, "wills")
    assert await can(api, "nele") is None
    # but of what enters from then on
    document = await unfiled(api)
    await change_document(api, "anna", document, dossierId=dossier(api))
    assert await can(api, "nele", document) == ["READ"]


async def test_a_rule_without_the_right_to_read_shows_nothing_and_tells_nobody(api: Api) -> None:
    await standing_rule(api, UPDATE)
    await put_into(api, "wills")
    assert await stamped(api) == {"bert": UPDATE, "carla": UPDATE}
    assert await can(api, "carla") is None
    assert await can(api, "bert") == ["READ", "UPDATE"]
    assert await told(api) == []


async def test_what_was_taken_away_by_hand_is_given_again_when_the_document_comes_back(api: Api) -> None:
    await standing_rule(api, READ)
    await put_into(api, "wills")
    said = {"documentId": api.id("Document", api.world.document.id), "principalId": account(api, "carla")}
    await api.gets("anna", SET_RIGHTS, input={**said, "rights": []})
    await put_into(api, "wills", "deeds")
    assert await can(api, "carla") is None
    await put_into(api, "deeds")
    await put_into(api, "wills")
    assert await can(api, "carla") == ["READ"]
    assert await told(api) == ["carla", "carla"]


async def test_every_stamp_is_remembered_with_its_rule(api: Api) -> None:
    rule = await standing_rule(api, READ)
    await put_into(api, "wills")
    names = {str(api.world.accounts[who].id) for who in ("bert", "carla")}
    remembered = await events(api, "document.rights_stamped")
    assert {it["principal"] for it in remembered} == names
    assert all((it["rights"], it["rule"]) == (READ, str(rule.id)) for it in remembered)
    grants = await rows(api, DocumentGrant, category_rule_id=rule.id)
    assert {it.granted_by for it in grants} == {api.world.accounts["anna"].id}


async def test_another_firms_rules_share_nothing_of_ours(api: Api) -> None:
    said = {
        "categoryId": api.id("Category", api.world.other_firm.categories["wills"]),
        "grantee": {"portalUsersOfDossier": True},
        "rights": ["READ"],
    }
    query = "mutation ($input: SetCategoryRuleInput!) { setCategoryRule(input: $input) { rule { id } } }"
    assert (await api.gets("eva", query, input=said))["setCategoryRule"]["rule"]
    await put_into(api, "wills")
    assert await stamped(api) == {}
