"""Dossiers as the firm keeps them: what they are called, who is in charge of them, and who is in them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from models import DocumentGrant, Dossier, DossierMember, Event
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.keeping import add_unit, does, dossier, member, relation, tries, unit
from tests.journeys.people import account
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import events

MEMBERS: Final = ["input", "members"]


def named(members: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(it["role"], it["relation"]["displayName"].split()[0]) for it in members]


async def members_of(api: Api) -> set[tuple[str, str]]:
    """Return who is what in the cast's dossier."""
    names = {it.id: name for name, it in api.world.relations.items()}
    found = await rows(api, DossierMember, dossier_id=api.world.dossier.id)
    return {(it.role, names[it.relation_id]) for it in found}


async def test_all_that_is_said_of_a_dossier_is_kept(api: Api) -> None:
    made = await does(
        api,
        "anna",
        "createDossier",
        name="  Gezin   Dupont ",
        managerId=account(api, "arthur"),
        externalReference=" pfp 12 ",
        members=[
            member(api, "noor", "OTHER"),
            member(api, "dirk", "CHILD"),
            member(api, "carla", "PARTNER"),
            member(api, "femke"),
        ],
    )
    assert made.pop("id").startswith("F")
    members = made.pop("members")
    assert named(members) == [
        ("MAIN_PERSON", "Femke"),
        ("PARTNER", "Carla"),
        ("CHILD", "Dirk"),
        ("OTHER", "Noor"),
    ]
    assert made == {
        "name": "Gezin Dupont",
        "externalReference": "pfp 12",
        "revision": 1,
        "createdAt": START.isoformat(),
        "updatedAt": START.isoformat(),
        "businessUnit": {"name": "MAIN"},
        "manager": {"displayName": "Arthur Maes"},
    }
    stored = await row(api, Dossier, name="Gezin Dupont")
    assert await events(api, "dossier.created") == [{"dossier": str(stored.id)}]


async def test_where_a_dossier_stands_in_the_list_is_told_with_it(api: Api) -> None:
    payload = await tries(api, "anna", "createDossier", name="Peeters", members=[member(api, "femke")])
    edge = payload["dossierEdge"]
    assert edge["node"]["id"] == payload["dossier"]["id"]
    query = "query ($after: String!) { dossiers(after: $after) { nodes { name } } }"
    following = await api.gets("anna", query, after=edge["cursor"])
    assert [it["name"] for it in following["dossiers"]["nodes"]] == ["Schyns", "Test klantenportaal"]


async def test_what_is_left_out_stays_and_null_empties(api: Api, clock: SetClock) -> None:
    said = {"dossierId": dossier(api), "externalReference": "7"}
    before = await does(api, "anna", "updateDossier", **said)
    clock.advance(timedelta(minutes=1))
    emptied = {"dossierId": dossier(api), "businessUnitId": None, "managerId": None, "members": None}
    changed = await does(api, "arthur", "updateDossier", **emptied, externalReference=" ")
    assert changed == before | {
        "externalReference": None,
        "businessUnit": None,
        "manager": None,
        "revision": 3,
        "updatedAt": (START + timedelta(minutes=1)).isoformat(),
    }
    key = str(api.world.dossier.id)
    assert await events(api, "dossier.updated") == [
        {"dossier": key, "changed": ["external_reference"]},
        {"dossier": key, "changed": ["business_unit_id", "external_reference", "manager_id"]},
    ]


async def test_to_say_what_stands_already_is_no_change(api: Api) -> None:
    members = [member(api, "noor", "CHILD"), member(api, "carla", "PARTNER"), member(api, "bert")]
    said = {"dossierId": dossier(api), "name": "Test klantenportaal", "members": members}
    assert (await does(api, "anna", "updateDossier", **said))["revision"] == 1
    assert await rows(api, Event) == []


async def test_a_dossier_without_a_unit_gets_the_firms_where_it_has_but_one(api: Api) -> None:
    said = {"name": "Peeters", "members": [member(api, "femke")]}
    assert (await does(api, "anna", "createDossier", **said))["businessUnit"] == {"name": "MAIN"}
    assert (await does(api, "anna", "createDossier", **said, businessUnitId=None))["businessUnit"] is None
    other = api.id("BusinessUnit", await add_unit(api))
    assert (await does(api, "anna", "createDossier", **said))["businessUnit"] is None
    changed = await does(api, "anna", "updateDossier", dossierId=dossier(api), businessUnitId=other)
    assert changed["businessUnit"] == {"name": "Kust"}
    assert (await does(api, "anna", "createDossier", **said, businessUnitId=unit(api)))["revision"] == 1


