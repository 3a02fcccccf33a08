"""Who changes the firm's files: the staff, and programs as far as their scopes go; nobody else."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest

from models import Event, Relation
from tests.api import Api
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.full_firm import add_group
from tests.journeys.keeping import (
    ANSWERS,
    add_holding,
    add_unit,
    does,
    dossier,
    let_programs_in,
    member,
    mutation,
    relation,
    tries,
)
from tests.journeys.people import add_account
from tests.journeys.programs import lets_in
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import category
from tests.schema.belongings import rows_of, values_of

FILES: Final = [it for it in ANSWERS if it.endswith(("Relation", "Dossier", "Holding"))]
CATEGORIES: Final = ["createCategory", "updateCategory"]
OF_ADMINISTRATORS: Final = [it for it in ANSWERS if it.endswith(("BusinessUnit", "Licence"))]
PEOPLE_OUTSIDE: Final = ("bert", "olga")
Said = Callable[[Api], dict[str, Any]]


async def everything(api: Api) -> dict[str, dict[str, Any]]:
    """Add what can be deleted; return by mutation an input that is good."""
    unit = api.id("BusinessUnit", await add_unit(api))
    holding = api.id("Holding", await add_holding(api))
    async with writing(api) as firm:
        empty = api.id("Dossier", (await firm.dossier("Leeg", {})).id)
    return {
        "createRelation": {"familyName": "Peeters"},
        "updateRelation": {"relationId": relation(api, "bert"), "title": "dr."},
        "deleteRelation": {"relationId": relation(api, "femke")},
        "createDossier": {"name": "Peeters", "members": [member(api, "bert")]},
        "updateDossier": {"dossierId": dossier(api), "name": "Ander"},
        "deleteDossier": {"dossierId": empty},
        "createHolding": {"kind": "ASSET", "name": "Huis"},
        "updateHolding": {"holdingId": holding, "name": "Ander"},
        "deleteHolding": {"holdingId": holding},
        "createCategory": {"name": {"nl": "Huur"}},
        "updateCategory": {"categoryId": category(api, "wills"), "position": 9},
        "createBusinessUnit": {"name": "Inland"},
        "updateBusinessUnit": {"businessUnitId": unit, "name": "Ander"},
        "deleteBusinessUnit": {"businessUnitId": unit},
        "updateLicence": {"name": "Ander"},
        "updateContactDetails": {"contact": {"street": "Laan 1"}},
    }


async def stands(api: Api) -> list[list[str]]:
    """Return all that the firm's rows say, but for sessions, what is counted and what was refused."""
    found = await rows_of(api, api.world.firm.licence_id)
    told = [it for it in found if type(it).__name__ not in {"Session", "Throttle", "ApiKey"}]
    kept = [it for it in told if not getattr(it, "kind", "").endswith(".refused")]
    return sorted(sorted(map(str, values_of(it))) for it in kept)


async def try_all(api: Api, said: dict[str, dict[str, Any]], who: str, names: list[str], code: str) -> None:
    """Let somebody try mutations, each of which is refused at its field."""
    for name in names:
        refused = await refused_fields(api, who, mutation(name), input=said[name])
        assert refused == [(code, [name])], (who, name)


async def test_an_administrator_does_all_of_it(api: Api) -> None:
    said = await everything(api)
    for name in said.keys() - {"updateContactDetails"}:
        if name.startswith("delete"):
            continue
        await does(api, "arthur", name, **said[name])
    for name in (it for it in said if it.startswith("delete")):
        await does(api, "arthur", name, **said[name])


async def test_an_advisor_in_no_group_keeps_files_and_categories(api: Api) -> None:
    await add_account(api, "nora")
    said = await everything(api)
    for name in [*FILES, *CATEGORIES]:
        await does(api, "nora", name, **said[name])
    await try_all(api, said, "nora", OF_ADMINISTRATORS, "FORBIDDEN")


async def test_a_program_keeps_files_by_its_scope_and_nothing_else(api: Api) -> None:
    await let_programs_in(api)
    said = await everything(api)
    before = await stands(api)
    await try_all(api, said, "reader", FILES, "FORBIDDEN")
    for who in ("reader", "crm"):
        others = [*CATEGORIES, *OF_ADMINISTRATORS, "updateContactDetails"]
        await try_all(api, said, who, others, "FORBIDDEN")
    assert await stands(api) == before
    for name in FILES:
        await does(api, "crm", name, **said[name])
    assert {it.kind.partition(".")[0] for it in await rows(api, Event)} >= {"relation", "dossier", "holding"}


