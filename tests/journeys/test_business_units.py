"""Business units (business eenheden): administrators add, rename and delete them."""

from typing import Final
from uuid import uuid4

import pytest

from models import BusinessUnit, Event, Relation
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.keeping import add_unit, does, tries, unit
from tests.journeys.rows import rows, set_values, writing
from tests.journeys.rules import events

LIST: Final = "{ viewer { licence { businessUnits { name } } } }"
NAME: Final = ["input", "name"]


async def names(api: Api, who: str = "anna") -> list[str]:
    listed = (await api.gets(who, LIST))["viewer"]["licence"]["businessUnits"]
    return [it["name"] for it in listed]


async def test_a_new_unit_is_among_the_firms(api: Api) -> None:
    made = await does(api, "arthur", "createBusinessUnit", name="  Kust  en meer ")
    assert made["name"] == "Kust en meer"
    assert await names(api) == ["Kust en meer", "MAIN"]
    assert await names(api, "eva") == ["MAIN"]
    (event,) = await events(api, "business_unit.created")
    assert event["name"] == "Kust en meer"


async def test_a_unit_is_renamed(api: Api) -> None:
    renamed = await does(api, "arthur", "updateBusinessUnit", businessUnitId=unit(api), name="Hoofdkantoor")
    assert renamed == {"id": unit(api), "name": "Hoofdkantoor"}
    key = str(api.world.firm.business_unit)
    assert await events(api, "business_unit.updated") == [{"unit": key, "name": "Hoofdkantoor"}]


async def test_the_same_name_again_is_no_change(api: Api) -> None:
    await does(api, "arthur", "updateBusinessUnit", businessUnitId=unit(api), name=" MAIN ")
    assert await rows(api, Event) == []


@pytest.mark.parametrize(
    ("name", "code"), [(" ", "REQUIRED"), ("x" * 101, "TOO_LONG"), (" Kust ", "ALREADY_EXISTS")]
)
async def test_what_cannot_be_a_name_is_told(api: Api, name: str, code: str) -> None:
    await add_unit(api)
    payload = await tries(api, "arthur", "createBusinessUnit", name=name)
    assert (payload["businessUnit"], mistakes(payload)) == (None, [(code, NAME)])
    payload = await tries(api, "arthur", "updateBusinessUnit", businessUnitId=unit(api), name=name)
    assert (payload["businessUnit"], mistakes(payload)) == (None, [(code, NAME)])
    assert await names(api) == ["Kust", "MAIN"]
    assert await rows(api, Event) == []


async def test_a_unit_to_which_nothing_belongs_is_deleted(api: Api) -> None:
    key = await add_unit(api)
    id_ = api.id("BusinessUnit", key)
    assert await does(api, "arthur", "deleteBusinessUnit", businessUnitId=id_) == id_
    assert await names(api) == ["MAIN"]
    assert await events(api, "business_unit.deleted") == [{"unit": str(key), "name": "Kust"}]


async def test_relations_that_were_deleted_keep_no_unit(api: Api) -> None:
    key = await add_unit(api)
    async with writing(api) as firm:
        gone = await firm.relation("Weg", "Peeters", business_unit_id=key, deleted_at=firm.now)
    await does(api, "arthur", "deleteBusinessUnit", businessUnitId=api.id("BusinessUnit", key))
    (left,) = await rows(api, Relation, id=gone.id)
    assert left.business_unit_id is None


async def test_what_never_was_is_not_found(api: Api) -> None:
    for key in (uuid4(), api.world.other_firm.business_unit):
        said = {"businessUnitId": api.id("BusinessUnit", key)}
        for name, more in {"updateBusinessUnit": {"name": "x"}, "deleteBusinessUnit": {}}.items():
            payload = await tries(api, "arthur", name, **said, **more)
            assert mistakes(payload) == [("NOT_FOUND", ["input", "businessUnitId"])]
    assert len(await rows(api, BusinessUnit)) == 1


async def test_the_firms_only_unit_can_go_once_nothing_belongs_to_it(api: Api) -> None:
    async with writing(api) as firm:
        await firm.dossier("Ander", {})
    payload = await tries(api, "arthur", "deleteBusinessUnit", businessUnitId=unit(api))
    assert mistakes(payload) == [("IN_USE", ["input", "businessUnitId"])]
    made = await does(api, "eva", "createBusinessUnit", name="Kust")
    await set_values(api, Relation, api.world.relations["femke"].id, business_unit_id=None)
    assert await does(api, "eva", "deleteBusinessUnit", businessUnitId=made["id"]) == made["id"]
