"""A document's versions: who adds one, what the document is then, and that the old ones stay as they were."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from models import Account, Document, DocumentVersion, Event, Letter, Upload
from tests.api import Api
from tests.conftest import START, SetClock
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.filing import (
    ADD_VERSION,
    PDF,
    WORDS,
    add_file,
    add_version,
    gives,
    key_of,
    objects,
    paper_of,
    sent,
    set_rights,
    url_of,
)
from tests.journeys.programs import lets_in
from tests.journeys.rows import delete_document, row, rows

AT_DOCUMENT = ["input", "documentId"]
AT_UPLOAD = ["input", "uploadId"]
WAYS = ["file", "upload"]
NEW = b"a new text\n"


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent, who may change it: its id."""
    id_ = await paper_of(api, "bert")
    await set_rights(api, id_, "bert", "READ", "UPDATE")
    return id_


async def add(api: Api, who: str, id_: str, way: str, content: bytes = NEW, **said: Any) -> dict[str, Any]:
    """Return what addDocumentVersion answers, to a file or to an upload."""
    if way == "file":
        return await add_file(api, who, id_, content, "nieuw.txt", **said)
    return await add_version(api, who, id_, uploadId=await sent(api, who, content, "nieuw.txt"), **said)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["bert", "anna"])
async def test_a_document_is_what_its_newest_version_is(
    api: Api, clock: SetClock, paper: str, who: str, way: str
) -> None:
    before = await row(api, Document, id=key_of(api, paper))
    revision = before.content_revision if who == "bert" else before.revision
    clock.advance(timedelta(minutes=5))
    assert await add(api, who, paper, way) == {
        "document": {
            "id": paper,
            "fileName": "nieuw.txt",
            "byteSize": len(NEW),
            "sha256": sha256(NEW).hexdigest(),
            "mediaType": "text/plain",
            "revision": revision + 1,
            "updatedAt": (START + timedelta(minutes=5)).isoformat(),
            "updatedBy": {"displayName": {"bert": "Bert Callewaert", "anna": "Anna Lindeman"}[who]},
        },
        "userErrors": [],
    }
    after = await row(api, Document, id=key_of(api, paper))
    assert (after.current_version, after.revision, after.content_revision) == (
        2,
        before.revision + 1,
        before.content_revision + 1,
    )
    assert (after.content_updated_at, after.content_updated_by) == (after.updated_at, after.updated_by)
    event = await row(api, Event, kind="document.version_added")
    assert (event.account_id, event.document_id, event.details) == (
        api.world.accounts[who].id,
        key_of(api, paper),
        {"version": 2},
    )


@pytest.mark.parametrize("way", WAYS)
async def test_every_reader_opens_the_newest_and_the_old_ones(api: Api, paper: str, way: str) -> None:
    await add(api, "anna", paper, way)
    await add(api, "bert", paper, way, WORDS)
    for who in ("bert", "anna", "arthur"):
        for version, content in ((1, PDF), (2, NEW), (3, WORDS), (None, WORDS)):
            answer = await gives(api, await url_of(api, who, paper, version=version))
            assert (who, version, answer.content) == (who, version, content)
        assert await url_of(api, who, paper, version=4) is None
    assert len(await objects(api)) == 3


async def test_an_address_stays_that_of_the_version_it_was_made_for(api: Api, paper: str) -> None:
    url = await url_of(api, "bert", paper)
    await add(api, "anna", paper, "file")
    assert (await gives(api, url)).content == PDF


@pytest.mark.parametrize(("who", "told"), [("bert", {"anna@de-linde.example"}), ("anna", set[str]())])
@pytest.mark.parametrize("way", WAYS)
async def test_a_client_who_adds_a_version_tells_the_firm(
    api: Api, clock: SetClock, who: str, told: set[str], way: str
) -> None:
    id_ = await paper_of(api, "anna")
    document = await row(api, Document, id=key_of(api, id_))
    await link_to_bert(api, document)
    await set_rights(api, id_, "bert", "READ", "UPDATE")
    before = {it.id for it in await rows(api, Letter)}
    clock.advance(timedelta(minutes=5))
    await add(api, who, id_, way)
    new = [it for it in await rows(api, Letter) if it.id not in before]
    assert {(it.kind, it.recipient) for it in new} == {("document_uploaded", it) for it in told}


async def link_to_bert(api: Api, document: Document) -> None:
    query = """mutation ($input: UpdateDocumentInput!) {
      updateDocument(input: $input) { userErrors { code } } }"""
    relation = api.id("Relation", api.world.relations["bert"].id)
    said = {"documentId": api.id("Document", document.id), "relationIds": [relation]}
    assert (await api.gets("anna", query, input=said))["updateDocument"]["userErrors"] == []


