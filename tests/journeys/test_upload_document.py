"""A document sent in, by an advisor or a client: what becomes of it, and what is refused without a trace."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from core.rights import ALL_RIGHTS, Right
from models import (
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentRelation,
    DocumentVersion,
    Dossier,
    Event,
    Letter,
    Relation,
)
from tests.api import UPLOAD, Api
from tests.conftest import START, UPLOAD_LIMIT, SetClock
from tests.journeys.answers import mistakes, refusals, send_file
from tests.journeys.rows import block, row, rows, set_values

PDF = b"%PDF-1.7\nenough of a head\n%%EOF\n"
BERT = "bert@callewaert.example"
ABOUT = """
query ($id: ID!) {
  document(id: $id) {
    description documentDate dossier { name } categories { name } relations { displayName }
    businessUnit { name } viewerCan revision createdBy { displayName } createdAt updatedAt scanState
  }
}
"""


async def seen_by(api: Api, who: str, payload: dict[str, Any]) -> dict[str, Any]:
    return (await api.gets(who, ABOUT, id=payload["document"]["id"]))["document"]


def ids(api: Api) -> dict[str, Any]:
    """Return what staff may say of a new document."""
    world = api.world
    return {
        "dossierId": api.id("Dossier", world.dossier.id),
        "categoryIds": [api.id("Category", world.firm.categories[key]) for key in ("wills", "deeds")],
        "relationIds": [api.id("Relation", world.relations[name].id) for name in ("carla", "bert")],
    }


async def test_an_upload_answers_with_the_document(api: Api) -> None:
    payload = await api.upload("anna", "Akte van Élan.pdf", PDF, description="  Akte  ")
    assert payload["userErrors"] == []
    assert payload["document"].pop("id").startswith("D")
    assert payload["document"] == {
        "description": "Akte",
        "fileName": "Akte van Élan.pdf",
        "byteSize": len(PDF),
        "sha256": sha256(PDF).hexdigest(),
        "mediaType": "application/pdf",
    }


async def test_an_advisor_says_all_of_it_at_once(api: Api) -> None:
    payload = await api.upload("anna", "a.pdf", PDF, documentDate="2020-02-29", **ids(api))
    assert await seen_by(api, "anna", payload) == {
        "description": "A paper",
        "documentDate": "2020-02-29",
        "dossier": {"name": "Test klantenportaal"},
        "categories": [{"name": "Deeds"}, {"name": "Will"}],
        "relations": [{"displayName": "Bert Callewaert"}, {"displayName": "Carla Verlinden"}],
        "businessUnit": {"name": "MAIN"},
        "viewerCan": ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"],
        "revision": 1,
        "createdBy": {"displayName": "Anna Lindeman"},
        "createdAt": START.isoformat(),
        "updatedAt": START.isoformat(),
        "scanState": "NOT_SCANNED",
    }


async def first_rights(api: Api) -> set[tuple[Any, int, str]]:
    """Return principal, rights and source of each grant on the one document that was sent."""
    document = await newest(api)
    found = await rows(api, DocumentGrant, document_id=document.id)
    return {(it.principal_id, it.rights, it.source) for it in found}


async def newest(api: Api) -> Document:
    """Return the one document that the world did not begin with."""
    (document,) = [it for it in await rows(api, Document) if it.id != api.world.document.id]
    return document


async def test_an_advisors_document_starts_with_the_rights_of_the_firm_and_its_maker(api: Api) -> None:
    await api.upload("anna", "a.pdf", PDF)
    assert await first_rights(api) == {
        (api.world.firm.administrators, ALL_RIGHTS, "DEFAULT"),
        (api.world.firm.users, ALL_RIGHTS, "DEFAULT"),
        (api.world.accounts["anna"].id, ALL_RIGHTS, "CREATOR"),
    }


async def test_an_advisors_document_is_nobodys_but_the_firms_until_it_is_shared(api: Api) -> None:
    payload = await api.upload("anna", "a.pdf", PDF, **ids(api))
    for who in ("bert", "carla", "dirk", "eva"):
        assert await seen_by(api, who, payload) is None
    assert await rows(api, Letter) == []


async def test_a_clients_document_is_his_to_read_and_all_the_firms(api: Api) -> None:
    payload = await api.upload("bert", "a.pdf", PDF)
    assert await first_rights(api) == {
        (api.world.firm.administrators, ALL_RIGHTS, "DEFAULT"),
        (api.world.firm.users, ALL_RIGHTS, "DEFAULT"),
        (api.world.accounts["bert"].id, Right.READ, "UPLOADER"),
    }
    assert (await seen_by(api, "bert", payload))["viewerCan"] == ["READ"]
    assert (await seen_by(api, "anna", payload))["viewerCan"] == [
        "READ",
        "UPDATE",
        "DELETE",
        "CHANGE_SECURITY",
    ]
    assert await seen_by(api, "carla", payload) is None


async def test_a_clients_document_hangs_on_him_without_category_or_dossier(api: Api) -> None:
    payload = await api.upload("bert", "a.pdf", PDF, description="Chateau Frankrijk")
    seen = await seen_by(api, "bert", payload)
    assert (seen["dossier"], seen["categories"]) == (None, [])
    assert seen["relations"] == [{"displayName": "Bert Callewaert"}]


async def test_a_clients_document_is_at_once_in_his_list_and_in_the_dossiers(api: Api) -> None:
    await api.upload("bert", "a.pdf", PDF, description="Chateau Frankrijk")
    mine = "{ documents { nodes { description } } }"
    assert await api.gets("bert", mine) == {
        "documents": {"nodes": [{"description": "Chateau Frankrijk"}, {"description": "Huwelijkscontract"}]}
    }
    dossiers = '{ dossiers(search: "klanten") { nodes { documents { totalCount nodes { description } } } } }'
    (dossier,) = (await api.gets("anna", dossiers))["dossiers"]["nodes"]
    assert dossier["documents"]["totalCount"] == 2
    assert {"description": "Chateau Frankrijk"} in dossier["documents"]["nodes"]


async def test_a_clients_own_empty_answers_are_no_classification(api: Api) -> None:
    nothing = {"dossierId": None, "categoryIds": None, "relationIds": None, "documentDate": None}
    payload = await api.upload("bert", "a.pdf", PDF, **nothing)
    assert payload["userErrors"] == []


async def told(api: Api) -> set[str]:
    return {it.recipient for it in await rows(api, Letter)}


async def test_the_dossiers_advisor_is_told_of_a_clients_document(api: Api) -> None:
    await api.upload("bert", "a.pdf", PDF, description="Geheim")
    letter = await row(api, Letter)
    assert (letter.kind, letter.recipient, letter.language, letter.state) == (
        "document_uploaded",
        "anna@de-linde.example",
        "EN",
        "QUEUED",
    )
    assert letter.details["client_name"] == "Bert Callewaert"
    assert "Geheim" not in str(letter.details)


async def test_without_a_dossiers_advisor_his_own_is_told(api: Api) -> None:
    await set_values(api, Dossier, api.world.dossier.id, manager_id=api.world.accounts["arthur"].id)
    await api.upload("bert", "a.pdf", PDF)
    assert await told(api) == {"arthur@de-linde.example"}
    await set_values(api, Dossier, api.world.dossier.id, manager_id=None)
    await api.upload("bert", "b.pdf", PDF)
    assert await told(api) == {"arthur@de-linde.example", "anna@de-linde.example"}


async def test_where_nobody_looks_after_him_the_administrator_is_told(api: Api) -> None:
    await api.upload("dirk", "a.pdf", PDF)
    assert await told(api) == {"arthur@de-linde.example"}


async def test_a_blocked_advisor_is_told_nothing(api: Api) -> None:
    await block(api, "anna")
    await api.upload("bert", "a.pdf", PDF)
    assert await told(api) == {"arthur@de-linde.example"}


async def test_what_an_advisor_sends_is_told_to_nobody(api: Api) -> None:
    await api.upload("anna", "a.pdf", PDF, **ids(api))
    assert await told(api) == set()


async def test_who_sent_it_and_when_is_remembered(api: Api, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=3))
    await api.upload("bert", "a.pdf", PDF)
    event = await row(api, Event)
    document = await newest(api)
    assert (event.kind, event.account_id, event.document_id, event.occurred_at) == (
        "document.uploaded",
        api.world.accounts["bert"].id,
        document.id,
        START + timedelta(minutes=3),
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\bert\\scan.txt", "scan.txt"),
        ("invoice\u202etxt.txt", "invoicetxt.txt"),
        (".txt", "document.txt"),
        (f"{'é' * 200}.txt", f"{'é' * 125}.txt"),
        ("SCAN.TXT", "SCAN.TXT"),
    ],
)
async def test_a_file_name_is_cleaned(api: Api, sent: str, kept: str) -> None:
    payload = await api.upload("bert", sent, b"words")
    assert payload["document"]["fileName"] == kept


def files(tmp_path: Path) -> list[Path]:
    return [it for it in (tmp_path / "files").rglob("*") if it.is_file()]


async def left_behind(api: Api, tmp_path: Path) -> list[object]:
    """Return all that an upload can leave, beside what the world began with."""
    own = api.world.document.id
    found: list[object] = [*files(tmp_path), *await rows(api, Letter), *await rows(api, Event)]
    found += [it for it in await rows(api, Document) if it.id != own]
    for kind in (DocumentVersion, DocumentGrant, DocumentRelation, DocumentCategory):
        found += [it for it in await rows(api, kind) if it.document_id != own]
    return found


Said = Callable[[Api], dict[str, Any]]
REFUSED: dict[str, tuple[str, str, bytes, Said, tuple[str, str]]] = {
    "an empty file": ("anna", "a.txt", b"", lambda _: {}, ("REQUIRED", "file")),
    "an empty file of a client": ("bert", "a.txt", b"", lambda _: {}, ("REQUIRED", "file")),
    "one byte too many": (
        "bert",
        "a.txt",
        b"x" * (UPLOAD_LIMIT + 1),
        lambda _: {},
        ("TOO_LARGE", "file"),
    ),
    "a page": ("bert", "a.html", b"<html>", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "a drawing with scripts": ("bert", "a.svg", b"<svg/>", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "a program": ("bert", "a.exe", b"MZ", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "no extension": ("bert", "a", b"words", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "a page that is called a PDF": ("bert", "a.pdf", b"<html>", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "a PDF that is called a picture": ("bert", "a.png", PDF, lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "bytes that are called words": ("bert", "a.txt", b"\0\1", lambda _: {}, ("UNSUPPORTED_TYPE", "file")),
    "no description": ("bert", "a.txt", b"x", lambda _: {"description": ""}, ("REQUIRED", "description")),
    "blanks": ("bert", "a.txt", b"x", lambda _: {"description": " \t\n"}, ("REQUIRED", "description")),
    "256 letters": (
        "anna",
        "a.txt",
        b"x",
        lambda _: {"description": "x" * 256},
        ("TOO_LONG", "description"),
    ),
    "300 letters": (
        "bert",
        "a.txt",
        b"x",
        lambda _: {"description": "x" * 300},
        ("TOO_LONG", "description"),
    ),
    "a dossier that never was": (
        "anna",
        "a.txt",
        b"x",
        lambda api: {"dossierId": api.id("Dossier", uuid4())},
        ("NOT_FOUND", "dossierId"),
    ),
    "a dossier that is a relation": (
        "anna",
        "a.txt",
        b"x",
        lambda api: {"dossierId": api.id("Relation", api.world.relations["bert"].id)},
        ("NOT_FOUND", "dossierId"),
    ),
    "another firm's category": (
        "anna",
        "a.txt",
        b"x",
        lambda api: {"categoryIds": [api.id("Category", api.world.other_firm.categories["wills"])]},
        ("NOT_FOUND", "categoryIds"),
    ),
    "one good and one foreign category": (
        "anna",
        "a.txt",
        b"x",
        lambda api: {
            "categoryIds": [
                api.id("Category", api.world.firm.categories["wills"]),
                api.id("Category", api.world.other_firm.categories["wills"]),
            ]
        },
        ("NOT_FOUND", "categoryIds"),
    ),
    "a relation of ours for another firm": (
        "eva",
        "a.txt",
        b"x",
        lambda api: {"relationIds": [api.id("Relation", api.world.relations["bert"].id)]},
        ("NOT_FOUND", "relationIds"),
    ),
    "a dossier of ours for another firm": (
        "eva",
        "a.txt",
        b"x",
        lambda api: {"dossierId": api.id("Dossier", api.world.dossier.id)},
        ("NOT_FOUND", "dossierId"),
    ),
    "101 categories": (
        "anna",
        "a.txt",
        b"x",
        lambda api: {"categoryIds": [api.id("Category", uuid4()) for _ in range(101)]},
        ("INVALID", "categoryIds"),
    ),
    "a malformed dossier": ("anna", "a.txt", b"x", lambda _: {"dossierId": "x"}, ("INVALID", "dossierId")),
    "a malformed category": (
        "anna",
        "a.txt",
        b"x",
        lambda _: {"categoryIds": ["é"]},
        ("INVALID", "categoryIds"),
    ),
    "a malformed relation": (
        "anna",
        "a.txt",
        b"x",
        lambda _: {"relationIds": [""]},
        ("INVALID", "relationIds"),
    ),
    "a client who classifies": (
        "bert",
        "a.txt",
        b"x",
        lambda api: {"categoryIds": ids(api)["categoryIds"]},
        ("FORBIDDEN", "categoryIds"),
    ),
    "a client who classifies with nothing": (
        "bert",
        "a.txt",
        b"x",
        lambda _: {"categoryIds": []},
        ("FORBIDDEN", "categoryIds"),
    ),
    "a client who files it": (
        "bert",
        "a.txt",
        b"x",
        lambda api: {"dossierId": ids(api)["dossierId"]},
        ("FORBIDDEN", "dossierId"),
    ),
    "a client who hangs it on his partner": (
        "bert",
        "a.txt",
        b"x",
        lambda api: {"relationIds": ids(api)["relationIds"]},
        ("FORBIDDEN", "relationIds"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_leaves_nothing_behind(api: Api, tmp_path: Path, name: str) -> None:
    who, file_name, content, said, (code, argument) = REFUSED[name]
    payload = await api.upload(who, file_name, content, **said(api))
    assert payload["document"] is None
    assert mistakes(payload) == [(code, ["input", argument])]
    assert await left_behind(api, tmp_path) == []


async def test_a_file_of_exactly_the_limit_is_kept(api: Api, tmp_path: Path) -> None:
    payload = await api.upload("bert", "a.txt", b"x" * UPLOAD_LIMIT, description="é" * 255)
    assert payload["userErrors"] == []
    assert payload["document"]["byteSize"] == UPLOAD_LIMIT
    assert len(files(tmp_path)) == 1


async def test_nobody_sends_nothing(api: Api, tmp_path: Path) -> None:
    said = {"description": "A paper"}
    answer = (await send_file(api, "nobody", b"words", said, headers={"X-Kluis-Request": "1"})).json()
    assert answer["data"] == {"uploadDocument": None}
    assert [it["extensions"]["code"] for it in answer["errors"]] == ["UNAUTHENTICATED"]
    assert await left_behind(api, tmp_path) == []


async def test_a_form_that_any_page_could_post_is_refused(api: Api, tmp_path: Path) -> None:
    answer = await send_file(api, "nobody", b"words", {"description": "A paper"})
    assert (answer.status_code, list(answer.json())) == (403, ["errors"])
    assert await left_behind(api, tmp_path) == []


async def test_a_cookie_alone_sends_nothing(api: Api, tmp_path: Path) -> None:
    """A page of somebody else's can post a form with the cookie, but not with the header."""
    parts = {
        "operations": json.dumps(
            {"query": UPLOAD, "variables": {"input": {"description": "x", "file": None}}}
        ),
        "map": json.dumps({"file": ["variables.input.file"]}),
    }
    cookie = {"Cookie": f"__Host-kluis={await api.token('bert')}"}
    sent = {"file": ("a.txt", b"words")}
    answer = await api.http.post("/graphql", data=parts, files=sent, headers=cookie)
    assert (answer.status_code, list(answer.json())) == (403, ["errors"])
    assert await left_behind(api, tmp_path) == []
    headers = cookie | {"X-Kluis-Request": "1"}
    again = (await api.http.post("/graphql", data=parts, files=sent, headers=headers)).json()
    assert again["data"]["uploadDocument"]["userErrors"] == []


