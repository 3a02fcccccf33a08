"""A large file in steps: announced, sent, and made a document of, as if it had been uploaded at once."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from models import (
    Account,
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentRelation,
    DocumentVersion,
    Event,
    Letter,
    Licence,
    Upload,
)
from tests.api import Api
from tests.conftest import LARGE_UPLOAD_LIMIT, START, SetClock
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.filing import (
    CREATE,
    PDF,
    WORDS,
    announce,
    complete,
    gives,
    key_of,
    put,
    sent,
    ticket_of,
    url_of,
)
from tests.journeys.people import add_account
from tests.journeys.programs import lets_in
from tests.journeys.rows import row, rows, writing

AT_UPLOAD = ["input", "uploadId"]


async def add_program(api: Api) -> None:
    """Let a program join the cast that reads and writes documents."""
    await lets_in(api, "CRM", "DOCUMENTS_READ", "DOCUMENTS_WRITE")
    account = await row(api, Account, role="SERVICE")
    api.world.accounts["CRM"] = account


async def all_of(api: Api, id_: str) -> dict[str, Any]:
    """Return all that rows say of a document, but for what no two documents have in common."""
    document_id = key_of(api, id_)
    document = await row(api, Document, id=document_id)
    version = await row(api, DocumentVersion, document_id=document_id)
    grants = await rows(api, DocumentGrant, document_id=document_id)
    events = await rows(api, Event, document_id=document_id)
    found: dict[str, Any] = {
        "grants": {(it.principal_id, it.rights, it.source, it.granted_by) for it in grants},
        "relations": {it.relation_id for it in await rows(api, DocumentRelation, document_id=document_id)},
        "categories": {it.category_id for it in await rows(api, DocumentCategory, document_id=document_id)},
        "events": {(it.kind, it.account_id, it.occurred_at) for it in events},
    }
    apart = {"id", "document_id", "object_key", "sealed_key"}
    for it in (document, version):
        names = it.__table__.columns.keys()
        found |= {f"{it.__tablename__}.{name}": getattr(it, name) for name in names if name not in apart}
    return found


async def letters(api: Api) -> list[tuple[Any, ...]]:
    """Return what letters there are, and take them out."""
    found = [(it.kind, it.recipient, it.language, it.details) for it in await rows(api, Letter)]
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        for it in await rows(api, Letter):
            await session.delete(await session.merge(it))
    return found


def said_by(api: Api, who: str) -> dict[str, Any]:
    """Return what staff say of a document; a client only dates it."""
    said: dict[str, Any] = {"description": "  Chateau Frankrijk ", "documentDate": "2020-02-29"}
    if who in {"bert", "CRM"}:
        return said
    return said | {
        "dossierId": api.id("Dossier", api.world.dossier.id),
        "categoryIds": [api.id("Category", api.world.firm.categories[it]) for it in ("wills", "deeds")],
        "relationIds": [api.id("Relation", api.world.relations[it].id) for it in ("carla", "bert")],
    }


@pytest.mark.parametrize("who", ["bert", "anna", "CRM"])
async def test_in_steps_it_becomes_the_same_document_as_at_once(api: Api, who: str) -> None:
    await add_program(api)
    at_once = (await api.upload(who, "Akte Élan.pdf", PDF, **said_by(api, who)))["document"]["id"]
    expected = await letters(api)
    payload = await complete(api, who, await sent(api, who, PDF, "Akte Élan.pdf"), **said_by(api, who))
    assert payload["userErrors"] == []
    in_steps = payload["document"].pop("id")
    assert payload["document"] == {
        "description": "Chateau Frankrijk",
        "fileName": "Akte Élan.pdf",
        "byteSize": len(PDF),
        "sha256": sha256(PDF).hexdigest(),
        "mediaType": "application/pdf",
        "scanState": "NOT_SCANNED",
    }
    assert in_steps != at_once
    assert await all_of(api, in_steps) == await all_of(api, at_once)
    assert await letters(api) == expected
    assert len(expected) == (1 if who == "bert" else 0)
    assert (await gives(api, await url_of(api, who, in_steps))).content == PDF


async def test_the_ticket_says_how_to_send_the_file(api: Api) -> None:
    ticket = await ticket_of(api, "bert", PDF, "a.pdf")
    assert ticket.pop("url").startswith("http://kluis.test/upload/")
    assert key_of(api, ticket.pop("id")) == (await row(api, Upload)).id
    assert ticket == {
        "headers": [{"name": "Content-Type", "value": "application/pdf"}],
        "maxByteSize": len(PDF),
        "expiresAt": (START + timedelta(hours=24)).isoformat(),
    }


async def test_nothing_is_a_document_before_it_is_complete(api: Api) -> None:
    await sent(api, "bert")
    assert len(await rows(api, Document)) == 1
    assert (await rows(api, Event), await rows(api, Letter)) == ([], [])


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "a page": ({"fileName": "a.html", "mediaType": "text/html"}, ("UNSUPPORTED_TYPE", "fileName")),
    "no extension": ({"fileName": "a"}, ("UNSUPPORTED_TYPE", "fileName")),
    "no name": ({"fileName": ""}, ("UNSUPPORTED_TYPE", "fileName")),
    "another type": ({"mediaType": "application/pdf"}, ("UNSUPPORTED_TYPE", "mediaType")),
    "no type": ({"mediaType": ""}, ("UNSUPPORTED_TYPE", "mediaType")),
    "too much": ({"byteSize": LARGE_UPLOAD_LIMIT + 1}, ("TOO_LARGE", "byteSize")),
    "nothing": ({"byteSize": 0}, ("INVALID", "byteSize")),
    "an empty key": ({"idempotencyKey": ""}, ("INVALID", "idempotencyKey")),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_when_it_is_announced(api: Api, name: str) -> None:
    said, (code, argument) = REFUSED[name]
    payload = await announce(api, "bert", **said)
    assert payload["upload"] is None
    assert mistakes(payload) == [(code, ["input", argument])]
    assert await rows(api, Upload) == []


@pytest.mark.parametrize(
    "said",
    [
        {"byteSize": LARGE_UPLOAD_LIMIT},
        {"mediaType": " Text/Plain ; charset=utf-8"},
        {"fileName": "../../etc/A.TXT"},
    ],
)
async def test_what_may_just_be_announced(api: Api, said: dict[str, Any]) -> None:
    assert (await announce(api, "bert", **said))["userErrors"] == []


async def test_a_firm_that_takes_files_that_run_takes_large_ones_too(api: Api) -> None:
    page, said = b"<!doctype html><html></html>", {"mediaType": "text/html"}
    licence_id = api.world.firm.licence_id
    async with api.ports.database.change(licence_id) as session:
        (await session.get_one(Licence, licence_id)).accepts_active_files = True
    payload = await complete(api, "bert", await sent(api, "bert", page, "a.html", **said))
    assert payload["document"]["mediaType"] == "text/html"
    answer = await gives(api, await url_of(api, "bert", payload["document"]["id"], disposition="INLINE"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_who_sends_no_documents_announces_none(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    payload = await announce(api, "olga")
    assert (payload["upload"], mistakes(payload)) == (None, [("FORBIDDEN", None)])
    await lets_in(api, "reader", "DOCUMENTS_READ")
    given = {"fileName": "a.txt", "byteSize": 1, "mediaType": "text/plain"}
    assert await refused_fields(api, "reader", CREATE, input=given) == [("FORBIDDEN", ["createUpload"])]
    assert await refused_fields(api, "nobody", CREATE, input=given) == [("UNAUTHENTICATED", ["createUpload"])]
    assert await rows(api, Upload) == []


async def wait_in_line(api: Api, who: str, count: int) -> list[UUID]:
    """Let so many uploads of somebody wait, and return their keys."""
    uploads = [
        Upload(
            licence_id=api.world.firm.licence_id,
            account_id=api.world.accounts[who].id,
            file_name="a.txt",
            media_type="text/plain",
            byte_size=1,
            expires_at=api.ports.clock.now() + timedelta(hours=24),
        )
        for _ in range(count)
    ]
    async with writing(api) as firm:
        for it in uploads:
            await firm.keep(it)
    return [it.id for it in uploads]


async def test_a_hundred_uploads_of_one_account_wait_at_once(api: Api) -> None:
    await wait_in_line(api, "bert", 99)
    upload_id = await sent(api, "bert")
    payload = await announce(api, "bert")
    assert mistakes(payload) == [("CONFLICT", None)]
    assert payload["userErrors"][0]["message"].startswith("100 ")
    assert (await announce(api, "carla"))["userErrors"] == []
    await complete(api, "bert", upload_id)
    assert (await announce(api, "bert"))["userErrors"] == []
    assert mistakes(await announce(api, "bert")) == [("CONFLICT", None)]


async def test_uploads_whose_time_is_over_wait_no_more(api: Api, clock: SetClock) -> None:
    await wait_in_line(api, "bert", 100)
    clock.advance(timedelta(hours=24))
    assert (await announce(api, "bert"))["userErrors"] == []


async def test_the_same_announcement_with_its_key_is_the_same_upload(api: Api) -> None:
    first = await ticket_of(api, "bert", idempotencyKey="once")
    again = await ticket_of(api, "bert", idempotencyKey="once")
    assert first["id"] == again["id"]
    assert (await put(api, again, WORDS)).status_code == 204
    other = await announce(api, "bert", PDF, "a.pdf", idempotencyKey="once")
    assert mistakes(other) == [("CONFLICT", ["input", "idempotencyKey"])]
    digest = await announce(api, "bert", idempotencyKey="once", sha256="0" * 64)
    assert mistakes(digest) == [("CONFLICT", ["input", "idempotencyKey"])]
    assert (await ticket_of(api, "carla", idempotencyKey="once"))["id"] != first["id"]
    assert len({(await ticket_of(api, "bert"))["id"] for _ in range(2)} | {first["id"]}) == 3
