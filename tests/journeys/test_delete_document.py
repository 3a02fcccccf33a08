"""A document deleted and brought back: gone for everybody at once by every path; its rights stay (A30)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.rights import ALL_RIGHTS, Right
from models import Document, DocumentGrant, Event, Letter
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import answer_to, mistakes, refused_fields
from tests.journeys.people import add_account, add_advisor
from tests.journeys.rows import row, rows, writing
from tests.journeys.rules import UPDATE, can, events

DELETE = """
mutation ($input: DeleteDocumentInput!) {
  deleteDocument(input: $input) {
    deletedDocumentId userErrors { __typename code path ... on ConflictError { currentRevision } }
  }
}
"""
RESTORE = """
mutation ($input: RestoreDocumentInput!) {
  restoreDocument(input: $input) {
    document { description revision updatedAt viewerCan updatedBy { displayName } }
    userErrors { code path }
  }
}
"""
WAYS = """
query ($id: ID!, $dossier: ID!, $relation: ID!, $category: ID!) {
  document(id: $id) { id }
  node(id: $id) { id }
  nodes(ids: [$id]) { id }
  documents { totalCount nodes { id } }
  found: documents(filter: {descriptionContains: "huwelijk"}) { totalCount nodes { id } }
  dossier(id: $dossier) { documents { totalCount nodes { id } } }
  relation(id: $relation) { documents { totalCount nodes { id } } }
  category: node(id: $category) { ... on Category { documents { totalCount nodes { id } } } }
}
"""
EVERY_RIGHT = ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"]


def document(api: Api) -> str:
    return api.id("Document", api.world.document.id)


async def delete(api: Api, who: str, **said: Any) -> dict[str, Any]:
    said = {"documentId": document(api)} | said
    return (await api.gets(who, DELETE, input=said))["deleteDocument"]


async def restore(api: Api, who: str) -> dict[str, Any]:
    return (await api.gets(who, RESTORE, input={"documentId": document(api)}))["restoreDocument"]


async def give(api: Api, who: str, rights: Right) -> None:
    async with writing(api) as firm:
        await firm.grant(api.world.document, api.world.accounts[who].id, rights, source="CATEGORY_RULE")


async def is_there(api: Api) -> bool:
    return (await row(api, Document, id=api.world.document.id)).deleted_at is None


async def found_by(api: Api, who: str, id_: str) -> dict[str, Any]:
    """Return what somebody finds by every path there is to a document."""
    ids = {
        "dossier": api.id("Dossier", api.world.dossier.id),
        "relation": api.id("Relation", api.world.relations["bert"].id),
        "category": api.id("Category", api.world.firm.categories["contracts"]),
    }
    return await api.gets(who, WAYS, id=id_, **ids)


async def test_a_deleted_document_is_named_by_its_id(api: Api) -> None:
    assert await delete(api, "anna") == {"deletedDocumentId": document(api), "userErrors": []}
    gone = await row(api, Document, id=api.world.document.id)
    assert (gone.deleted_at, gone.deleted_by) == (START, api.world.accounts["anna"].id)


async def test_it_is_gone_at_once_for_everybody_by_every_path(api: Api) -> None:
    before = {who: await found_by(api, who, document(api)) for who in ("anna", "arthur", "bert")}
    one = {"totalCount": 1, "nodes": [{"id": document(api)}]}
    for found in before.values():
        assert found["document"] == found["node"] == {"id": document(api)}
        assert found["documents"] == found["found"] == found["dossier"]["documents"] == one
    await delete(api, "anna")
    none: dict[str, Any] = {"totalCount": 0, "nodes": []}
    for who in before:
        assert (who, await found_by(api, who, document(api))) == (
            who,
            {
                "document": None,
                "node": None,
                "nodes": [None],
                "documents": none,
                "found": none,
                "dossier": {"documents": none},
                "relation": {"documents": none},
                # a client sees the categories of what he may read
                "category": None if who == "bert" else {"documents": none},
            },
        )


async def test_its_category_leaves_the_clients_list_and_comes_back_with_it(api: Api) -> None:
    query = "{ categories { name } }"
    contracts = {"categories": [{"name": "Contracten"}]}
    assert await api.gets("bert", query) == contracts
    await delete(api, "anna")
    assert await api.gets("bert", query) == {"categories": []}
    await restore(api, "anna")
    assert await api.gets("bert", query) == contracts


@pytest.mark.parametrize("who", ["anna", "bert"])
async def test_an_address_that_was_handed_out_opens_nothing_any_more(api: Api, who: str) -> None:
    sent = (await api.upload("bert", "a.txt", b"words"))["document"]["id"]
    query = "query ($id: ID!) { document(id: $id) { contentUrl } }"
    url = (await api.gets(who, query, id=sent))["document"]["contentUrl"]
    assert (await api.http.get(url)).content == b"words"
    await delete(api, "arthur", documentId=sent)
    assert (await api.http.get(url)).status_code == 404
    await api.gets("arthur", RESTORE, input={"documentId": sent})
    assert (await api.http.get(url)).content == b"words"


async def test_nothing_more_can_be_done_with_it(api: Api) -> None:
    await delete(api, "anna")
    assert mistakes(await delete(api, "arthur")) == [("NOT_FOUND", ["input", "documentId"])]
    said = {"documentId": document(api), "description": "Nieuw"}
    assert mistakes((await api.gets("anna", UPDATE, input=said))["updateDocument"]) == [
        ("NOT_FOUND", ["input", "documentId"])
    ]


async def test_who_may_not_delete_it_is_refused(api: Api) -> None:
    await add_advisor(api, "nina", ALL_RIGHTS & ~Right.DELETE)
    for who in ("bert", "nina"):
        payload = await delete(api, who)
        assert payload["deletedDocumentId"] is None
        assert mistakes(payload) == [("FORBIDDEN", ["input", "documentId"])]
    assert await is_there(api)
    assert await rows(api, Event) == []


async def test_a_client_who_may_delete_it_does(api: Api) -> None:
    await give(api, "bert", Right.DELETE)
    assert (await delete(api, "bert"))["userErrors"] == []
    assert await can(api, "anna") is None


async def test_what_cannot_be_read_is_not_found_like_what_never_was(api: Api) -> None:
    await give(api, "carla", Right.DELETE)

    async def answer(key: UUID) -> bytes:
        return await answer_to(api, "carla", DELETE, input={"documentId": api.id("Document", key)})

    never = await answer(uuid4())
    assert b'"NOT_FOUND","path":["input","documentId"]' in never
    for key in (api.world.document.id, api.world.foreign_document.id, api.world.dossier.id):
        assert await answer(key) == never
    assert await is_there(api)


async def test_nobody_deletes_and_nobody_restores(api: Api) -> None:
    said = {"documentId": document(api)}
    for query, name in ((DELETE, "deleteDocument"), (RESTORE, "restoreDocument")):
        assert await refused_fields(api, "nobody", query, input=said) == [("UNAUTHENTICATED", [name])]
    assert await is_there(api)


@pytest.mark.parametrize("id_", ["", "x", "é"])
async def test_a_malformed_id_is_invalid(api: Api, id_: str) -> None:
    assert mistakes(await delete(api, "anna", documentId=id_)) == [("INVALID", ["input", "documentId"])]
    payload = await api.gets("anna", RESTORE, input={"documentId": id_})
    assert mistakes(payload["restoreDocument"]) == [("INVALID", ["input", "documentId"])]


async def test_at_another_revision_than_the_one_that_was_seen_it_stays(api: Api) -> None:
    assert await delete(api, "anna", ifRevision=7) == {
        "deletedDocumentId": None,
        "userErrors": [
            {
                "__typename": "ConflictError",
                "code": "CONFLICT",
                "path": ["input", "ifRevision"],
                "currentRevision": 1,
            }
        ],
    }
    assert await is_there(api)
    assert (await delete(api, "anna", ifRevision=1))["userErrors"] == []


async def test_it_comes_back_to_everybody_with_the_rights_that_each_had(api: Api, clock: SetClock) -> None:
    await give(api, "carla", Right.READ | Right.UPDATE)
    cast = ("anna", "arthur", "bert", "carla", "dirk")
    had = {who: await can(api, who) for who in cast}
    grants = {(it.id, it.rights) for it in await rows(api, DocumentGrant)}
    await delete(api, "anna")
    assert {who: await can(api, who) for who in cast} == dict.fromkeys(cast)
    clock.advance(timedelta(minutes=5))
    payload = await restore(api, "arthur")
    assert payload == {
        "document": {
            "description": "Huwelijkscontract",
            "revision": 3,
            "updatedAt": (START + timedelta(minutes=5)).isoformat(),
            "viewerCan": EVERY_RIGHT,
            "updatedBy": {"displayName": "Arthur Maes"},
        },
        "userErrors": [],
    }
    assert {who: await can(api, who) for who in cast} == had
    assert {(it.id, it.rights) for it in await rows(api, DocumentGrant)} == grants
    there = await row(api, Document, id=api.world.document.id)
    assert (there.deleted_at, there.deleted_by) == (None, None)


async def test_the_date_that_a_client_sees_is_as_it_was(api: Api, clock: SetClock) -> None:
    query = "{ documents { nodes { updatedAt revision } } }"
    before = await api.gets("bert", query)
    clock.advance(timedelta(minutes=5))
    await delete(api, "anna")
    await restore(api, "anna")
    assert await api.gets("bert", query) == before


async def test_only_who_could_delete_it_brings_it_back(api: Api) -> None:
    await add_advisor(api, "nina", ALL_RIGHTS & ~Right.DELETE)
    await add_advisor(api, "nora", ALL_RIGHTS & ~Right.READ)
    await add_account(api, "olga", "AUDITOR")
    await delete(api, "anna")
    never = mistakes(
        (await api.gets("anna", RESTORE, input={"documentId": api.id("Document", uuid4())}))[
            "restoreDocument"
        ]
    )
    assert never == [("NOT_FOUND", ["input", "documentId"])]
    for who in ("bert", "carla", "nina", "nora", "olga", "eva"):
        payload = await restore(api, who)
        assert (who, payload["document"], mistakes(payload)) == (who, None, never)
    assert not await is_there(api)


async def test_a_client_who_could_delete_it_brings_it_back(api: Api) -> None:
    await give(api, "bert", Right.DELETE)
    await delete(api, "anna")
    payload = await restore(api, "bert")
    assert payload["document"]["viewerCan"] == ["READ", "DELETE"]


async def test_what_is_there_cannot_be_brought_back(api: Api) -> None:
    assert mistakes(await restore(api, "anna")) == [("NOT_FOUND", ["input", "documentId"])]
    assert await rows(api, Event) == []


async def test_both_are_remembered_and_told_to_nobody(api: Api) -> None:
    await delete(api, "anna")
    await restore(api, "arthur")
    found = [(it.kind, it.account_id, it.document_id) for it in await rows(api, Event)]
    key = api.world.document.id
    assert sorted(found) == [
        ("document.deleted", api.world.accounts["anna"].id, key),
        ("document.restored", api.world.accounts["arthur"].id, key),
    ]
    assert await rows(api, Letter) == []


async def test_of_several_who_delete_it_at_once_one_does(api: Api) -> None:
    for who in ("anna", "arthur"):
        await api.token(who)
    answers = await asyncio.gather(*(delete(api, who) for who in ("anna", "arthur") * 2))
    assert sum(it["deletedDocumentId"] is not None for it in answers) == 1
    assert len(await events(api, "document.deleted")) == 1