async def test_a_text_in_the_place_of_the_file_is_refused(api: Api, tmp_path: Path) -> None:
    said = {"description": "A paper", "file": "a.txt"}
    payload = (await api.gets("bert", UPLOAD, input=said))["uploadDocument"]
    assert mistakes(payload) == [("REQUIRED", ["input", "file"])]
    assert await left_behind(api, tmp_path) == []


@pytest.mark.parametrize("said", [{"description": "A paper"}, {"description": "A paper", "file": None}])
async def test_an_upload_without_a_file_is_no_upload(api: Api, tmp_path: Path, said: dict[str, Any]) -> None:
    assert await refusals(api, "bert", UPLOAD, input=said) == [("BAD_USER_INPUT", None)]
    assert await left_behind(api, tmp_path) == []


async def test_a_part_that_did_not_come_is_a_bad_request(api: Api, tmp_path: Path) -> None:
    parts = {
        "operations": json.dumps(
            {"query": UPLOAD, "variables": {"input": {"description": "x", "file": None}}}
        ),
        "map": json.dumps({"file": ["variables.input.file"]}),
    }
    sent = {"other": ("a.txt", b"words")}
    headers = await api.headers("bert")
    answer = await api.http.post("/graphql", data=parts, files=sent, headers=headers)
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])
    assert await left_behind(api, tmp_path) == []


