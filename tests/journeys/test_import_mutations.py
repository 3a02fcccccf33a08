"""importRelations and importDossiers: rows from partners' programs, all of them or none."""

from typing import Any, Final

import pytest

from models import Dossier, DossierMember, Event, FeedEntry, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.bringing import NOTHING, brings, brings_well, people, person, place
from tests.journeys.keeping import relation
from tests.journeys.rows import row, rows


async def left(api: Api) -> list[int]:
    """Return how many rows there are of all that an import of relations or dossiers writes."""
    return [len(await rows(api, it)) for it in (Relation, Dossier, DossierMember, Event, FeedEntry)]


def members(api: Api, **roles: str) -> list[dict[str, str]]:
    """Return the cast as they are to be in a dossier."""
    return [{"relation": relation(api, name), "role": role} for name, role in roles.items()]


def opened(api: Api, number: int, **said: Any) -> dict[str, Any]:
    """Return the row of a dossier."""
    known = {"name": f"Dossier {number}", "members": members(api, femke="MAIN_PERSON")}
    return {"externalReference": f"d-{number}", **known, **said}


# what comes in ----------------------------------------------------------------------------------------------


async def test_relations_come_in_are_changed_and_are_left_alone(api: Api) -> None:
    contact = {"phone": "09 223 45 67"}
    first = [person(it, contact=contact) for it in range(3)]
    assert await brings_well(api, "anna", "importRelations", *first) == [3, 0, 0]
    before = await people(api)
    assert before["crm-1"]["contact"] == {"phone": "+32 9 223 45 67"}
    events, entries = len(await rows(api, Event)), len(await rows(api, FeedEntry))
    assert await brings_well(api, "anna", "importRelations", *first) == [0, 0, 3]
    assert await people(api) == before
    assert (len(await rows(api, Event)), len(await rows(api, FeedEntry))) == (events, entries)
    some = [person(1, contact=contact), person(2, familyName="Peeters"), person(3)]
    assert await brings_well(api, "anna", "importRelations", *some) == [1, 1, 1]
    found = await people(api)
    assert (found["crm-2"]["displayName"], found["crm-2"]["revision"]) == ("Peeters", 2)
    # What is left out stays, and null empties.
    assert found["crm-2"]["contact"] == {"phone": "+32 9 223 45 67"}
    assert await brings_well(api, "anna", "importRelations", person(1, contact={"phone": None})) == [0, 1, 0]
    assert (await people(api))["crm-1"]["contact"] == {"phone": None}


async def test_dossiers_come_in_are_changed_and_are_left_alone(api: Api) -> None:
    first = [opened(api, it) for it in range(3)]
    assert await brings_well(api, "anna", "importDossiers", *first) == [3, 0, 0]
    assert await brings_well(api, "anna", "importDossiers", *first) == [0, 0, 3]
    both = members(api, femke="PARTNER", dirk="MAIN_PERSON")
    some = [opened(api, 1, members=both), opened(api, 2, name="Ander"), opened(api, 3)]
    assert await brings_well(api, "anna", "importDossiers", *some) == [1, 2, 0]
    changed = await row(api, Dossier, external_reference="d-1")
    found = await rows(api, DossierMember, dossier_id=changed.id)
    names = {api.world.relations[it].id: it for it in ("femke", "dirk")}
    assert {names[it.relation_id]: it.role for it in found} == {"femke": "PARTNER", "dirk": "MAIN_PERSON"}
    # Null says nothing of who is in it.
    assert await brings_well(api, "anna", "importDossiers", opened(api, 1, members=None)) == [0, 0, 1]


async def test_what_has_an_id_of_ours_is_found_by_it(api: Api) -> None:
    femke = {"externalReference": relation(api, "femke"), "title": "mevrouw"}
    assert await brings_well(api, "anna", "importRelations", femke) == [0, 1, 0]
    assert (await row(api, Relation, id=api.world.relations["femke"].id)).external_reference is None
    dossier = {"externalReference": api.id("Dossier", api.world.dossier.id), "name": "Ander"}
    assert await brings_well(api, "anna", "importDossiers", dossier) == [0, 1, 0]


async def test_without_a_kind_a_new_relation_is_a_person_and_another_stays_what_it_is(api: Api) -> None:
    company = {"externalReference": "nv", "kind": "COMPANY", "companyName": "Boekhouding NV"}
    assert await brings_well(api, "anna", "importRelations", person(1, kind=None), company) == [2, 0, 0]
    assert await brings_well(api, "anna", "importRelations", {**company, "kind": None}) == [0, 0, 1]
    assert (await row(api, Relation, external_reference="crm-1")).kind == "PERSON"


@pytest.mark.parametrize("accountant", [0, 1, 2])
async def test_accountants_come_in_with_their_clients_in_any_order(api: Api, accountant: int) -> None:
    said = [person(it, accountant=f"crm-{accountant}") for it in range(3) if it != accountant]
    said.insert(accountant, person(accountant))
    assert await brings_well(api, "anna", "importRelations", *said) == [3, 0, 0]
    found = await people(api)
    named = {it: found[f"crm-{it}"]["details"]["accountant"] for it in range(3)}
    assert named.pop(accountant) is None
    assert list(named.values()) == [{"displayName": f"Maes {accountant}"}] * 2
    assert await brings_well(api, "anna", "importRelations", *said) == [0, 0, 3]