async def test_a_program_that_may_not_read_relations_adds_them_alone(api: Api) -> None:
    await lets_in(api, "intake", "RELATIONS_WRITE")
    said = await everything(api)
    made = await tries(api, "intake", "createRelation", **said["createRelation"])
    assert (made["relation"], made["userErrors"]) == (None, [])
    assert (await row(api, Relation, display_name="Peeters")).revision == 1
    payload = await tries(api, "intake", "updateRelation", **said["updateRelation"])
    assert mistakes(payload) == [("NOT_FOUND", ["input", "relationId"])]


@pytest.mark.parametrize("who", PEOPLE_OUTSIDE)
async def test_nobody_else_changes_anything_of_it(api: Api, who: str) -> None:
    await add_account(api, "olga", "AUDITOR")
    said = await everything(api)
    before = await stands(api)
    await try_all(api, said, who, [*FILES, *CATEGORIES, *OF_ADMINISTRATORS], "FORBIDDEN")
    assert await stands(api) == before


@pytest.mark.parametrize("name", ["createRelation", "deleteDossier", "updateCategory", "updateLicence"])
async def test_whoever_is_signed_out_is_told_to_sign_in(api: Api, name: str) -> None:
    said = await everything(api)
    before = await stands(api)
    await try_all(api, said, "nobody", [name], "UNAUTHENTICATED")
    assert await stands(api) == before


UPDATES: Final[dict[str, tuple[Said, list[dict[str, Any]]]]] = {
    "updateRelation": (
        lambda api: {"relationId": relation(api, "bert")},
        [{"title": "dr."}, {"contact": {"street": "Laan 1"}}],
    ),
    "updateDossier": (lambda api: {"dossierId": dossier(api)}, [{"name": "A"}, {"externalReference": "7"}]),
}


@pytest.mark.parametrize("name", UPDATES)
async def test_of_two_who_saw_the_same_revision_one_is_told_and_nothing_is_lost(api: Api, name: str) -> None:
    thing, (one, other) = UPDATES[name]
    for who in ("anna", "arthur"):
        await api.token(who)
    answers = await asyncio.gather(
        tries(api, "anna", name, **thing(api), ifRevision=1, **one),
        tries(api, "arthur", name, **thing(api), ifRevision=1, **other),
    )
    assert sorted(map(mistakes, answers)) == [[], [("CONFLICT", ["input", "ifRevision"])]]
    (refused,) = [it["userErrors"][0] for it in answers if it["userErrors"]]
    assert (refused["__typename"], refused["currentRevision"]) == ("ConflictError", 2)


@pytest.mark.parametrize("name", UPDATES)
async def test_of_two_who_named_no_revision_both_change_what_they_said(api: Api, name: str) -> None:
    thing, changes = UPDATES[name]
    for who in ("anna", "arthur"):
        await api.token(who)
    await asyncio.gather(
        *(
            does(api, who, name, **thing(api), **it)
            for who, it in zip(("anna", "arthur"), changes, strict=True)
        )
    )
    after = await does(api, "anna", name, **thing(api))
    assert after["revision"] == 3
    for said in changes:
        for field, value in said.items():
            assert after[field] == (after[field] | value if isinstance(value, dict) else value)


async def test_two_who_are_each_others_accountants_are_both_changed(api: Api) -> None:
    for who in ("anna", "arthur"):
        await api.token(who)
    pairs = (("anna", "bert", "dirk"), ("arthur", "dirk", "bert"))
    for _ in range(5):
        answers = await asyncio.gather(
            *(
                tries(
                    api,
                    who,
                    "updateRelation",
                    relationId=relation(api, one),
                    details={"accountantId": relation(api, other)},
                )
                for who, one, other in pairs
            )
        )
        assert [it["userErrors"] for it in answers] == [[], []]


async def test_a_group_is_in_charge_of_nothing(api: Api) -> None:
    async with writing(api) as firm:
        group = api.id("Group", await add_group(firm, "Notarissen"))
    payload = await tries(
        api, "anna", "updateRelation", relationId=relation(api, "bert"), internalManagerId=group
    )
    assert mistakes(payload) == [("NOT_FOUND", ["input", "internalManagerId"])]