@pytest.mark.parametrize("text", ["a\0b", chr(0xD800), chr(0xDFFF) + "x"])
async def test_a_description_that_no_database_can_keep_is_refused(
    api: Api, tmp_path: Path, text: str
) -> None:
    answer = (await send_file(api, "bert", b"words", {"description": text})).json()
    assert list(answer) == ["errors"]
    assert [it["extensions"]["code"] for it in answer["errors"]] == ["INVALID"]
    assert await left_behind(api, tmp_path) == []


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


async def far_too_much() -> AsyncIterator[bytes]:
    yield PART
    for _ in range(40):
        yield b"x" * 100_000


@pytest.mark.parametrize("length_is_told", [True, False])
async def test_a_body_far_over_the_limit_is_turned_away(
    api: Api, tmp_path: Path, *, length_is_told: bool
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"} | await api.headers("bert")
    body = PART + b"x" * 4_000_000 if length_is_told else far_too_much()
    answer = await api.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 413
    assert await left_behind(api, tmp_path) == []


async def test_a_deleted_relation_cannot_be_hung_on(api: Api, tmp_path: Path) -> None:
    await set_values(api, Relation, api.world.relations["bert"].id, deleted_at=START)
    said = {"relationIds": [api.id("Relation", api.world.relations["bert"].id)]}
    payload = await api.upload("anna", "a.txt", b"words", **said)
    assert mistakes(payload) == [("NOT_FOUND", ["input", "relationIds"])]
    assert await left_behind(api, tmp_path) == []


async def test_two_files_in_one_request_become_two_documents(api: Api) -> None:
    query = """
    mutation ($one: UploadDocumentInput!, $two: UploadDocumentInput!) {
      one: uploadDocument(input: $one) { document { description byteSize } userErrors { code } }
      two: uploadDocument(input: $two) { document { description byteSize } userErrors { code } }
    }
    """
    variables = {name: {"description": name, "file": None} for name in ("one", "two")}
    parts = {
        "operations": json.dumps({"query": query, "variables": variables}),
        "map": json.dumps({"a": ["variables.one.file"], "b": ["variables.two.file"]}),
    }
    sent = {"a": ("a.txt", b"x"), "b": ("b.txt", b"xx")}
    headers = await api.headers("bert")
    answer = (await api.http.post("/graphql", data=parts, files=sent, headers=headers)).json()
    assert answer["data"] == {
        "one": {"document": {"description": "one", "byteSize": 1}, "userErrors": []},
        "two": {"document": {"description": "two", "byteSize": 2}, "userErrors": []},
    }