async def test_two_members_change_places(api: Api) -> None:
    members = [member(api, "carla"), member(api, "bert", "PARTNER"), member(api, "noor", "CHILD")]
    changed = await does(api, "anna", "updateDossier", dossierId=dossier(api), members=members)
    assert named(changed["members"]) == [("MAIN_PERSON", "Carla"), ("PARTNER", "Bert"), ("CHILD", "Noor")]
    assert changed["revision"] == 2
    assert await events(api, "dossier.updated") == [
        {"dossier": str(api.world.dossier.id), "changed": ["members"]}
    ]


async def test_whoever_joins_or_leaves_is_given_no_rights_and_loses_none(api: Api) -> None:
    before = {(it.principal_id, it.rights) for it in await rows(api, DocumentGrant)}
    members = [member(api, "dirk"), member(api, "carla", "OTHER")]
    await does(api, "anna", "updateDossier", dossierId=dossier(api), members=members)
    assert {(it.principal_id, it.rights) for it in await rows(api, DocumentGrant)} == before
    seen = "{ dossiers { nodes { name members { role } } } }"
    assert (await api.gets("bert", seen))["dossiers"]["nodes"] == []
    assert len((await api.gets("dirk", seen))["dossiers"]["nodes"]) == 2


Said = Callable[[Api], dict[str, Any]]
MISTAKES: Final[dict[str, tuple[Said, str, list[str]]]] = {
    "no name": (lambda _: {"name": " "}, "REQUIRED", ["name"]),
    "a long name": (lambda _: {"name": "x" * 201}, "TOO_LONG", ["name"]),
    "a long reference": (lambda _: {"externalReference": "x" * 101}, "TOO_LONG", ["externalReference"]),
    "a client in charge": (lambda api: {"managerId": account(api, "bert")}, "INVALID", ["managerId"]),
    "another firm's advisor": (lambda api: {"managerId": account(api, "eva")}, "NOT_FOUND", ["managerId"]),
    "a unit that never was": (
        lambda api: {"businessUnitId": api.id("BusinessUnit", uuid4())},
        "NOT_FOUND",
        ["businessUnitId"],
    ),
    "nobody": (lambda _: {"members": []}, "REQUIRED", ["members"]),
    "no main person": (lambda api: {"members": [member(api, "bert", "PARTNER")]}, "REQUIRED", ["members"]),
    "two main persons": (
        lambda api: {"members": [member(api, "bert"), member(api, "carla")]},
        "INVALID",
        ["members"],
    ),
    "two partners": (
        lambda api: {
            "members": [
                member(api, "bert"),
                member(api, "carla", "PARTNER"),
                member(api, "noor", "PARTNER"),
            ]
        },
        "INVALID",
        ["members"],
    ),
    "somebody twice": (
        lambda api: {"members": [member(api, "bert"), member(api, "bert", "CHILD")]},
        "INVALID",
        ["members"],
    ),
    "who never was": (
        lambda api: {
            "members": [member(api, "bert"), {"relationId": api.id("Relation", uuid4()), "role": "CHILD"}]
        },
        "NOT_FOUND",
        ["members", "relationId"],
    ),
    "no id": (
        lambda _: {"members": [{"relationId": "x", "role": "MAIN_PERSON"}]},
        "INVALID",
        ["members", "relationId"],
    ),
}


async def test_what_cannot_be_said_of_a_new_dossier_is_told_with_its_place(api: Api) -> None:
    good = {"name": "Peeters", "members": [member(api, "femke")]}
    for name, (said, code, place) in MISTAKES.items():
        payload = await tries(api, "anna", "createDossier", **(good | said(api)))
        assert (payload["dossier"], payload["dossierEdge"]) == (None, None)
        assert mistakes(payload) == [(code, ["input", *place])], name
    assert await rows(api, Dossier, name="Peeters") == []
    assert await rows(api, Event) == []


async def test_a_change_with_a_mistake_in_it_is_not_half_made(api: Api) -> None:
    before = await members_of(api)
    good = {"dossierId": dossier(api), "name": "Ander", "members": [member(api, "femke")]}
    for name, (said, code, place) in MISTAKES.items():
        payload = await tries(api, "anna", "updateDossier", **(good | said(api)))
        assert mistakes(payload) == [(code, ["input", *place])], name
        assert await members_of(api) == before, name
    stored = await row(api, Dossier, id=api.world.dossier.id)
    assert (stored.name, stored.revision) == ("Test klantenportaal", 1)
    assert await rows(api, Event) == []


