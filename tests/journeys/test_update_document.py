"""What is said of a document, changed: by whom, how much, and only if nobody else was faster."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.rights import ALL_RIGHTS, Right
from models import Category, Document, Event, Letter
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.rows import delete_document, row, rows, set_values, writing

UPDATE = """
mutation ($input: UpdateDocumentInput!) {
  updateDocument(input: $input) {
    document {
      description documentDate revision createdAt updatedAt
      createdBy { displayName } updatedBy { displayName }
      dossier { name } categories { name } relations { displayName }
    }
    userErrors { __typename code path ... on ConflictError { currentRevision } }
  }
}
"""
BEFORE = {
    "description": "Huwelijkscontract",
    "documentDate": None,
    "dossier": {"name": "Test klantenportaal"},
    "categories": [{"name": "Contracts"}],
    "relations": [{"displayName": "Bert Callewaert"}],
}


async def update(api: Api, who: str, **said: Any) -> dict[str, Any]:
    said = {"documentId": api.id("Document", api.world.document.id)} | said
    return (await api.gets(who, UPDATE, input=said))["updateDocument"]


async def stands(api: Api) -> tuple[str, int]:
    document = await row(api, Document, id=api.world.document.id)
    return document.description, document.revision


Said = Callable[[Api], dict[str, Any]]
CHANGES: list[tuple[Said, dict[str, Any]]] = [
    (lambda _: {}, {}),
    (lambda _: {"description": "  Nieuw  "}, {"description": "Nieuw"}),
    (lambda _: {"documentDate": "2024-02-29"}, {"documentDate": "2024-02-29"}),
    (lambda _: {"documentDate": "0001-01-01"}, {"documentDate": "0001-01-01"}),
    (lambda _: {"documentDate": "9999-12-31"}, {"documentDate": "9999-12-31"}),
    (lambda _: {"documentDate": None}, {}),
    (lambda _: {"dossierId": None}, {"dossier": None}),
    (lambda _: {"categoryIds": None}, {"categories": []}),
    (lambda _: {"categoryIds": []}, {"categories": []}),
    (
        lambda api: {"categoryIds": [category(api, "wills"), category(api, "deeds")]},
        {"categories": [{"name": "Deeds"}, {"name": "Will"}]},
    ),
    (lambda api: {"categoryIds": [category(api, "wills")] * 3}, {"categories": [{"name": "Will"}]}),
    (lambda _: {"relationIds": None}, {"relations": []}),
    (
        lambda api: {"relationIds": [relation(api, "dirk"), relation(api, "carla")]},
        {"relations": [{"displayName": "Carla Verlinden"}, {"displayName": "Dirk Schyns"}]},
    ),
    (
        lambda _: {"description": "x", "dossierId": None, "categoryIds": None, "relationIds": None},
        {"description": "x", "dossier": None, "categories": [], "relations": []},
    ),
]


def category(api: Api, key: str) -> str:
    return api.id("Category", api.world.firm.categories[key])


def relation(api: Api, name: str) -> str:
    return api.id("Relation", api.world.relations[name].id)


@pytest.mark.parametrize(("said", "changed"), CHANGES)
async def test_what_is_left_out_stays_and_null_empties(
    api: Api, clock: SetClock, said: Said, changed: dict[str, Any]
) -> None:
    clock.advance(timedelta(minutes=5))
    payload = await update(api, "arthur", **said(api))
    assert payload["userErrors"] == []
    about = {
        "revision": 2,
        "createdAt": START.isoformat(),
        "updatedAt": (START + timedelta(minutes=5)).isoformat(),
        "createdBy": {"displayName": "Anna Lindeman"},
        "updatedBy": {"displayName": "Arthur Maes"},
    }
    in_dutch = {"Contracts": "Contracten", "Deeds": "Akten", "Will": "Testament"}
    expected: dict[str, Any] = BEFORE | changed | about
    expected["categories"] = [{"name": in_dutch[it["name"]]} for it in expected["categories"]]
    assert payload["document"] == expected


async def test_a_document_moves_to_another_dossier(api: Api) -> None:
    async with writing(api) as firm:
        other = await firm.dossier("Ander", {"MAIN_PERSON": api.world.relations["femke"]})
    payload = await update(api, "anna", dossierId=api.id("Dossier", other.id))
    assert payload["document"]["dossier"] == {"name": "Ander"}


async def test_the_revision_rises_with_every_change(api: Api) -> None:
    revisions = [(await update(api, "anna"))["document"]["revision"] for _ in range(3)]
    assert revisions == [2, 3, 4]


async def test_a_client_sees_the_revision_rise_with_every_change_of_what_he_sees(api: Api) -> None:
    query = "query ($id: ID!) { document(id: $id) { revision updatedBy { displayName } } }"
    for who, revision, name in (("anna", 2, "Anna Lindeman"), ("arthur", 3, "Arthur Maes")):
        await update(api, who)
        seen = await api.gets("bert", query, id=api.id("Document", api.world.document.id))
        assert seen["document"] == {"revision": revision, "updatedBy": {"displayName": name}}


async def test_a_change_is_remembered_by_the_names_of_what_changed(api: Api) -> None:
    await update(api, "anna", description="Nieuw", categoryIds=[])
    event = await row(api, Event)
    assert (event.kind, event.account_id, event.document_id) == (
        "document.updated",
        api.world.accounts["anna"].id,
        api.world.document.id,
    )
    assert event.details == {"changed": ["category_ids", "description"]}
    assert await rows(api, Letter) == []


async def test_at_the_revision_that_was_seen_the_change_is_made(api: Api) -> None:
    payload = await update(api, "anna", ifRevision=1, description="Nieuw")
    assert payload["userErrors"] == []
    assert await stands(api) == ("Nieuw", 2)


@pytest.mark.parametrize("seen", [0, -1, 1, 3, 2**31 - 1])
async def test_at_another_revision_nothing_is_changed(api: Api, seen: int) -> None:
    await update(api, "arthur", description="Van Arthur")
    payload = await update(api, "anna", ifRevision=seen, description="Van Anna", categoryIds=[])
    assert payload == {
        "document": None,
        "userErrors": [
            {
                "__typename": "ConflictError",
                "code": "CONFLICT",
                "path": ["input", "ifRevision"],
                "currentRevision": 2,
            }
        ],
    }
    assert await stands(api) == ("Van Arthur", 2)


async def test_of_several_who_saw_the_same_revision_one_changes_it(api: Api) -> None:
    for who in ("anna", "arthur"):
        await api.token(who)
    payloads = await asyncio.gather(
        *(update(api, who, ifRevision=1, description=who) for who in ("anna", "arthur") * 3)
    )
    done = [it["document"]["description"] for it in payloads if it["document"]]
    assert len(done) == 1
    assert await stands(api) == (done[0], 2)


MISTAKES: list[tuple[Said, tuple[str, str]]] = [
    (lambda _: {"description": None}, ("REQUIRED", "description")),
    (lambda _: {"description": ""}, ("REQUIRED", "description")),
    (lambda _: {"description": " \u00a0\t"}, ("REQUIRED", "description")),
    (lambda _: {"description": "x" * 256}, ("TOO_LONG", "description")),
    (lambda api: {"dossierId": api.id("Dossier", uuid4())}, ("NOT_FOUND", "dossierId")),
    (lambda api: {"dossierId": relation(api, "bert")}, ("NOT_FOUND", "dossierId")),
    (lambda _: {"dossierId": "x"}, ("INVALID", "dossierId")),
    (lambda api: {"categoryIds": [api.id("Category", uuid4())]}, ("NOT_FOUND", "categoryIds")),
    (
        lambda api: {
            "categoryIds": [
                category(api, "wills"),
                api.id("Category", api.world.other_firm.categories["wills"]),
            ]
        },
        ("NOT_FOUND", "categoryIds"),
    ),
    (lambda _: {"categoryIds": ["é"]}, ("INVALID", "categoryIds")),
    (
        lambda api: {"categoryIds": [api.id("Category", uuid4()) for _ in range(101)]},
        ("INVALID", "categoryIds"),
    ),
    (lambda api: {"relationIds": [api.id("Relation", uuid4())]}, ("NOT_FOUND", "relationIds")),
    (lambda _: {"relationIds": [""]}, ("INVALID", "relationIds")),
    (lambda _: {"documentId": "x"}, ("INVALID", "documentId")),
]


@pytest.mark.parametrize(("said", "mistake"), MISTAKES)
async def test_what_cannot_be_changes_nothing(api: Api, said: Said, mistake: tuple[str, str]) -> None:
    payload = await update(api, "anna", **{"description": "Nieuw"} | said(api))
    assert payload["document"] is None
    assert mistakes(payload) == [(mistake[0], ["input", mistake[1]])]
    assert await stands(api) == ("Huwelijkscontract", 1)
    assert await rows(api, Event) == []


async def may(api: Api, who: str, rights: Right) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts[who].id, rights, source="CATEGORY_RULE")


async def test_a_client_with_the_right_to_change_may_say_it_otherwise(api: Api) -> None:
    await may(api, "bert", Right.UPDATE)
    payload = await update(api, "bert", description="Ons contract", documentDate="2020-01-01")
    assert payload["userErrors"] == []
    assert payload["document"]["updatedBy"] == {"displayName": "Bert Callewaert"}
    assert await stands(api) == ("Ons contract", 2)


@pytest.mark.parametrize("value", [None, "some"])
@pytest.mark.parametrize("argument", ["dossierId", "categoryIds", "relationIds"])
async def test_a_client_never_classifies(api: Api, argument: str, value: str | None) -> None:
    await may(api, "bert", ALL_RIGHTS)
    some = {
        "dossierId": api.id("Dossier", api.world.dossier.id),
        "categoryIds": [category(api, "contracts")],
        "relationIds": [relation(api, "bert")],
    }
    said = {argument: value and some[argument]}
    payload = await update(api, "bert", description="Nieuw", **said)
    assert mistakes(payload) == [("FORBIDDEN", ["input", argument])]
    assert await stands(api) == ("Huwelijkscontract", 1)


async def test_who_may_only_read_may_not_change(api: Api) -> None:
    payload = await update(api, "bert", description="Nieuw")
    assert mistakes(payload) == [("FORBIDDEN", ["input", "documentId"])]
    assert await stands(api) == ("Huwelijkscontract", 1)


async def test_who_may_not_change_is_not_told_the_revision(api: Api) -> None:
    payload = await update(api, "bert", ifRevision=77, description="Nieuw")
    assert mistakes(payload) == [("FORBIDDEN", ["input", "documentId"])]


async def test_what_cannot_be_read_is_not_found_like_what_never_was(api: Api) -> None:
    # given a right to change without one to read, what is deleted, and what is another firm's
    await may(api, "carla", Right.UPDATE)
    async with writing(api) as firm:
        gone = await firm.document("Weg", api.world.accounts["anna"])
        await firm.grant(gone, api.world.accounts["carla"].id, ALL_RIGHTS)
    await delete_document(api, gone.id)

    async def answer(key: Any) -> bytes:
        said = {"documentId": api.id("Document", key), "description": "Nieuw", "ifRevision": 9}
        return await answer_to(api, "carla", UPDATE, input=said)

    # then
    never = await answer(uuid4())
    assert b'"NOT_FOUND","path":["input","documentId"]' in never
    for key in (api.world.document.id, gone.id, api.world.foreign_document.id, api.world.dossier.id):
        assert await answer(key) == never


async def test_nobody_changes_nothing(api: Api) -> None:
    said = {"documentId": api.id("Document", api.world.document.id), "description": "Nieuw"}
    assert await refused_fields(api, "nobody", UPDATE, input=said) == [
        ("UNAUTHENTICATED", ["updateDocument"])
    ]
    assert await stands(api) == ("Huwelijkscontract", 1)


async def test_the_client_sees_a_new_category_at_once(api: Api) -> None:
    await update(api, "anna", categoryIds=[category(api, "wills")])
    seen = "{ documents { nodes { categories { name } } } categories { name } }"
    assert await api.gets("bert", seen) == {
        "documents": {"nodes": [{"categories": [{"name": "Testament"}]}]},
        "categories": [{"name": "Testament"}],
    }


async def test_a_new_description_is_found_at_once(api: Api) -> None:
    await update(api, "anna", description="Château")
    query = '{ documents(filter: {descriptionContains: "CHATEAU"}) { totalCount } }'
    assert await api.gets("bert", query) == {"documents": {"totalCount": 1}}


async def test_taking_the_link_away_leaves_the_right(api: Api) -> None:
    await update(api, "anna", relationIds=[], dossierId=None)
    assert await api.gets("bert", "{ documents { totalCount } }") == {"documents": {"totalCount": 1}}


ARCHIVED = "wills"


async def archive(api: Api) -> str:
    """Archive a category, and return its id."""
    await set_values(api, Category, api.world.firm.categories[ARCHIVED], is_archived=True)
    return category(api, ARCHIVED)


async def test_an_archived_category_is_given_to_no_document_any_more(api: Api) -> None:
    archived = await archive(api)
    for said in ([archived], [category(api, "contracts"), archived]):
        payload = await update(api, "anna", categoryIds=said)
        assert mistakes(payload) == [("INVALID", ["input", "categoryIds"])]
    assert await stands(api) == ("Huwelijkscontract", 1)
    sent = await api.upload("anna", "a.txt", b"words", categoryIds=[archived])
    assert mistakes(sent) == [("INVALID", ["input", "categoryIds"])]


async def test_a_document_keeps_a_category_that_was_archived_until_it_is_taken_out(api: Api) -> None:
    await update(api, "anna", categoryIds=[category(api, ARCHIVED)])
    archived = await archive(api)
    payload = await update(api, "anna", categoryIds=[archived, category(api, "deeds")])
    assert payload["document"]["categories"] == [{"name": "Deeds"}, {"name": "Will"}]
    payload = await update(api, "anna", categoryIds=[category(api, "deeds")])
    assert payload["document"]["categories"] == [{"name": "Deeds"}]
    payload = await update(api, "anna", categoryIds=[archived])
    assert mistakes(payload) == [("INVALID", ["input", "categoryIds"])]
