"""importDocuments: files that a partner's program sent to uploads before become documents, all or none."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from core.rights import Right
from models import Document, DocumentGrant, DocumentVersion, Event, FeedEntry, Upload
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import mistakes
from tests.journeys.bringing import brings, brings_well, place
from tests.journeys.filing import PDF, WORDS, gives, key_of, objects, sent, ticket_of, url_of
from tests.journeys.keeping import add_holding, dossier, relation
from tests.journeys.rows import row, rows, writing
from tests.permissions.copies import differing

IMPORT: Final = "importDocuments"
AT: Final = "uploadId"


async def left(api: Api) -> list[int]:
    """Return how many rows there are of all that an import of documents writes."""
    return [len(await rows(api, it)) for it in (Document, DocumentVersion, Event, FeedEntry)]


async def paper(api: Api, number: int = 1, content: bytes = WORDS, **said: Any) -> dict[str, Any]:
    """Return the row of a document, whose file Anna has sent."""
    known = {"externalReference": f"x-{number}", "description": f"Polis {number}"}
    return {**known, AT: await sent(api, "anna", content), **said}


async def filed(api: Api, **said: Any) -> dict[str, Any]:
    """Return what is said of where a document belongs."""
    return {
        "documentDate": "2026-01-02",
        "dossier": dossier(api),
        "categories": ["Akten", "Testament"],
        "relations": [relation(api, "bert")],
        "holdings": [api.id("Holding", await add_holding(api))],
        "businessUnit": "MAIN",
        **said,
    }


async def test_documents_come_in_are_changed_and_are_left_alone(api: Api) -> None:
    where = await filed(api)
    some = [await paper(api, it, **where) for it in range(3)]
    assert await brings_well(api, "anna", IMPORT, *some) == [3, 0, 0]
    made = await row(api, Document, external_reference="x-1")
    id_ = api.id("Document", made.id)
    assert (await gives(api, await url_of(api, "anna", id_))).content == WORDS
    assert made.category_ids == sorted(api.world.firm.categories[it] for it in ("deeds", "wills"))
    # They come again without their files, which were taken.
    again = [{name: it[name] for name in it if name != AT} for it in some]
    before = await left(api)
    assert await brings_well(api, "anna", IMPORT, *again) == [0, 0, 3]
    assert await left(api) == before
    assert await brings_well(api, "anna", IMPORT, {**again[1], "categories": ["Akten"]}, again[2]) == [
        0,
        1,
        1,
    ]
    assert (await row(api, Document, id=made.id)).category_ids == [api.world.firm.categories["deeds"]]
    assert await differing(api.ports, api.world.firm.licence_id) == []


async def test_other_bytes_become_a_version_and_the_same_are_left(api: Api) -> None:
    await brings_well(api, "anna", IMPORT, await paper(api))
    same, other = await paper(api), await paper(api, content=PDF.replace(b"%PDF", b"text"))
    assert await brings_well(api, "anna", IMPORT, same) == [0, 0, 1]
    assert (await row(api, Upload, id=key_of(api, same[AT]))).document_id is None
    assert await brings_well(api, "anna", IMPORT, other) == [0, 1, 0]
    made = await row(api, Document, external_reference="x-1")
    assert (made.current_version, len(await rows(api, DocumentVersion, document_id=made.id))) == (2, 2)
    upload = await row(api, Upload, id=key_of(api, other[AT]))
    assert (upload.document_id, upload.object_key) == (made.id, None)
    # The same call comes again: its document has taken the file already.
    assert await brings_well(api, "anna", IMPORT, other) == [0, 0, 1]


async def test_an_id_of_ours_will_do_for_each_name(api: Api) -> None:
    there = api.id("Document", api.world.document.id)
    said = await filed(api, categories=["Contracten"])
    assert await brings_well(api, "anna", IMPORT, {"externalReference": there, **said}) == [0, 1, 0]
    document = await row(api, Document, id=api.world.document.id)
    assert (document.external_reference, document.revision) == (None, 2)
    both = {"externalReference": "x-1"}, {"externalReference": api.id("Document", await named(api, "x-1"))}
    payload = await brings(api, "anna", IMPORT, *({**it, "description": "Nieuw"} for it in both))
    assert mistakes(payload) == [("CONFLICT", place(1, "externalReference"))]


async def named(api: Api, reference: str) -> UUID:
    """Add a document that another program calls so; return its key."""
    await brings_well(api, "anna", IMPORT, await paper(api, externalReference=reference))
    return (await row(api, Document, external_reference=reference)).id


async def test_a_dry_run_takes_no_file_and_tells_what_would_come_of_it(api: Api) -> None:
    await brings_well(api, "anna", IMPORT, await paper(api, 1), await paper(api, 2))
    some = [await paper(api, 1), await paper(api, 2, PDF.replace(b"%PDF", b"text")), await paper(api, 3)]
    before, there = await left(api), await objects(api)
    assert await brings_well(api, "anna", IMPORT, *some, dryRun=True) == [1, 1, 1]
    assert (await left(api), await objects(api)) == (before, there)
    assert await brings_well(api, "anna", IMPORT, *some) == [1, 1, 1]


async def test_an_upload_is_ones_own_is_there_in_time_and_is_taken_once(api: Api, clock: SetClock) -> None:
    late = await paper(api, 5)
    clock.advance(timedelta(hours=24))
    api.tokens.clear()
    first = await paper(api, 1)
    used = await paper(api, 0)
    await brings_well(api, "anna", IMPORT, used)
    some: list[tuple[dict[str, Any], str]] = [
        (await paper(api, 1, uploadId=await sent(api, "arthur")), "NOT_FOUND"),
        (await paper(api, 2, uploadId=await sent(api, "bert")), "NOT_FOUND"),
        (await paper(api, 3, uploadId=api.id("Upload", uuid4())), "NOT_FOUND"),
        (await paper(api, 4, uploadId=(await ticket_of(api, "anna"))["id"]), "REQUIRED"),
        (late, "EXPIRED"),
        (await paper(api, 6, uploadId=used[AT]), "CONFLICT"),
        (await paper(api, 7, uploadId=first[AT]), ""),
        (await paper(api, 8, uploadId=first[AT]), "CONFLICT"),
        ({"externalReference": "x-9", "description": "Polis"}, "REQUIRED"),
        (await paper(api, 10, uploadId=None), "REQUIRED"),
    ]
    before, there = await left(api), await objects(api)
    told = [(code, place(at, AT)) for at, (_, code) in enumerate(some) if code]
    for dry_run in (True, False):
        payload = await brings(api, "anna", IMPORT, *(it for it, _ in some), dryRun=dry_run)
        assert mistakes(payload) == told
    assert (await left(api), await objects(api)) == (before, there)
    assert await brings_well(api, "anna", IMPORT, first) == [1, 0, 0]


WRONG: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "description": ({"description": " "}, "REQUIRED"),
    "dossier": ({"dossier": "none"}, "NOT_FOUND"),
    "categories": ({"categories": ["Akten", "Deeds"]}, "NOT_FOUND"),
    "relations": ({"relations": ["none"]}, "NOT_FOUND"),
    "holdings": ({"holdings": ["none"]}, "NOT_FOUND"),
    "businessUnit": ({"businessUnit": "ELSEWHERE"}, "NOT_FOUND"),
    "externalReference": ({"externalReference": "x-0"}, "CONFLICT"),
}


async def test_each_problem_is_told_at_its_place_and_nothing_is_written(api: Api) -> None:
    some = [await paper(api, 0)]
    some += [await paper(api, at, **said) for at, (said, _) in enumerate(WRONG.values(), 1)]
    some.append(await paper(api, 9, relations=[relation(api, "bert")] * 101))
    before, there = await left(api), await objects(api)
    told = [(code, place(at, name)) for at, (name, (_, code)) in enumerate(WRONG.items(), 1)]
    told.append(("INVALID", place(len(told) + 1, "relations")))
    assert mistakes(await brings(api, "anna", IMPORT, *some)) == told
    some[0][AT] = "x"
    assert mistakes(await brings(api, "anna", IMPORT, *some)) == [("INVALID", place(0, AT))]
    assert (await left(api), await objects(api)) == (before, there)


async def test_what_is_there_takes_no_more_relations_than_whoever_changes_it_may_name(api: Api) -> None:
    await brings_well(api, "anna", IMPORT, await paper(api))
    many = {"externalReference": "x-1", "relations": [relation(api, "bert")] * 101}
    assert mistakes(await brings(api, "anna", IMPORT, many)) == [("INVALID", place(0, "relations"))]


@pytest.mark.parametrize(
    ("rights", "changed", "same"),
    [(Right.READ, "FORBIDDEN", ""), (Right(0), "ALREADY_EXISTS", "ALREADY_EXISTS")],
)
async def test_what_the_viewer_may_not_change_is_refused_where_it_differs(
    api: Api, rights: Right, changed: str, same: str
) -> None:
    there = await named(api, "x-1")
    async with writing(api) as firm:
        for it in await rows(api, DocumentGrant, document_id=there):
            await firm.session.delete(await firm.session.get_one(DocumentGrant, (it.licence_id, it.id)))
        await firm.session.flush()
        if rights:
            document = await firm.session.get_one(Document, (firm.founded.licence_id, there))
            await firm.grant(document, api.world.accounts["anna"].id, rights)
    for description, code in (("Nieuw", changed), ("Polis 1", same)):
        payload = await brings(api, "anna", IMPORT, {"externalReference": "x-1", "description": description})
        assert mistakes(payload) == ([(code, place(0, "externalReference"))] if code else [])
    assert (await row(api, Document, id=there)).description == "Polis 1"