# who --------------------------------------------------------------------------------------------------------


async def unchanged(api: Api, id_: str, held: set[str]) -> bool:
    """Return whether a document has its first version alone, and the store what it had."""
    document = await row(api, Document, id=key_of(api, id_))
    versions = await rows(api, DocumentVersion, document_id=document.id)
    events = await rows(api, Event, kind="document.version_added")
    return (document.current_version, len(versions), list(events), await objects(api)) == (1, 1, [], held)


@pytest.mark.parametrize("way", WAYS)
async def test_who_may_only_read_it_adds_nothing(api: Api, way: str) -> None:
    id_ = await paper_of(api, "bert")
    before = await objects(api)
    payload = await add(api, "bert", id_, way)
    assert (payload["document"], mistakes(payload)) == (None, [("FORBIDDEN", AT_DOCUMENT)])
    kept = set(filter(None, (it.object_key for it in await rows(api, Upload))))
    assert await unchanged(api, id_, before | kept)
    assert len(kept) == (1 if way == "upload" else 0)


@pytest.mark.parametrize("way", WAYS)
async def test_to_what_cannot_be_read_nothing_is_added_as_to_what_never_was(
    api: Api, paper: str, way: str
) -> None:
    never = await add(api, "carla", api.id("Document", uuid4()), way)
    assert mistakes(never) == [("NOT_FOUND", AT_DOCUMENT)]
    foreign = api.id("Document", api.world.foreign_document.id)
    for who, id_ in (("carla", paper), ("dirk", paper), ("eva", paper), ("anna", foreign)):
        payload = await add(api, who, id_, way)
        assert (payload["document"], mistakes(payload)) == (None, mistakes(never))
    await delete_document(api, key_of(api, paper))
    assert mistakes(await add(api, "bert", paper, way)) == mistakes(never)
    assert (await row(api, Document, id=key_of(api, paper))).current_version == 1


async def test_nobody_and_a_program_that_only_reads_add_nothing(api: Api, paper: str) -> None:
    await lets_in(api, "reader", "DOCUMENTS_READ")
    said = {"documentId": paper, "uploadId": await sent(api, "bert")}
    for who, code in (("nobody", "UNAUTHENTICATED"), ("reader", "FORBIDDEN")):
        assert await refused_fields(api, who, ADD_VERSION, input=said) == [(code, ["addDocumentVersion"])]


async def test_a_program_adds_a_version_where_it_may(api: Api) -> None:
    await lets_in(api, "CRM", "DOCUMENTS_READ", "DOCUMENTS_WRITE")
    api.world.accounts["CRM"] = await row(api, Account, role="SERVICE")
    id_ = await paper_of(api, "anna")
    await set_rights(api, id_, "CRM", "READ")
    assert mistakes(await add(api, "CRM", id_, "upload")) == [("FORBIDDEN", AT_DOCUMENT)]
    await set_rights(api, id_, "CRM", "READ", "UPDATE")
    for way in WAYS:
        assert (await add(api, "CRM", id_, way))["userErrors"] == []


@pytest.mark.parametrize("way", WAYS)
async def test_at_another_revision_than_the_one_that_was_seen_nothing_is_added(
    api: Api, paper: str, way: str
) -> None:
    before = await objects(api)
    revision = (await row(api, Document, id=key_of(api, paper))).revision
    payload = await add(api, "anna", paper, way, ifRevision=revision + 1)
    (error,) = payload["userErrors"]
    assert (payload["document"], error.pop("message") != "") == (None, True)
    assert error == {
        "__typename": "ConflictError",
        "code": "CONFLICT",
        "path": ["input", "ifRevision"],
        "currentRevision": revision,
    }
    kept = set(filter(None, (it.object_key for it in await rows(api, Upload))))
    assert await unchanged(api, paper, before | kept)
    assert (await add(api, "anna", paper, way, ifRevision=revision))["userErrors"] == []


async def test_a_client_adds_at_the_revision_that_he_sees(api: Api, paper: str) -> None:
    query = "query ($id: ID!) { document(id: $id) { revision } }"
    seen = {who: (await api.gets(who, query, id=paper))["document"]["revision"] for who in ("bert", "anna")}
    assert seen["bert"] != seen["anna"]
    payload = await add(api, "bert", paper, "file", ifRevision=seen["anna"])
    assert mistakes(payload) == [("CONFLICT", ["input", "ifRevision"])]
    assert payload["userErrors"][0]["currentRevision"] == seen["bert"]
    payload = await add(api, "bert", paper, "file", ifRevision=seen["bert"])
    assert payload["document"]["revision"] == seen["bert"] + 1
