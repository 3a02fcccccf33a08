"""Categories as the firm keeps them: names in four languages, places, and those that are archived."""

import asyncio
from typing import Any, Final
from uuid import uuid4

import pytest

from core.rights import Right
from models import Category, Event
from tests.api import Api
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.keeping import does, tries
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import category, change_document, events, put_into

NAMES: Final = {"nl": "Huurcontract", "fr": "Bail", "de": "Mietvertrag", "en": "Lease"}
LIST: Final = "{ categories { name } }"
DUTCH: Final = ["input", "name", "nl"]


async def shared_with(api: Api, who: str) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts[who].id, Right.READ)


async def test_a_new_category_comes_last_and_is_called_by_its_name_in_each_language(api: Api) -> None:
    last = max(it.position for it in await rows(api, Category))
    made = await does(api, "anna", "createCategory", name=NAMES)
    id_ = made.pop("id")
    assert id_.startswith("C")
    assert made == {
        "name": "Lease",
        "position": last + 1,
        "isArchived": False,
        "revision": 1,
        "translations": NAMES,
    }
    await change_document(api, "anna", categoryIds=[id_])
    await shared_with(api, "dirk")
    for who, name in {"arthur": "Huurcontract", "dirk": "Mietvertrag"}.items():
        assert (await api.gets(who, LIST))["categories"][-1] == {"name": name}
    stored = await row(api, Category, name_nl="Huurcontract")
    assert await events(api, "category.created") == [{"category": str(stored.id), "name": "Huurcontract"}]


async def test_dutch_stands_for_a_language_that_is_left_out(api: Api) -> None:
    made = await does(api, "anna", "createCategory", name={"nl": " Huur ", "fr": " "}, position=0)
    assert (made["name"], made["position"]) == ("Huur", 0)
    assert made["translations"] == {"nl": "Huur", "fr": None, "de": None, "en": None}
    await change_document(api, "anna", categoryIds=[made["id"]])
    await shared_with(api, "dirk")
    assert await api.gets("dirk", LIST) == {"categories": [{"name": "Huur"}]}


async def test_what_is_left_out_stays_and_the_names_change_together(api: Api) -> None:
    made = await does(api, "anna", "createCategory", name=NAMES, position=7)
    moved = await does(api, "arthur", "updateCategory", categoryId=made["id"], position=8, ifRevision=1)
    assert moved == made | {"name": "Huurcontract", "position": 8, "revision": 2}
    named = await does(api, "anna", "updateCategory", categoryId=made["id"], name={"nl": "Huur"})
    only_dutch = {"nl": "Huur", "fr": None, "de": None, "en": None}
    assert named == moved | {"name": "Huur", "translations": only_dutch, "revision": 3}
    changed = [it["changed"] for it in await events(api, "category.updated")]
    assert changed == [["position"], ["name_de", "name_en", "name_fr", "name_nl"]]


@pytest.mark.parametrize("said", [{}, {"name": None, "position": None, "isArchived": None}, {"name": NAMES}])
async def test_null_and_what_stands_already_change_nothing(api: Api, said: dict[str, Any]) -> None:
    made = await does(api, "anna", "createCategory", name=NAMES)
    assert await does(api, "anna", "updateCategory", categoryId=made["id"], **said) == made
    assert await events(api, "category.updated") == []


async def test_an_archived_category_stays_on_its_documents_and_is_given_to_no_other(api: Api) -> None:
    await put_into(api, "wills")
    wills = category(api, "wills")
    assert (await does(api, "anna", "updateCategory", categoryId=wills, isArchived=True))["isArchived"]
    # it stays where it is
    await put_into(api, "wills", "deeds")
    # and is given to no other
    sent = await api.upload("anna", "a.txt", b"words", categoryIds=[wills])
    assert mistakes(sent) == [("INVALID", ["input", "categoryIds"])]
    assert not (await does(api, "anna", "updateCategory", categoryId=wills, isArchived=False))["isArchived"]
    assert (await api.upload("anna", "a.txt", b"words", categoryIds=[wills]))["userErrors"] == []


MISTAKES: Final[dict[str, tuple[dict[str, Any], list[tuple[str, list[str]]]]]] = {
    "no name": ({"name": {"nl": " "}}, [("REQUIRED", DUTCH)]),
    "another one's name": ({"name": {"nl": " Testament "}}, [("ALREADY_EXISTS", DUTCH)]),
    "a place below none": ({"position": -1}, [("INVALID", ["input", "position"])]),
    "a place beyond all": ({"position": 1_000_001}, [("INVALID", ["input", "position"])]),
    "long names": (
        {"name": {"nl": "x" * 101, "fr": "x" * 101, "de": "x" * 101, "en": "x" * 101}, "position": -1},
        [
            *(("TOO_LONG", ["input", "name", it]) for it in ("nl", "fr", "de", "en")),
            ("INVALID", ["input", "position"]),
        ],
    ),
}


async def test_what_cannot_be_said_of_a_category_is_told_with_its_place(api: Api) -> None:
    before = len(await rows(api, Category))
    good = {"categoryId": category(api, "deeds"), "name": {"nl": "Ander"}, "isArchived": True}
    for name, (said, wrong) in MISTAKES.items():
        payload = await tries(api, "anna", "createCategory", **({"name": {"nl": "Huur"}} | said))
        assert (payload["category"], sorted(mistakes(payload))) == (None, sorted(wrong)), name
        payload = await tries(api, "anna", "updateCategory", **(good | said))
        assert (payload["category"], sorted(mistakes(payload))) == (None, sorted(wrong)), name
    assert len(await rows(api, Category)) == before
    deeds = await row(api, Category, id=api.world.firm.categories["deeds"])
    assert (deeds.name_nl, deeds.is_archived, deeds.revision) == ("Akten", False, 1)
    assert await rows(api, Event) == []


async def test_a_category_that_was_changed_meanwhile_is_not_overwritten(api: Api) -> None:
    for who in ("anna", "arthur"):
        await api.token(who)
    said = {"categoryId": category(api, "wills"), "ifRevision": 1}
    answers = await asyncio.gather(
        tries(api, "anna", "updateCategory", **said, position=90),
        tries(api, "arthur", "updateCategory", **said, position=91),
    )
    assert sorted(map(mistakes, answers)) == [[], [("CONFLICT", ["input", "ifRevision"])]]
    (refused,) = [it for it in answers if it["userErrors"]]
    assert refused["userErrors"][0]["currentRevision"] == 2


async def test_a_category_of_another_firm_is_not_there(api: Api) -> None:
    for key in (uuid4(), api.world.other_firm.categories["wills"]):
        payload = await tries(api, "anna", "updateCategory", categoryId=api.id("Category", key), position=1)
        assert mistakes(payload) == [("NOT_FOUND", ["input", "categoryId"])]


async def test_the_names_in_all_languages_are_for_staff(api: Api) -> None:
    query = "{ categories { translations { nl } } }"
    assert await refused_fields(api, "bert", query) == [("FORBIDDEN", ["categories", 0, "translations"])]
    assert {"translations": {"nl": "Testament"}} in (await api.gets("anna", query))["categories"]
