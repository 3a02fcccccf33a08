"""The versions of a document as its readers list them, the newest first, and find them by their ids."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from core.rights import Right
from models import Document, DocumentVersion
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import refusals
from tests.journeys.filing import PDF, WORDS, add_file, key_of, paper_of, set_rights, version_of
from tests.journeys.rows import block, delete_document, row, rows, set_values, writing

VERSIONS = """
query ($id: ID!, $first: Int, $after: String) {
  document(id: $id) {
    versions(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { number } }
      nodes {
        id number fileName mediaType byteSize sha256 scanState createdAt createdBy { displayName }
      }
    }
  }
}
"""
NODE = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on DocumentVersion { number sha256 } } }"


@pytest.fixture
async def paper(api: Api, clock: SetClock) -> str:
    """A document with five versions, of Bert and of Anna in turn."""
    id_ = await paper_of(api, "bert")
    await set_rights(api, id_, "bert", "READ", "UPDATE")
    for number in range(2, 6):
        clock.advance(timedelta(minutes=1))
        who = "anna" if number % 2 == 0 else "bert"
        await add_file(api, who, id_, WORDS * number, f"{number}.txt")
    return id_


async def listed(api: Api, who: str, id_: str, **asked: Any) -> dict[str, Any]:
    return (await api.gets(who, VERSIONS, id=id_, **asked))["document"]["versions"]


@pytest.mark.parametrize("who", ["bert", "anna", "arthur"])
async def test_every_reader_lists_all_of_them(api: Api, paper: str, who: str) -> None:
    found = await listed(api, who, paper)
    assert (found["totalCount"], [it["number"] for it in found["nodes"]]) == (5, [5, 4, 3, 2, 1])
    assert [it["node"]["number"] for it in found["edges"]] == [5, 4, 3, 2, 1]
    ids = [it.pop("id") for it in found["nodes"]]
    assert ids == [api.id("DocumentVersion", (await version_of(api, paper, it)).id) for it in (5, 4, 3, 2, 1)]
    assert found["nodes"][0] == {
        "number": 5,
        "fileName": "5.txt",
        "mediaType": "text/plain",
        "byteSize": len(WORDS) * 5,
        "sha256": sha256(WORDS * 5).hexdigest(),
        "scanState": "NOT_SCANNED",
        "createdAt": (START + timedelta(minutes=4)).isoformat(),
        "createdBy": {"displayName": "Bert Callewaert"},
    }
    assert (found["nodes"][4]["mediaType"], found["nodes"][4]["byteSize"]) == ("application/pdf", len(PDF))


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_they_come_page_by_page(api: Api, paper: str, size: int) -> None:
    seen: list[int] = []
    after: str | None = None
    while True:
        page = await listed(api, "bert", paper, first=size, after=after)
        assert page["totalCount"] == 5
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        seen += [it["number"] for it in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [5, 4, 3, 2, 1]


async def test_one_that_is_added_meanwhile_moves_no_page(api: Api, paper: str) -> None:
    first = await listed(api, "bert", paper, first=2)
    await add_file(api, "anna", paper, WORDS)
    second = await listed(api, "bert", paper, first=2, after=first["pageInfo"]["endCursor"])
    assert [it["number"] for it in second["nodes"]] == [3, 2]


async def test_versions_of_several_documents_are_listed_at_once(api: Api, paper: str) -> None:
    other = await paper_of(api, "bert")
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Document { versions(first: 2) { totalCount nodes { number } } } } }"""
    found = (await api.gets("bert", query, ids=[other, paper]))["nodes"]
    assert [it["versions"] for it in found] == [
        {"totalCount": 1, "nodes": [{"number": 1}]},
        {"totalCount": 5, "nodes": [{"number": 5}, {"number": 4}]},
    ]


@pytest.mark.parametrize(
    ("asked", "argument"),
    [({"first": 0}, "first"), ({"first": 101}, "first"), ({"after": "x"}, "after")],
)
async def test_a_page_that_cannot_be_is_invalid(
    api: Api, paper: str, asked: dict[str, Any], argument: str
) -> None:
    assert await refusals(api, "bert", VERSIONS, id=paper, **asked) == [("INVALID", [argument])]


async def found_by(api: Api, who: str, *ids: str) -> list[Any]:
    return (await api.gets(who, NODE, ids=ids))["nodes"]


async def test_a_version_is_found_by_its_id_while_its_document_may_be_read(api: Api, paper: str) -> None:
    found = await rows(api, DocumentVersion, document_id=key_of(api, paper))
    versions = sorted(found, key=lambda it: it.number)
    ids = [api.id("DocumentVersion", it.id) for it in versions]
    expected = [
        {"__typename": "DocumentVersion", "id": id_, "number": it.number, "sha256": it.sha256.hex()}
        for id_, it in zip(ids, versions, strict=True)
    ]
    for who in ("bert", "anna", "arthur"):
        assert await found_by(api, who, *ids) == expected
    for who in ("carla", "dirk", "eva"):
        assert await found_by(api, who, *ids) == [None] * 5
    async with writing(api) as firm:
        document = await row(api, Document, id=key_of(api, paper))
        await firm.grant(document, api.world.accounts["carla"].id, Right.READ)
    assert await found_by(api, "carla", *reversed(ids)) == expected[::-1]
    await set_rights(api, paper, "bert")
    assert await found_by(api, "bert", *ids) == [None] * 5
    await delete_document(api, key_of(api, paper))
    assert await found_by(api, "anna", *ids) == [None] * 5


async def test_ids_of_what_can_be_read_and_what_can_not_keep_their_places(api: Api, paper: str) -> None:
    his = api.id("DocumentVersion", (await version_of(api, paper)).id)
    theirs = api.id("DocumentVersion", (await version_of(api, await paper_of(api, "carla"))).id)
    never = api.id("DocumentVersion", uuid4())
    found = await found_by(api, "bert", theirs, his, never, his)
    assert [it and it["id"] for it in found] == [None, his, None, his]


async def test_who_sent_a_version_in_is_told_as_far_as_he_is_known(api: Api, paper: str) -> None:
    found = await listed(api, "bert", paper)
    makers = [it["createdBy"]["displayName"] for it in found["nodes"]]
    assert makers == ["Bert Callewaert", "Anna Lindeman"] * 2 + ["Bert Callewaert"]
    await block(api, "bert")
    found = await listed(api, "anna", paper)
    assert found["nodes"][0]["createdBy"] == {"displayName": "Bert Callewaert"}
    version = await version_of(api, paper, 2)
    await set_values(api, DocumentVersion, version.id, created_by=None)
    assert (await listed(api, "anna", paper))["nodes"][3]["createdBy"] is None
