"""The rows of the rights tab: which rule stamped them, and whether the client is still linked."""

from typing import Any
from uuid import UUID

from core.rights import Right
from models import DocumentGrant, DossierMember
from tests.api import Api
from tests.journeys.answers import answer_to
from tests.journeys.people import account, add_advisor, add_client
from tests.journeys.rows import delete_document, row, rows, writing
from tests.journeys.rules import SET_RIGHTS, change_document, put_into, set_rule, standing_rule

TAB = """
query ($id: ID!) {
  document(id: $id) {
    grants {
      id source isLinked rule { rights removedAt category { name } }
      principal { ... on Account { displayName } ... on Group { name } }
    }
  }
}
"""
NODE = """
query ($id: ID!) {
  node(id: $id) {
    __typename
    ... on Grant { id rights source isLinked principal { ... on Account { displayName } } rule { rights } }
  }
}
"""


async def tab(api: Api, who: str = "anna") -> dict[tuple[str, str], dict[str, Any]]:
    """Return the rows of the cast's document, by whom they give to and why."""
    id_ = api.id("Document", api.world.document.id)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for it in (await api.gets(who, TAB, id=id_))["document"]["grants"]:
        principal = it["principal"]
        found[principal.get("displayName") or principal["name"], it["source"]] = it
    return found


async def linked(api: Api) -> dict[tuple[str, str], bool]:
    """Return which rows of clients could be given today."""
    clients = {"Bert Callewaert", "Carla Verlinden", "Dirk Schyns", "Nele Peeters"}
    return {key: it["isLinked"] for key, it in (await tab(api)).items() if key[0] in clients}


async def give(api: Api, *names: str) -> None:
    async with writing(api) as firm:
        for who in names:
            await firm.grant(api.world.document, api.world.accounts[who].id, Right.READ)


async def leave_dossier(api: Api, who: str) -> None:
    key = {"relation_id": api.world.relations[who].id, "dossier_id": api.world.dossier.id}
    async with writing(api) as firm:
        member = await firm.session.get_one(DossierMember, {"licence_id": firm.founded.licence_id, **key})
        await firm.session.delete(member)


async def grant_of(api: Api, who: str, **values: Any) -> UUID:
    return (await row(api, DocumentGrant, principal_id=api.world.accounts[who].id, **values)).id


async def test_a_row_that_a_rule_stamped_names_the_rule(api: Api) -> None:
    await standing_rule(api, Right.READ)
    await put_into(api, "wills")
    rows_ = await tab(api)
    stamped = {"rights": ["READ"], "removedAt": None, "category": {"name": "Will"}}
    assert {key: it["rule"] for key, it in rows_.items()} == {
        ("Administrators", "DEFAULT"): None,
        ("Users", "DEFAULT"): None,
        ("Anna Lindeman", "CREATOR"): None,
        ("Bert Callewaert", "MANUAL"): None,
        ("Bert Callewaert", "CATEGORY_RULE"): stamped,
        ("Carla Verlinden", "CATEGORY_RULE"): stamped,
    }


async def test_a_rule_that_is_gone_still_explains_what_it_stamped(api: Api) -> None:
    await set_rule(api, "anna", ["READ"])
    await put_into(api, "wills")
    await set_rule(api, "anna", ["READ", "UPDATE"])
    rule = (await tab(api))["Carla Verlinden", "CATEGORY_RULE"]["rule"]
    assert rule["rights"] == ["READ"]
    assert rule["removedAt"] is not None
    await put_into(api)
    await put_into(api, "wills")
    found = [it for it in await rows(api, DocumentGrant) if it.source == "CATEGORY_RULE"]
    assert sorted(it.rights for it in found) == [1, 1, 3, 3]


async def test_staff_and_groups_need_no_link(api: Api) -> None:
    await add_advisor(api, "nina", Right.READ)
    await change_document(api, "anna", dossierId=None, relationIds=[])
    unlinked = {key[0] for key, it in (await tab(api)).items() if not it["isLinked"]}
    assert unlinked == {"Bert Callewaert"}


async def test_a_client_is_linked_by_the_document_itself_or_as_main_person_or_partner(api: Api) -> None:
    await add_client(api, "nele", "CHILD")
    await give(api, "carla", "dirk", "nele")
    assert await linked(api) == {
        ("Bert Callewaert", "MANUAL"): True,
        ("Carla Verlinden", "MANUAL"): True,
        ("Dirk Schyns", "MANUAL"): False,
        ("Nele Peeters", "MANUAL"): False,
    }
    nele = api.id("Relation", api.world.relations["nele"].id)
    await change_document(api, "anna", dossierId=None, relationIds=[nele])
    assert await linked(api) == {
        ("Bert Callewaert", "MANUAL"): False,
        ("Carla Verlinden", "MANUAL"): False,
        ("Dirk Schyns", "MANUAL"): False,
        ("Nele Peeters", "MANUAL"): True,
    }


async def test_a_rule_links_everybody_in_the_dossier_as_long_as_they_are_in_it(api: Api) -> None:
    await add_client(api, "nele", "OTHER")
    await standing_rule(api, Right.READ)
    await put_into(api, "wills")
    assert (await linked(api))["Nele Peeters", "CATEGORY_RULE"] is True
    await leave_dossier(api, "nele")
    assert (await linked(api))["Nele Peeters", "CATEGORY_RULE"] is False


async def test_what_was_shared_stays_shared_when_the_link_is_gone(api: Api) -> None:
    await change_document(api, "anna", dossierId=None, relationIds=[])
    assert (await linked(api))["Bert Callewaert", "MANUAL"] is False
    assert await api.gets("bert", "{ documents { totalCount } }") == {"documents": {"totalCount": 1}}


async def test_a_row_is_found_by_its_id_by_whoever_sees_the_rights_tab(api: Api) -> None:
    await add_advisor(api, "nina", Right.READ | Right.UPDATE)
    id_ = api.id("Grant", await grant_of(api, "bert"))
    for who in ("anna", "arthur"):
        assert (await api.gets(who, NODE, id=id_))["node"] == {
            "__typename": "Grant",
            "id": id_,
            "rights": ["READ"],
            "source": "MANUAL",
            "isLinked": True,
            "principal": {"displayName": "Bert Callewaert"},
            "rule": None,
        }
    never = await answer_to(api, "bert", NODE, id=api.id("Grant", api.world.document.id))
    for who in ("nina", "bert", "carla", "dirk", "eva"):
        assert await answer_to(api, who, NODE, id=id_) == never


async def test_the_row_has_the_id_that_the_tab_gives_it(api: Api) -> None:
    id_ = (await tab(api))["Bert Callewaert", "MANUAL"]["id"]
    assert id_ == api.id("Grant", await grant_of(api, "bert"))


async def test_the_rows_of_what_was_deleted_or_taken_away_are_not_there(api: Api) -> None:
    id_ = api.id("Grant", await grant_of(api, "bert"))
    await delete_document(api, api.world.document.id)
    assert await api.gets("anna", NODE, id=id_) == {"node": None}


async def test_a_row_that_is_set_anew_has_a_new_id(api: Api) -> None:
    id_ = api.id("Grant", await grant_of(api, "bert"))
    said = {"documentId": api.id("Document", api.world.document.id), "principalId": account(api, "bert")}
    await api.gets("anna", SET_RIGHTS, input={**said, "rights": ["READ"]})
    assert await api.gets("anna", NODE, id=id_) == {"node": None}
