"""A version is made of a file or of an upload: one of the two, whole, in time and once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from models import Document, DocumentVersion, Event, Upload
from tests.api import Api
from tests.conftest import UPLOAD_LIMIT, SetClock
from tests.journeys.answers import mistakes
from tests.journeys.filing import (
    PDF,
    WORDS,
    add_file,
    add_version,
    complete,
    gives,
    key_of,
    objects,
    paper_of,
    put,
    sent,
    set_rights,
    ticket_of,
    url_of,
    version_of,
)
from tests.journeys.rows import row, rows, set_values

AT_DOCUMENT = ["input", "documentId"]
AT_UPLOAD = ["input", "uploadId"]
NEW = b"a new text\n"


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent, who may change it: its id."""
    id_ = await paper_of(api, "bert")
    await set_rights(api, id_, "bert", "READ", "UPDATE")
    return id_


async def unchanged(api: Api, id_: str, held: set[str]) -> bool:
    """Return whether a document has its first version alone, and the store what it had."""
    versions = await rows(api, DocumentVersion, document_id=key_of(api, id_))
    events = await rows(api, Event, kind="document.version_added")
    return (len(versions), list(events), await objects(api)) == (1, [], held)


async def test_a_version_is_either_a_file_or_an_upload(api: Api, paper: str) -> None:
    before = await objects(api)
    upload_id = await sent(api, "bert")
    kept = await objects(api)
    neither = await add_version(api, "bert", paper)
    both = await add_file(api, "bert", paper, NEW, uploadId=upload_id)
    for payload in (neither, both):
        assert (payload["document"], mistakes(payload)) == (None, [("REQUIRED", ["input"])])
    assert await unchanged(api, paper, kept)
    assert len(kept - before) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "REQUIRED"),
        ("a.txt", b"x" * (UPLOAD_LIMIT + 1), "TOO_LARGE"),
        ("a.html", b"<html>", "UNSUPPORTED_TYPE"),
        ("a.png", PDF, "UNSUPPORTED_TYPE"),
    ],
)
async def test_a_file_that_is_refused_leaves_no_trace(
    api: Api, paper: str, name: str, content: bytes, code: str
) -> None:
    before = await objects(api)
    payload = await add_file(api, "bert", paper, content, name)
    assert (payload["document"], mistakes(payload)) == (None, [(code, ["input", "file"])])
    assert await unchanged(api, paper, before)


async def test_a_file_is_a_part_of_the_request(api: Api, paper: str) -> None:
    payload = await add_version(api, "bert", paper, file="a.txt")
    assert (payload["document"], mistakes(payload)) == (None, [("REQUIRED", ["input", "file"])])


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ({"documentId": "x"}, ("INVALID", AT_DOCUMENT)),
        ({"uploadId": "x"}, ("INVALID", AT_UPLOAD)),
    ],
)
async def test_a_malformed_id_is_invalid(
    api: Api, paper: str, said: dict[str, str], mistake: tuple[str, list[str]]
) -> None:
    given = {"documentId": paper, "uploadId": await sent(api, "bert")} | said
    payload = await add_version(api, "bert", given.pop("documentId"), **given)
    assert (payload["document"], mistakes(payload)) == (None, [mistake])


async def test_an_upload_that_is_not_there_makes_no_version(api: Api, clock: SetClock, paper: str) -> None:
    ticket = await ticket_of(api, "bert", NEW)
    never = await add_version(api, "bert", paper, uploadId=api.id("Upload", uuid4()))
    assert mistakes(never) == [("NOT_FOUND", AT_UPLOAD)]
    # Of somebody who may change the document.
    assert mistakes(await add_version(api, "anna", paper, uploadId=ticket["id"])) == mistakes(never)
    early = await add_version(api, "bert", paper, uploadId=ticket["id"])
    assert mistakes(early) == [("REQUIRED", AT_UPLOAD)]
    await put(api, ticket, NEW)
    clock.advance(timedelta(hours=24))
    api.tokens.clear()
    late = await add_version(api, "bert", paper, uploadId=ticket["id"])
    assert mistakes(late) == [("EXPIRED", AT_UPLOAD)]
    assert (await row(api, Document, id=key_of(api, paper))).current_version == 1


async def test_an_upload_makes_one_version_however_often_it_is_asked(api: Api, paper: str) -> None:
    upload_id = await sent(api, "bert", NEW)
    answers = await asyncio.gather(*(add_version(api, "bert", paper, uploadId=upload_id) for _ in range(4)))
    assert all(it == answers[0] and it["userErrors"] == [] for it in answers)
    assert await add_version(api, "bert", paper, uploadId=upload_id) == answers[0]
    assert (await row(api, Document, id=key_of(api, paper))).current_version == 2
    assert len(await rows(api, Event, kind="document.version_added")) == 1


async def test_an_upload_makes_a_version_of_one_document_alone(api: Api, paper: str) -> None:
    other = await paper_of(api, "bert")
    await set_rights(api, other, "bert", "READ", "UPDATE")
    upload_id = await sent(api, "bert", NEW)
    await add_version(api, "bert", paper, uploadId=upload_id)
    payload = await add_version(api, "bert", other, uploadId=upload_id)
    assert (payload["document"], mistakes(payload)) == (None, [("CONFLICT", AT_UPLOAD)])
    assert payload["userErrors"][0]["__typename"] == "InputError"
    made = (await complete(api, "bert", await sent(api, "bert", WORDS)))["document"]["id"]
    used = api.id("Upload", (await row(api, Upload, document_id=key_of(api, made))).id)
    assert mistakes(await add_version(api, "bert", other, uploadId=used)) == [("CONFLICT", AT_UPLOAD)]
    assert (await row(api, Document, id=key_of(api, other))).current_version == 1


async def test_two_who_add_at_once_add_two(api: Api, paper: str) -> None:
    for who in ("bert", "anna"):
        await api.token(who)
    uploads = {who: await sent(api, who, NEW) for who in ("bert", "anna")}
    await asyncio.gather(
        *(add_file(api, who, paper, NEW) for who in uploads),
        *(add_version(api, who, paper, uploadId=upload) for who, upload in uploads.items()),
    )
    document = await row(api, Document, id=key_of(api, paper))
    versions = await rows(api, DocumentVersion, document_id=document.id)
    assert document.current_version == 5
    assert sorted(it.number for it in versions) == [1, 2, 3, 4, 5]


async def test_rights_stay_as_they_were(api: Api, paper: str) -> None:
    query = "query ($id: ID!) { document(id: $id) { viewerCan } }"
    before = [await api.gets(who, query, id=paper) for who in ("bert", "anna", "carla")]
    await add_file(api, "bert", paper, NEW)
    assert [await api.gets(who, query, id=paper) for who in ("bert", "anna", "carla")] == before
    assert before[0]["document"]["viewerCan"] == ["READ", "UPDATE"]


async def test_an_old_version_is_kept_as_it_was(api: Api, paper: str) -> None:
    before = await version_of(api, paper)
    await add_file(api, "bert", paper, NEW)
    after = await version_of(api, paper)
    names = DocumentVersion.__table__.columns.keys()
    assert [getattr(after, it) for it in names] == [getattr(before, it) for it in names]
    await set_values(api, DocumentVersion, after.id, scan_state="INFECTED")
    assert await url_of(api, "bert", paper, version=1) is None
    assert (await gives(api, await url_of(api, "bert", paper))).content == NEW
