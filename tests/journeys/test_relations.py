"""Relations as the firm keeps them: what is said of a person or a company, and how it is changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from models import Event, Relation
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.keeping import add_unit, does, relation, tries, unit
from tests.journeys.people import account
from tests.journeys.rows import row, rows, set_values, writing
from tests.journeys.rules import events

PERSON: Final[dict[str, Any]] = {
    "givenName": " Lieve ",
    "familyName": "De   Smet",
    "title": "mevrouw",
    "email": "Lieve@De-Smet.example",
    "language": "FR",
    "externalReference": "crm 7",
    "contact": {
        "street": "Lindelaan 1 bus 2",
        "postalCode": "b-9000",
        "municipality": "Gent",
        "phone": "09 223 45 67",
        "secondPhone": "+31 20 123 4567",
        "mobile": "0475/12.34.56",
        "fax": "+33142685300",
        "deliveryMethod": "PORTAL",
    },
    "details": {
        "birthDate": "1985-07-30",
        "birthPlace": "Aalst",
        "nationalRegisterNumber": "85.07.30-033.28",
        "professionalCategory": "zelfstandige",
        "naceCode": "6920",
        "profession": "boekhouder",
        "retirementAge": 67,
        "retirementYear": 2052,
        "activityEndAge": 60,
        "activityEndYear": 2045,
        "lifeExpectancyYear": 2075,
        "isDeceased": False,
        "isDisabled": True,
        "identityCardNumber": "591-1917064-58",
        "identityCardValidUntil": "2030-01-31",
    },
}
# As it is kept, where that is otherwise than as it was said.
KEPT: Final[dict[str, Any]] = {
    "givenName": "Lieve",
    "familyName": "De Smet",
    "email": "Lieve@de-smet.example",
    "contact": {
        "postalCode": "B-9000",
        "phone": "+32 9 223 45 67",
        "mobile": "+32 475 12 34 56",
        "fax": "+33 1 42 68 53 00",
    },
    "details": {
        "nationalRegisterNumber": "85073003328",
        "naceCode": "69.20",
        "identityCardNumber": "591191706458",
    },
}


def kept() -> dict[str, Any]:
    """Return all that was said of the person, as it is kept."""
    tabs = {tab: PERSON[tab] | KEPT[tab] for tab in ("contact", "details")}
    return PERSON | KEPT | tabs


async def adds(api: Api, who: str = "anna", **other: Any) -> dict[str, Any]:
    return await does(api, who, "createRelation", **(PERSON | other))


async def test_all_that_is_said_of_a_person_is_kept(api: Api) -> None:
    details = PERSON["details"] | {"accountantId": relation(api, "dirk")}
    made = await adds(api, internalManagerId=account(api, "arthur"), details=details)
    assert made.pop("id").startswith("R")
    expected = kept()
    expected["details"] = expected["details"] | {"accountant": {"displayName": "Dirk Schyns"}}
    assert made == expected | {
        "kind": "PERSON",
        "displayName": "Lieve De Smet",
        "companyName": None,
        "revision": 1,
        "createdAt": START.isoformat(),
        "updatedAt": START.isoformat(),
        "businessUnit": {"name": "MAIN"},
        "internalManager": {"displayName": "Arthur Maes"},
    }
    stored = await row(api, Relation, external_reference="crm 7")
    assert [it.relation_id for it in await rows(api, Event, kind="relation.created")] == [stored.id]


async def test_a_company_is_called_by_its_own_name(api: Api) -> None:
    said = {"kind": "COMPANY", "companyName": "De Smet & Co", "familyName": "De Smet"}
    made = await does(api, "anna", "createRelation", **said)
    assert (made["kind"], made["displayName"], made["companyName"]) == ("COMPANY", *["De Smet & Co"] * 2)
    changed = await does(api, "anna", "updateRelation", relationId=made["id"], companyName="DSC")
    assert changed["displayName"] == "DSC"


@pytest.mark.parametrize(
    ("said", "displayed"),
    [
        ({"familyName": "Peeters"}, "Peeters"),
        ({"givenName": "Jan"}, "Jan"),
        ({"givenName": "Jan", "familyName": "Peeters", "companyName": "BV Peeters"}, "Jan Peeters"),
    ],
)
async def test_a_person_is_called_by_what_names_he_has(
    api: Api, said: dict[str, Any], displayed: str
) -> None:
    assert (await does(api, "anna", "createRelation", **said))["displayName"] == displayed


async def test_what_is_left_out_stays(api: Api, clock: SetClock) -> None:
    made = await adds(api)
    clock.advance(timedelta(minutes=1))
    said = {"title": "dr.", "contact": {"fax": None}, "details": {"retirementAge": 65}}
    changed = await does(api, "arthur", "updateRelation", relationId=made["id"], **said)
    assert changed == made | {
        "title": "dr.",
        "contact": made["contact"] | {"fax": None},
        "details": made["details"] | {"retirementAge": 65},
        "revision": 2,
        "updatedAt": (START + timedelta(minutes=1)).isoformat(),
    }
    assert await events(api, "relation.updated") == [{"changed": ["fax", "retirement_age", "title"]}]


@pytest.mark.parametrize("emptied", [None, " "])
async def test_null_and_blanks_empty_what_can_be_without(api: Api, emptied: str | None) -> None:
    details = PERSON["details"] | {"accountantId": relation(api, "dirk")}
    made = await adds(api, details=details, internalManagerId=account(api, "anna"))
    texts = {"title", "email", "externalReference", "givenName"}
    said: dict[str, Any] = dict.fromkeys(texts, emptied)
    said |= dict.fromkeys(("language", "businessUnitId", "internalManagerId"))
    said["contact"] = dict.fromkeys(PERSON["contact"], emptied) | {"deliveryMethod": None}
    numbers = {
        name for name, it in details.items() if not isinstance(it, str) or name.endswith(("Id", "Date"))
    }
    said["details"] = dict.fromkeys(details, emptied) | dict.fromkeys(numbers | {"identityCardValidUntil"})
    changed = await does(api, "anna", "updateRelation", relationId=made["id"], **said)
    gone = texts | {"language", "businessUnit", "internalManager", "companyName"}
    assert {name for name, it in changed.items() if it is None} == gone
    assert set(changed["contact"].values()) == {None}
    ticks = {"isDeceased", "isDisabled"}
    assert {name: it for name, it in changed["details"].items() if it is not None} == dict.fromkeys(
        ticks, False
    )
    assert changed["displayName"] == "De Smet"


async def test_a_tab_that_is_null_changes_nothing(api: Api) -> None:
    made = await adds(api)
    changed = await does(api, "anna", "updateRelation", relationId=made["id"], contact=None, details=None)
    assert changed == made


async def test_to_say_what_stands_already_is_no_change(api: Api, clock: SetClock) -> None:
    made = await adds(api)
    clock.advance(timedelta(minutes=1))
    assert await does(api, "anna", "updateRelation", relationId=made["id"], **PERSON) == made
    assert await rows(api, Event, kind="relation.updated") == []


async def test_one_without_a_unit_gets_the_firms_where_it_has_but_one(api: Api) -> None:
    assert (await adds(api, externalReference=None))["businessUnit"] == {"name": "MAIN"}
    assert (await adds(api, externalReference=None, businessUnitId=None))["businessUnit"] is None
    other = api.id("BusinessUnit", await add_unit(api))
    assert (await adds(api, externalReference=None))["businessUnit"] is None
    assert (await adds(api, businessUnitId=other))["businessUnit"] == {"name": "Kust"}


Said = Callable[[Api], dict[str, Any]]
MISTAKES: Final[dict[str, tuple[Said, str, list[str]]]] = {
    "no name": (lambda _: {"givenName": " ", "familyName": None}, "REQUIRED", ["familyName"]),
    "a company without one": (lambda _: {"kind": "COMPANY"}, "REQUIRED", ["companyName"]),
    "a long name": (lambda _: {"familyName": "x" * 101}, "TOO_LONG", ["familyName"]),
    "a long title": (lambda _: {"title": "x" * 51}, "TOO_LONG", ["title"]),
    "a long reference": (lambda _: {"externalReference": "x" * 101}, "TOO_LONG", ["externalReference"]),
    "no address": (lambda _: {"email": "lieve"}, "INVALID", ["email"]),
    "a long street": (lambda _: {"contact": {"street": "x" * 201}}, "TOO_LONG", ["contact", "street"]),
    "no postal code": (lambda _: {"contact": {"postalCode": "Gent"}}, "INVALID", ["contact", "postalCode"]),
    "no number": (lambda _: {"contact": {"phone": "1234"}}, "INVALID", ["contact", "phone"]),
    "no second number": (lambda _: {"contact": {"secondPhone": "x"}}, "INVALID", ["contact", "secondPhone"]),
    "no mobile": (lambda _: {"contact": {"mobile": "+32"}}, "INVALID", ["contact", "mobile"]),
    "no fax": (lambda _: {"contact": {"fax": "+999 1"}}, "INVALID", ["contact", "fax"]),
    "born tomorrow": (
        lambda _: {"details": {"birthDate": "2026-01-31"}},
        "INVALID",
        ["details", "birthDate"],
    ),
    "born long ago": (
        lambda _: {"details": {"birthDate": "1849-12-31"}},
        "INVALID",
        ["details", "birthDate"],
    ),
    "no register number": (
        lambda _: {"details": {"nationalRegisterNumber": "85073003329"}},
        "INVALID",
        ["details", "nationalRegisterNumber"],
    ),
    "no activity": (lambda _: {"details": {"naceCode": "9999"}}, "INVALID", ["details", "naceCode"]),
    "too old": (lambda _: {"details": {"retirementAge": 131}}, "INVALID", ["details", "retirementAge"]),
    "too young": (lambda _: {"details": {"activityEndAge": -1}}, "INVALID", ["details", "activityEndAge"]),
    "too early": (lambda _: {"details": {"retirementYear": 1899}}, "INVALID", ["details", "retirementYear"]),
    "too late": (lambda _: {"details": {"activityEndYear": 2201}}, "INVALID", ["details", "activityEndYear"]),
    "too long a life": (
        lambda _: {"details": {"lifeExpectancyYear": 9999}},
        "INVALID",
        ["details", "lifeExpectancyYear"],
    ),
    "no card": (
        lambda _: {"details": {"identityCardNumber": "591191706459"}},
        "INVALID",
        ["details", "identityCardNumber"],
    ),
    "a client in charge": (
        lambda api: {"internalManagerId": account(api, "bert")},
        "INVALID",
        ["internalManagerId"],
    ),
    "a unit that never was": (
        lambda api: {"businessUnitId": api.id("BusinessUnit", uuid4())},
        "NOT_FOUND",
        ["businessUnitId"],
    ),
    "another firm's unit": (
        lambda api: {"businessUnitId": api.id("BusinessUnit", api.world.other_firm.business_unit)},
        "NOT_FOUND",
        ["businessUnitId"],
    ),
    "another firm's advisor": (
        lambda api: {"internalManagerId": account(api, "eva")},
        "NOT_FOUND",
        ["internalManagerId"],
    ),
    "an accountant who never was": (
        lambda api: {"details": {"accountantId": api.id("Relation", uuid4())}},
        "NOT_FOUND",
        ["details", "accountantId"],
    ),
    "no id": (lambda _: {"details": {"accountantId": "x"}}, "INVALID", ["details", "accountantId"]),
}


async def test_what_cannot_be_said_of_a_relation_is_told_with_its_place(api: Api) -> None:
    before = len(await rows(api, Relation))
    for name, (said, code, place) in MISTAKES.items():
        payload = await tries(api, "anna", "createRelation", **({"familyName": "Peeters"} | said(api)))
        assert (payload["relation"], payload["relationEdge"]) == (None, None)
        assert mistakes(payload) == [(code, ["input", *place])], name
    assert len(await rows(api, Relation)) == before
    assert await rows(api, Event) == []


async def test_all_that_is_wrong_is_told_at_once_and_nothing_is_changed(api: Api) -> None:
    made = await adds(api)
    said = {"title": "x" * 51, "email": "x", "contact": {"phone": "x", "street": "Laan 1"}}
    payload = await tries(api, "anna", "updateRelation", relationId=made["id"], **said)
    assert mistakes(payload) == [
        ("TOO_LONG", ["input", "title"]),
        ("INVALID", ["input", "email"]),
        ("INVALID", ["input", "contact", "phone"]),
    ]
    assert await does(api, "anna", "updateRelation", relationId=made["id"]) == made


async def test_mistakes_are_told_in_the_viewers_language(api: Api) -> None:
    said = {"familyName": "Peeters", "details": {"retirementAge": 131}}
    payload = await tries(api, "arthur", "createRelation", **said)
    assert [it["message"] for it in payload["userErrors"]] == ["Dit moet een getal van 0 tot 130 zijn."]


async def test_a_name_cannot_be_taken_away(api: Api) -> None:
    said = {"relationId": relation(api, "bert"), "givenName": None, "familyName": ""}
    payload = await tries(api, "anna", "updateRelation", **said)
    assert mistakes(payload) == [("REQUIRED", ["input", "familyName"])]
    assert (await row(api, Relation, id=api.world.relations["bert"].id)).family_name == "Callewaert"


async def test_nobody_is_his_own_accountant(api: Api) -> None:
    bert = relation(api, "bert")
    payload = await tries(api, "anna", "updateRelation", relationId=bert, details={"accountantId": bert})
    assert mistakes(payload) == [("INVALID", ["input", "details", "accountantId"])]


async def test_what_another_program_calls_it_is_there_once_in_a_firm(api: Api) -> None:
    made = await adds(api)
    taken = [("ALREADY_EXISTS", ["input", "externalReference"])]
    assert mistakes(await tries(api, "anna", "createRelation", **PERSON)) == taken
    again = {"relationId": relation(api, "femke"), "externalReference": " crm  7 ", "title": "dr."}
    assert mistakes(await tries(api, "anna", "updateRelation", **again)) == taken
    assert (await row(api, Relation, id=api.world.relations["femke"].id)).title is None
    # in another firm it says nothing
    assert (await adds(api, "eva"))["externalReference"] == "crm 7"
    # and it is free again once the relation is gone
    await does(api, "anna", "deleteRelation", relationId=made["id"])
    assert (await does(api, "anna", "updateRelation", **again))["externalReference"] == "crm 7"


async def test_a_relation_that_is_deleted_is_gone_and_its_row_is_kept(api: Api, clock: SetClock) -> None:
    made = await adds(api)
    clock.advance(timedelta(minutes=1))
    assert await does(api, "anna", "deleteRelation", relationId=made["id"], ifRevision=1) == made["id"]
    query = 'query ($id: ID!) { relation(id: $id) { id } relations(search: "de smet") { totalCount } }'
    assert await api.gets("anna", query, id=made["id"]) == {"relation": None, "relations": {"totalCount": 0}}
    stored = await row(api, Relation, display_name="Lieve De Smet")
    assert (stored.deleted_at, stored.revision) == (START + timedelta(minutes=1), 2)
    assert [it.relation_id for it in await rows(api, Event, kind="relation.deleted")] == [stored.id]
    for name in ("updateRelation", "deleteRelation"):
        payload = await tries(api, "anna", name, relationId=made["id"])
        assert mistakes(payload) == [("NOT_FOUND", ["input", "relationId"])]


async def test_where_a_relation_stands_in_the_list_is_told_with_it(api: Api) -> None:
    payload = await tries(api, "anna", "createRelation", **PERSON)
    edge = payload["relationEdge"]
    assert edge["node"]["id"] == payload["relation"]["id"]
    query = "query ($after: String!) { relations(after: $after) { nodes { displayName } } }"
    following = await api.gets("anna", query, after=edge["cursor"])
    assert [it["displayName"] for it in following["relations"]["nodes"]] == ["Noor Callewaert"]


async def test_the_dossiers_of_a_relation_are_those_that_the_viewer_sees(api: Api) -> None:
    async with writing(api) as firm:
        await firm.dossier("Ander", {"MAIN_PERSON": api.world.relations["bert"]})
        await firm.dossier("Van Carla", {"MAIN_PERSON": api.world.relations["carla"]})
    query = """query ($id: ID!) {
      relation(id: $id) { dossiers(first: 1) { totalCount nodes { name } pageInfo { hasNextPage } } }
    }"""
    found = {"nodes": [{"name": "Ander"}], "totalCount": 2, "pageInfo": {"hasNextPage": True}}
    for who in ("anna", "bert"):
        seen = await api.gets(who, query, id=relation(api, "bert"))
        assert seen["relation"]["dossiers"] == found
    # of his partner's, Bert sees the one that both are in
    seen = await api.gets("bert", query, id=relation(api, "carla"))
    assert seen["relation"]["dossiers"] == {
        "nodes": [{"name": "Test klantenportaal"}],
        "totalCount": 1,
        "pageInfo": {"hasNextPage": False},
    }


async def test_a_relation_without_a_unit_can_be_given_one(api: Api) -> None:
    await set_values(api, Relation, api.world.relations["dirk"].id, business_unit_id=None)
    said = {"relationId": relation(api, "dirk"), "businessUnitId": unit(api)}
    assert (await does(api, "anna", "updateRelation", **said))["businessUnit"] == {"name": "MAIN"}