async def test_two_can_be_each_others_accountants(api: Api) -> None:
    said = person(1, accountant="crm-2"), person(2, accountant="crm-1")
    assert await brings_well(api, "anna", "importRelations", *said) == [2, 0, 0]
    found = await people(api)
    assert found["crm-1"]["details"] == {"accountant": {"displayName": "Maes 2"}}
    assert await brings_well(api, "anna", "importRelations", *said) == [0, 0, 2]


# what does not ----------------------------------------------------------------------------------------------


async def test_a_dry_run_writes_nothing_and_tells_what_would_come_of_it(api: Api) -> None:
    await brings_well(api, "anna", "importRelations", person(1), person(2))
    await brings_well(api, "anna", "importDossiers", opened(api, 1), opened(api, 2))
    before = await left(api)
    some = [person(1), person(2, title="mevrouw"), person(3, accountant="crm-4"), person(4)]
    assert await brings_well(api, "anna", "importRelations", *some, dryRun=True) == [2, 1, 1]
    others = [opened(api, 1), opened(api, 2, name="Ander"), opened(api, 3)]
    assert await brings_well(api, "anna", "importDossiers", *others, dryRun=True) == [1, 1, 1]
    assert await left(api) == before


RELATIONS: Final[dict[str, tuple[dict[str, Any], str, list[str]]]] = {
    "a number": ({"contact": {"phone": "1"}}, "INVALID", ["contact", "phone"]),
    "a day": ({"details": {"birthDate": "2030-01-01"}}, "INVALID", ["details", "birthDate"]),
    "an age": ({"details": {"retirementAge": -1}}, "INVALID", ["details", "retirementAge"]),
    "a name": ({"familyName": None}, "REQUIRED", ["familyName"]),
    "an address": ({"email": "x"}, "INVALID", ["email"]),
    "a long title": ({"title": "x" * 51}, "TOO_LONG", ["title"]),
    "a unit": ({"businessUnit": "ELSEWHERE"}, "NOT_FOUND", ["businessUnit"]),
    "a client in charge": ({"internalManager": "bert@callewaert.example"}, "NOT_FOUND", ["internalManager"]),
    "an accountant": ({"accountant": "crm-none"}, "NOT_FOUND", ["accountant"]),
    "himself": ({"externalReference": "x", "accountant": "x"}, "INVALID", ["accountant"]),
    "no reference": ({"externalReference": " "}, "REQUIRED", ["externalReference"]),
    "a long reference": ({"externalReference": "x" * 101}, "TOO_LONG", ["externalReference"]),
    "the same reference": ({"externalReference": "crm-0"}, "CONFLICT", ["externalReference"]),
}
DOSSIERS: Final[dict[str, tuple[dict[str, Any], str, list[str]]]] = {
    "no name": ({"name": None}, "REQUIRED", ["name"]),
    "a unit": ({"businessUnit": "ELSEWHERE"}, "NOT_FOUND", ["businessUnit"]),
    "nobody": ({"members": []}, "REQUIRED", ["members"]),
    "a stranger": ({"members": [{"relation": "x", "role": "OTHER"}]}, "NOT_FOUND", ["members"]),
    "the same reference": ({"externalReference": "d-0"}, "CONFLICT", ["externalReference"]),
}


@pytest.mark.parametrize("dry_run", [False, True])
async def test_each_problem_is_told_at_its_place_and_nothing_is_written(
    api: Api,
    dry_run: bool,  # noqa: FBT001  a case of the table
) -> None:
    before = await left(api)
    said = [person(0), *(person(at, **it) for at, (it, _, _) in enumerate(RELATIONS.values(), 1))]
    payload = await brings(api, "anna", "importRelations", *said, dryRun=dry_run)
    told = [(code, place(at, *path)) for at, (_, code, path) in enumerate(RELATIONS.values(), 1)]
    assert mistakes(payload) == told
    del payload["userErrors"]
    assert payload == NOTHING
    said = [opened(api, 0), *(opened(api, at, **it) for at, (it, _, _) in enumerate(DOSSIERS.values(), 1))]
    payload = await brings(api, "anna", "importDossiers", *said, dryRun=dry_run)
    told = [(code, place(at, *path)) for at, (_, code, path) in enumerate(DOSSIERS.values(), 1)]
    assert mistakes(payload) == told
    assert await left(api) == before


async def test_two_rows_do_not_change_the_same_by_its_reference_and_by_its_id(api: Api) -> None:
    await brings_well(api, "anna", "importRelations", person(1))
    await brings_well(api, "anna", "importDossiers", opened(api, 1))
    cases: list[tuple[str, type[Relation | Dossier], list[dict[str, Any]]]] = [
        ("importRelations", Relation, [person(1, title="mevrouw"), {"familyName": "Nieuw"}]),
        ("importDossiers", Dossier, [opened(api, 1, name="Ander"), {"businessUnit": None}]),
    ]
    for name, kind, said in cases:
        there = await row(api, kind, external_reference=said[0]["externalReference"])
        said[1]["externalReference"] = api.id(kind.__name__, there.id)
        payload = await brings(api, "anna", name, *said)
        assert mistakes(payload) == [("CONFLICT", place(1, "externalReference"))]
        assert (await row(api, kind, id=there.id)).revision == there.revision
