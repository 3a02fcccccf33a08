"""What was sent becomes a document: once, in time, and for whoever announced it alone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from models import Account, Document, DocumentVersion, Event, Letter, Upload
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes, refused_fields
from tests.journeys.filing import COMPLETE, WORDS, complete, objects, paper_of, put, sent, ticket_of
from tests.journeys.rows import row, rows, set_values

AT_UPLOAD = ["input", "uploadId"]


async def test_without_its_bytes_it_is_not_complete(api: Api) -> None:
    ticket = await ticket_of(api, "bert")
    payload = await complete(api, "bert", ticket["id"])
    assert (payload["document"], mistakes(payload)) == (None, [("REQUIRED", AT_UPLOAD)])
    await put(api, ticket, WORDS)
    assert (await complete(api, "bert", ticket["id"]))["userErrors"] == []


@pytest.mark.parametrize(("seconds", "errors"), [(-1, []), (0, [("EXPIRED", AT_UPLOAD)])])
async def test_what_was_sent_waits_for_a_day(
    api: Api, clock: SetClock, seconds: int, errors: list[Any]
) -> None:
    upload_id = await sent(api, "bert")
    clock.advance(timedelta(hours=24, seconds=seconds))
    api.tokens.clear()  # nobody stays signed in for so long
    assert mistakes(await complete(api, "bert", upload_id)) == errors
    assert len(await rows(api, Document)) == 2 - len(errors)


async def test_completed_again_it_is_the_same_document(api: Api, clock: SetClock) -> None:
    upload_id = await sent(api, "bert")
    first = await complete(api, "bert", upload_id)
    again = await complete(api, "bert", upload_id, description="Something else")
    assert first["userErrors"] == []
    assert again == first
    clock.advance(timedelta(hours=25))
    api.tokens.clear()
    assert await complete(api, "bert", upload_id) == first
    assert (len(await rows(api, Document)), len(await rows(api, Letter))) == (2, 1)
    assert [it.kind for it in await rows(api, Event)] == ["document.uploaded"]


async def test_completed_several_times_at_once_it_is_one_document(api: Api) -> None:
    upload_id = await sent(api, "bert")
    answers = await asyncio.gather(*(complete(api, "bert", upload_id) for _ in range(5)))
    assert all(it == answers[0] for it in answers)
    assert answers[0]["userErrors"] == []
    assert len(await rows(api, Document)) == 2


async def test_nobody_else_makes_anything_of_it(api: Api) -> None:
    upload_id = await sent(api, "bert")
    never = mistakes(await complete(api, "bert", api.id("Upload", uuid4())))
    assert never == [("NOT_FOUND", AT_UPLOAD)]
    for who in ("anna", "arthur", "carla", "eva"):
        payload = await complete(api, who, upload_id)
        assert (who, payload["document"], mistakes(payload)) == (who, None, never)
    await complete(api, "bert", upload_id)
    for who in ("anna", "carla", "eva"):
        assert mistakes(await complete(api, who, upload_id)) == never
    said = {"uploadId": upload_id, "description": "A paper"}
    assert await refused_fields(api, "nobody", COMPLETE, input=said) == [
        ("UNAUTHENTICATED", ["completeUpload"])
    ]


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ({"description": " "}, ("REQUIRED", ["input", "description"])),
        ({"description": "x" * 256}, ("TOO_LONG", ["input", "description"])),
        ({"categoryIds": []}, ("FORBIDDEN", ["input", "categoryIds"])),
        ({"uploadId": "x"}, ("INVALID", AT_UPLOAD)),
    ],
)
async def test_what_is_refused_leaves_the_upload_as_it_was(
    api: Api, said: dict[str, Any], mistake: tuple[str, list[str]]
) -> None:
    upload_id = await sent(api, "bert")
    payload = await complete(api, "bert", upload_id, **said)
    assert (payload["document"], mistakes(payload)) == (None, [mistake])
    assert (await complete(api, "bert", upload_id))["userErrors"] == []


async def test_a_staff_members_refused_dossier_leaves_the_upload_as_it_was(api: Api) -> None:
    upload_id = await sent(api, "anna")
    payload = await complete(api, "anna", upload_id, dossierId=api.id("Dossier", uuid4()))
    assert mistakes(payload) == [("NOT_FOUND", ["input", "dossierId"])]
    assert len(await rows(api, Document)) == 1
    assert (await complete(api, "anna", upload_id))["userErrors"] == []


async def test_who_may_send_no_more_completes_nothing(api: Api) -> None:
    upload_id = await sent(api, "anna")
    await set_values(api, Account, api.world.accounts["anna"].id, role="AUDITOR")
    assert mistakes(await complete(api, "anna", upload_id)) == [("FORBIDDEN", None)]


async def test_the_object_of_an_upload_is_the_documents_afterwards(api: Api) -> None:
    upload_id = await sent(api, "bert")
    (object_key,) = await objects(api)
    await complete(api, "bert", upload_id)
    upload = await row(api, Upload)
    made = await row(api, DocumentVersion, object_key=object_key)
    assert (upload.object_key, upload.sealed_key, upload.document_id) == (None, None, made.document_id)
    await paper_of(api, "bert")
    assert object_key in await objects(api)