async def test_several_mistakes_are_told_at_once(api: Api) -> None:
    said: dict[str, Any] = {"name": "x" * 201, "externalReference": "x" * 101, "members": []}
    assert mistakes(await tries(api, "anna", "createDossier", **said)) == [
        ("TOO_LONG", ["input", "name"]),
        ("TOO_LONG", ["input", "externalReference"]),
    ]


async def test_a_dossier_keeps_a_name(api: Api) -> None:
    payload = await tries(api, "anna", "updateDossier", dossierId=dossier(api), name=None)
    assert mistakes(payload) == [("REQUIRED", ["input", "name"])]


async def test_more_than_a_hundred_members_are_too_many(api: Api) -> None:
    many = [{"relationId": api.id("Relation", uuid4()), "role": "OTHER"} for _ in range(100)]
    said = {"name": "Peeters", "members": [member(api, "bert"), *many]}
    payload = await tries(api, "anna", "createDossier", **said)
    assert mistakes(payload) == [("INVALID", [*MEMBERS, "relationId"])]
    assert payload["userErrors"][0]["message"] == "At most 100 ids."


async def test_what_another_program_calls_it_is_there_once_in_a_firm(api: Api) -> None:
    said = {"name": "Peeters", "members": [member(api, "femke")], "externalReference": "7"}
    made = await does(api, "anna", "createDossier", **said)
    taken = [("ALREADY_EXISTS", ["input", "externalReference"])]
    assert mistakes(await tries(api, "anna", "createDossier", **said)) == taken
    # also when the members change with it
    again = {"dossierId": dossier(api), "externalReference": "7", "members": [member(api, "femke")]}
    assert mistakes(await tries(api, "anna", "updateDossier", **again)) == taken
    assert len(await members_of(api)) == 3
    await does(api, "anna", "deleteDossier", dossierId=made["id"])
    assert (await does(api, "anna", "updateDossier", **again))["externalReference"] == "7"


async def test_an_empty_dossier_is_deleted_with_its_members(api: Api) -> None:
    made = await does(api, "anna", "createDossier", name="Peeters", members=[member(api, "femke")])
    assert await does(api, "anna", "deleteDossier", dossierId=made["id"], ifRevision=1) == made["id"]
    assert await rows(api, Dossier, name="Peeters") == []
    assert await rows(api, DossierMember, relation_id=api.world.relations["femke"].id) == []
    (event,) = await events(api, "dossier.deleted")
    assert event["name"] == "Peeters"
    for name in ("updateDossier", "deleteDossier"):
        payload = await tries(api, "anna", name, dossierId=made["id"])
        assert mistakes(payload) == [("NOT_FOUND", ["input", "dossierId"])]
    # Femke is used by nothing any more
    await does(api, "anna", "deleteRelation", relationId=relation(api, "femke"))


async def test_who_is_gone_cannot_join(api: Api) -> None:
    await does(api, "anna", "deleteRelation", relationId=relation(api, "femke"))
    payload = await tries(api, "anna", "createDossier", name="Peeters", members=[member(api, "femke")])
    assert mistakes(payload) == [("NOT_FOUND", [*MEMBERS, "relationId"])]


async def test_members_that_are_set_at_the_same_moment_are_those_of_one_of_them(api: Api) -> None:
    async with writing(api) as firm:
        other = await firm.dossier("Ander", {"MAIN_PERSON": api.world.relations["femke"]})
    wanted = [["bert", "carla"], ["carla", "bert"], ["dirk", "bert"], ["femke", "dirk"]]
    for who in ("anna", "arthur"):
        await api.token(who)
    payloads = await asyncio.gather(
        *(
            tries(
                api,
                who,
                "updateDossier",
                dossierId=api.id("Dossier", other.id),
                members=[member(api, main), member(api, partner, "PARTNER")],
            )
            for who, (main, partner) in zip(("anna", "arthur") * 2, wanted, strict=True)
        )
    )
    assert [mistakes(it) for it in payloads] == [[]] * 4
    names = {it.id: name for name, it in api.world.relations.items()}
    found = {it.role: names[it.relation_id] for it in await rows(api, DossierMember, dossier_id=other.id)}
    assert [found["MAIN_PERSON"], found["PARTNER"]] in wanted
    assert (await row(api, Dossier, id=other.id)).revision == 5
