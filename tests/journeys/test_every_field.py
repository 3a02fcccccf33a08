"""Fields that no other journey asks for: each answers, to an advisor and to a client alike."""

import pytest

from core.rights import Right
from models import BusinessUnit
from tests.api import Api
from tests.journeys.rows import writing
from tests.journeys.rules import standing_rule

DOCUMENT = """query ($id: ID!) { document(id: $id) {
  updatedBy { displayName } createdBy { twoFactorEnabled relation { displayName } }
  grants { grantedBy { displayName } }
  dossier { manager { displayName } businessUnit { name } members { relation {
    businessUnit { name } internalManager { displayName } details { accountant { displayName } }
    documents { totalCount } } } }
} }"""
RULES = """{
  categories { id rules { createdBy { displayName } category { name } grantee {
    ... on Group { isBuiltIn members(first: 1) {
      totalCount edges { cursor node { status lastSignedInAt } } } }
    ... on Account { username initialPasswordExpiresAt relation { displayName } } } } }
  accounts(search: "anna") { nodes { username twoFactorEnabled relation { displayName } } }
} """
CLIENT = """{ viewer { account { relation { displayName contact { street } } } } }"""


async def test_an_advisor_is_answered_every_field(api: Api) -> None:
    id_ = api.id("Document", api.world.document.id)
    document = (await api.gets("anna", DOCUMENT, id=id_))["document"]
    assert document["updatedBy"] == {"displayName": "Anna Lindeman"}
    assert document["createdBy"] == {"twoFactorEnabled": False, "relation": None}
    assert document["dossier"]["manager"] == {"displayName": "Anna Lindeman"}
    assert document["dossier"]["businessUnit"] == {"name": "MAIN"}
    bert = document["dossier"]["members"][0]["relation"]
    assert bert == {
        "businessUnit": {"name": "MAIN"},
        "internalManager": {"displayName": "Anna Lindeman"},
        "details": {"accountant": None},
        "documents": {"totalCount": 1},
    }


async def test_a_client_is_answered_who_he_is(api: Api) -> None:
    viewer = (await api.gets("bert", CLIENT))["viewer"]
    assert viewer["account"]["relation"] == {"displayName": "Bert Callewaert", "contact": {"street": None}}


UNIT = "query ($id: ID!) { document(id: $id) { businessUnit { name } } }"


@pytest.mark.parametrize("who", ["anna", "bert"])
async def test_a_new_document_belongs_to_the_one_business_unit(api: Api, who: str) -> None:
    sent = await api.upload(who, "a.txt", b"words")
    found = await api.gets(who, UNIT, id=sent["document"]["id"])
    assert found == {"document": {"businessUnit": {"name": "MAIN"}}}


async def test_where_there_are_several_units_a_new_document_belongs_to_none(api: Api) -> None:
    async with writing(api) as firm:
        await firm.keep(BusinessUnit(licence_id=api.world.firm.licence_id, name="SECOND"))
    sent = await api.upload("anna", "a.txt", b"words")
    assert await api.gets("anna", UNIT, id=sent["document"]["id"]) == {"document": {"businessUnit": None}}


async def test_an_advisor_is_answered_every_field_of_a_rule_and_of_whom_it_gives_to(api: Api) -> None:
    for principal_id in (api.world.firm.administrators, api.world.accounts["arthur"].id):
        await standing_rule(api, Right.READ, "contracts", principal_id)
    found = await api.gets("anna", RULES)
    (rules,) = [it["rules"] for it in found["categories"] if it["rules"]]
    assert [(it["createdBy"], it["category"]) for it in rules] == [(None, {"name": "Contracts"})] * 2
    grantees = [it["grantee"] for it in rules]
    (group,) = [it for it in grantees if "isBuiltIn" in it]
    (edge,) = group["members"]["edges"]
    assert (group["isBuiltIn"], group["members"]["totalCount"]) == (True, 1)
    assert edge["node"] == {"status": "ACTIVE", "lastSignedInAt": None}
    (person,) = [it for it in grantees if "username" in it]
    expected = {
        "username": "arthur@de-linde.example",
        "initialPasswordExpiresAt": None,
        "relation": None,
    }
    assert person == expected
    assert found["accounts"]["nodes"] == [
        {"username": "anna@de-linde.example", "twoFactorEnabled": False, "relation": None}
    ]
