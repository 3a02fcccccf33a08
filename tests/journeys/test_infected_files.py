"""Files that are searched for malware: what is infected is not kept, and what was not searched stays shut."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from models import Account, Document, DocumentVersion, Event, Letter, Upload
from storage.malware import Clamd
from tests.api import Api
from tests.journeys.answers import mistakes
from tests.journeys.filing import (
    ADD_VERSION,
    add_file,
    archive_of,
    asks_with_file,
    assert_dead,
    complete,
    gives,
    key_of,
    objects,
    over,
    paper_of,
    preview_of,
    put,
    sent,
    set_rights,
    ticket_of,
    url_of,
    version_of,
)
from tests.journeys.rows import row, rows, set_values
from tests.journeys.scanning import MALWARE, scanner, scanner_that_is_down
from tests.storage import clamd as real
from tests.storage import real_files

INFECTED = b"some words, and " + MALWARE
MESSAGES = {
    "EN": "Malware was found in the file Factuur Élan.txt. It was not kept.",
    "NL": "In het bestand Factuur Élan.txt is malware gevonden. Het is niet bewaard.",
    "FR": "Un logiciel malveillant a été trouvé dans le fichier Factuur Élan.txt. Il n'a pas été conservé.",
    "DE": "In der Datei Factuur Élan.txt wurde Schadsoftware gefunden. Sie wurde nicht aufbewahrt.",
}
PDF = real_files.pdf()


clamd = real.clamd


@pytest.fixture(params=["stand-in", "clamd"])
async def searched(api: Api, request: pytest.FixtureRequest) -> AsyncGenerator[Api]:
    """The API of a server whose scanner works: one that answers as clamd does, and clamd itself."""
    if request.param == "clamd":
        found: real.Address = request.getfixturevalue("clamd")
        async with over(api, scanner=Clamd.at(found.unix)) as other:
            yield other
        return
    async with scanner() as standing_in, over(api, scanner=standing_in) as other:
        yield other


@pytest.fixture
async def unsearched(api: Api) -> AsyncGenerator[Api]:
    """The API of a server whose scanner is down."""
    async with over(api, scanner=scanner_that_is_down()) as other:
        yield other


async def nothing_was_kept(api: Api) -> bool:
    kept = [*await objects(api), *await rows(api, Event), *await rows(api, Letter)]
    return (kept, len(await rows(api, Document))) == ([], 1)


@pytest.mark.parametrize("language", MESSAGES)
async def test_an_infected_file_is_refused_by_its_name_in_the_viewers_language(
    searched: Api, language: str
) -> None:
    await set_values(searched, Account, searched.world.accounts["bert"].id, language=language)
    payload = await searched.upload("bert", "../Factuur Élan.txt", INFECTED)
    assert (payload["document"], mistakes(payload)) == (None, [("INFECTED", ["input", "file"])])
    assert payload["userErrors"][0]["message"] == MESSAGES[language]
    assert await nothing_was_kept(searched)


async def test_an_infected_upload_is_refused_and_what_was_sent_before_stays(searched: Api) -> None:
    ticket = await ticket_of(searched, "bert", INFECTED, "Factuur.txt")
    answer = await put(searched, ticket, INFECTED)
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        {"code": "INFECTED", "message": "Malware was found in the file Factuur.txt. It was not kept."},
    )
    assert await nothing_was_kept(searched)
    clean = b"x" * len(INFECTED)
    assert (await put(searched, ticket, clean)).status_code == 204
    before = await objects(searched)
    assert (await put(searched, ticket, INFECTED)).status_code == 422
    assert await objects(searched) == before
    payload = await complete(searched, "bert", ticket["id"])
    assert payload["document"]["scanState"] == "CLEAN"


async def test_an_infected_version_is_refused_and_the_old_one_stays(searched: Api) -> None:
    id_ = await paper_of(searched, "bert", PDF)
    await set_rights(searched, id_, "bert", "READ", "UPDATE")
    before = await objects(searched)
    payload = await add_file(searched, "bert", id_, INFECTED)
    assert (payload["document"], mistakes(payload)) == (None, [("INFECTED", ["input", "file"])])
    assert await objects(searched) == before
    assert (await gives(searched, await url_of(searched, "bert", id_))).content == PDF


async def test_malware_further_on_in_a_large_file_is_found(searched: Api) -> None:
    large = b"a line of words\n" * 200_000 + MALWARE
    assert (await put(searched, await ticket_of(searched, "bert", large), large)).status_code == 422
    assert await nothing_was_kept(searched)


async def ways_in(api: Api, who: str, content: bytes) -> dict[str, str]:
    """Return documents that came by each of the ways there are."""
    by_part = await paper_of(api, who, content)
    by_upload = (await complete(api, who, await sent(api, who, content, "a.pdf")))["document"]["id"]
    by_version = await paper_of(api, who, real_files.long_pdf())
    await set_rights(api, by_version, who, "READ", "UPDATE")
    given = {"documentId": by_version}
    payload = await asks_with_file(api, who, ADD_VERSION, given, content, "a.pdf")
    assert payload["addDocumentVersion"]["userErrors"] == []
    return {"part": by_part, "upload": by_upload, "version": by_version}


async def state_of(api: Api, id_: str) -> str:
    query = "query ($id: ID!) { document(id: $id) { scanState } }"
    return (await api.gets("bert", query, id=id_))["document"]["scanState"]


async def test_a_clean_file_is_opened_as_ever(searched: Api) -> None:
    for id_ in (await ways_in(searched, "bert", PDF)).values():
        assert await state_of(searched, id_) == "CLEAN"
        await assert_opens(searched, id_)


async def assert_opens(api: Api, id_: str) -> None:
    for who in ("bert", "anna"):
        assert (await gives(api, await url_of(api, who, id_))).content == PDF
        assert (await gives(api, await preview_of(api, who, id_))).status_code == 200
        assert (await gives(api, await archive_of(api, who, id_))).status_code == 200


async def assert_shut(api: Api, id_: str) -> None:
    """Assert that nobody gets at a file; its document is there as ever."""
    other = (await rows(api, DocumentVersion, scan_state="CLEAN"))[:1]
    more = [api.id("Document", it.document_id) for it in other]
    for who in ("bert", "anna", "arthur"):
        assert await url_of(api, who, id_) is None
        assert await url_of(api, who, id_, version=1, disposition="INLINE") is None
        assert await preview_of(api, who, id_) is None
        assert await archive_of(api, who, *more, id_) is None


async def test_while_the_scanner_is_down_a_file_is_kept_and_nobody_opens_it(unsearched: Api) -> None:
    for id_ in (await ways_in(unsearched, "bert", PDF)).values():
        assert await state_of(unsearched, id_) == "PENDING"
        await assert_shut(unsearched, id_)
        await set_values(unsearched, DocumentVersion, await newest(unsearched, id_), scan_state="CLEAN")
        await assert_opens(unsearched, id_)
        # Its older versions are searched by themselves.
        for version in await rows(unsearched, DocumentVersion, document_id=key_of(unsearched, id_)):
            url = await url_of(unsearched, "bert", id_, version=version.number)
            assert (url is None) == (version.scan_state != "CLEAN")


async def newest(api: Api, id_: str) -> Any:
    document = await row(api, Document, id=key_of(api, id_))
    return (await version_of(api, id_, document.current_version)).id


async def addresses(api: Api, id_: str) -> list[str]:
    urls = [
        await url_of(api, "bert", id_),
        await url_of(api, "bert", id_, disposition="INLINE", version=1),
        await preview_of(api, "bert", id_),
        await archive_of(api, "bert", id_),
    ]
    found = [it for it in urls if it]
    assert len(found) == 4
    return found


@pytest.mark.parametrize("state", ["NOT_SCANNED", "PENDING", "INFECTED"])
async def test_where_files_are_searched_only_what_is_clean_is_opened(
    api: Api, searched: Api, state: str
) -> None:
    id_ = await paper_of(searched, "bert", PDF)
    urls = await addresses(searched, id_)
    # There is a picture already.
    assert (await gives(searched, urls[2])).status_code == 200
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, scan_state=state)
    await assert_shut(searched, id_)
    for url in urls:
        await assert_dead(searched, url)
    if state == "INFECTED":
        await assert_shut(api, id_)
        for url in urls:
            await assert_dead(api, url)
    else:
        await assert_opens(api, id_)


async def test_an_upload_that_was_not_searched_becomes_a_document_that_was_not(
    api: Api, unsearched: Api
) -> None:
    upload_id = await sent(unsearched, "bert", PDF, "a.pdf")
    assert (await row(api, Upload)).scan_state == "PENDING"
    payload = await complete(api, "bert", upload_id)
    assert payload["document"]["scanState"] == "PENDING"
    await assert_shut(unsearched, payload["document"]["id"])
