"""Several documents as one ZIP: in the order they were asked for, while each of them may be opened."""

import io
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from core.errors import FileUnreadable
from core.rights import Right
from models import DocumentVersion, Event
from server.app import create_app
from tests.api import Api
from tests.http.serving import served
from tests.journeys.answers import refusals
from tests.journeys.filing import (
    ARCHIVE,
    PDF,
    SAFE_HEADERS,
    WORDS,
    add_file,
    archive_of,
    assert_dead,
    complete,
    flip,
    gives,
    key_of,
    kinds_of_events,
    lose,
    paper_of,
    safe_headers,
    sent,
    set_rights,
    until_it_breaks,
    version_of,
)
from tests.journeys.rows import block, delete_document, rows, set_values, writing
from tests.models.catalogue import asked

KINDS: Final = ("document.downloaded", "document.damaged")
LARGE: Final = b"0123456789abcde\n" * 6000


@pytest.fixture
async def papers(api: Api) -> list[str]:
    """Three documents that Bert sent: their ids."""
    return [
        await paper_of(api, "bert", PDF, "Akte.pdf"),
        await paper_of(api, "bert", WORDS, "b.txt"),
        await paper_of(api, "bert", LARGE, "c.txt"),
    ]


def unzipped(content: bytes) -> list[tuple[str, bytes]]:
    """Return names and bytes of a whole ZIP."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return [(it.filename, archive.read(it)) for it in archive.infolist()]


@pytest.mark.parametrize("who", ["bert", "anna"])
async def test_documents_come_in_the_order_in_which_they_were_asked_for(
    api: Api, papers: list[str], who: str
) -> None:
    contents = [("Akte.pdf", PDF), ("b.txt", WORDS), ("c.txt", LARGE)]
    for order in ((0, 1, 2), (2, 0, 1), (1,)):
        answer = await gives(api, await archive_of(api, who, *(papers[it] for it in order)))
        assert answer.status_code == 200
        assert unzipped(answer.content) == [contents[it] for it in order]


async def test_a_zip_is_saved_and_does_nothing_in_the_portals_name(api: Api, papers: list[str]) -> None:
    url = await archive_of(api, "bert", *papers)
    assert url is not None
    assert url.startswith("http://kluis.test/archive/")
    for method in ("GET", "HEAD"):
        answer = await api.http.request(method, url)
        assert safe_headers(answer) == SAFE_HEADERS
        assert answer.headers["content-type"] == "application/zip"
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="documents.zip"')


async def test_a_look_at_the_headers_is_no_download(api: Api, papers: list[str]) -> None:
    url = await archive_of(api, "bert", *papers)
    assert url is not None
    answer = await api.http.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert await kinds_of_events(api, *KINDS) == []


async def test_names_that_are_there_already_are_numbered(api: Api) -> None:
    names = ["a.txt", "A.TXT", "a.txt", "a (2).txt", "a.txt"]
    ids = [await paper_of(api, "bert", f"{it}".encode(), name) for it, name in enumerate(names)]
    found = unzipped((await gives(api, await archive_of(api, "bert", *ids))).content)
    assert [content for _, content in found] == [b"0", b"1", b"2", b"3", b"4"]
    assert len({name.casefold() for name, _ in found}) == 5
    assert found[0][0] == "a.txt"


async def test_each_document_is_remembered_as_downloaded(api: Api, papers: list[str]) -> None:
    await set_rights(api, papers[1], "bert", "READ", "UPDATE")
    await add_file(api, "bert", papers[1], b"newer", "b.txt")
    url = await archive_of(api, "bert", *papers)
    for _ in range(2):
        assert ("b.txt", b"newer") in unzipped((await gives(api, url)).content)
    events = sorted(await rows(api, Event, kind="document.downloaded"), key=lambda it: it.id)
    assert [it.document_id for it in events] == [key_of(api, it) for it in papers] * 2
    assert [it.details for it in events] == [{"version": 1}, {"version": 2}, {"version": 1}] * 2
    assert {it.account_id for it in events} == {api.world.accounts["bert"].id}


async def test_the_newest_version_is_in_it_though_it_is_newer_than_the_address(
    api: Api, papers: list[str]
) -> None:
    url = await archive_of(api, "anna", papers[1])
    await add_file(api, "anna", papers[1], b"newer", "n.txt")
    assert unzipped((await gives(api, url)).content) == [("n.txt", b"newer")]


# which ids --------------------------------------------------------------------------------------------------


async def test_no_id_is_required(api: Api) -> None:
    assert await refusals(api, "bert", ARCHIVE, ids=[]) == [("REQUIRED", ["documentIds"])]


async def test_an_id_counts_once(api: Api, papers: list[str]) -> None:
    url = await archive_of(api, "bert", papers[1], papers[0], papers[1], papers[1])
    assert [it for it, _ in unzipped((await gives(api, url)).content)] == ["b.txt", "Akte.pdf"]


@pytest.fixture
async def thousand(api: Api, database_url: str, papers: list[str]) -> list[str]:
    """A thousand and one documents that Bert may read, whose files are nowhere."""
    bert, keys = api.world.accounts["bert"].id, list[UUID]()
    async with writing(api) as firm:
        for number in range(1001):
            document = await firm.document(f"Nr {number}", api.world.accounts["anna"])
            await firm.grant(document, bert, Right.READ)
            keys.append(document.id)
    # As a server's own housekeeping does: the planner knows nothing yet of what came all at once.
    await asked(database_url, "ANALYZE")
    assert papers
    return [api.id("Document", it) for it in keys]


async def test_a_thousand_documents_are_one_zip_and_one_more_are_none(
    api: Api, thousand: list[str], papers: list[str]
) -> None:
    assert await refusals(api, "bert", ARCHIVE, ids=thousand) == [("INVALID", ["documentIds"])]
    url = await archive_of(api, "bert", *thousand[:1000], thousand[0])
    assert url is not None
    async with served(create_app(api.ports)) as address, httpx.AsyncClient() as http:
        looked = await http.head(url.replace(api.ports.public_url, address))
    assert looked.status_code == 200
    await delete_document(api, key_of(api, thousand[999]))
    await assert_dead(api, url)
    assert len(unzipped((await gives(api, await archive_of(api, "bert", *papers))).content)) == 3


async def test_of_what_cannot_be_read_there_is_no_zip(api: Api, papers: list[str]) -> None:
    theirs = await paper_of(api, "carla")
    others = [theirs, api.id("Document", uuid4()), api.id("Document", api.world.foreign_document.id)]
    for other in others:
        assert await archive_of(api, "bert", *papers, other) is None
    assert await archive_of(api, "eva", *papers) is None
    assert await refusals(api, "bert", ARCHIVE, ids=[papers[0], "x"]) == [("INVALID", ["documentIds"])]
    assert await refusals(api, "nobody", ARCHIVE, ids=papers) == [("UNAUTHENTICATED", None)]


# rights are read again --------------------------------------------------------------------------------------

Ending = Callable[[Api, str], Awaitable[None]]


async def withdraw(api: Api, id_: str) -> None:
    await set_rights(api, id_, "bert")


async def delete(api: Api, id_: str) -> None:
    await delete_document(api, key_of(api, id_))


async def infect(api: Api, id_: str) -> None:
    await set_values(api, DocumentVersion, (await version_of(api, id_)).id, scan_state="INFECTED")


async def block_bert(api: Api, _: str) -> None:
    await block(api, "bert")


async def sign_out(api: Api, _: str) -> None:
    await api.gets("bert", "mutation { signOut { userErrors { code } } }")


@pytest.mark.parametrize("ending", [withdraw, delete, infect, block_bert, sign_out])
async def test_a_zip_dies_with_whatever_one_of_its_documents_stands_on(
    api: Api, papers: list[str], ending: Ending
) -> None:
    url = await archive_of(api, "bert", *papers)
    assert (await gives(api, url)).status_code == 200
    await ending(api, papers[1])
    for method in ("GET", "HEAD"):
        assert url is not None
        assert (await api.http.request(method, url)).status_code == 404
    await assert_dead(api, url)
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded"] * 3


@pytest.mark.parametrize("ending", [withdraw, delete, infect])
async def test_of_such_a_document_there_is_no_new_zip_either(
    api: Api, papers: list[str], ending: Ending
) -> None:
    await ending(api, papers[1])
    assert await archive_of(api, "bert", *papers) is None
    assert await archive_of(api, "bert", papers[0], papers[2]) is not None


# what cannot be read ----------------------------------------------------------------------------------------


def assert_no_zip(content: bytes) -> None:
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))


@pytest.mark.parametrize(("harm", "found"), [(lose, "MISSING"), (flip, "DAMAGED")])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_file_that_is_not_what_was_stored_ends_the_answer(  # noqa: PLR0917  fixtures
    api: Api,
    tmp_path: Path,
    papers: list[str],
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Path, str], None],
    found: str,
    place: int,
) -> None:
    version = await version_of(api, papers[place])
    harm(tmp_path, version.object_key)
    assert_no_zip(await until_it_breaks(api, await archive_of(api, "bert", *papers)))
    assert (await version_of(api, papers[place])).damage == found
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded"] * place + ["document.damaged"]
    said = [it.getMessage() for it in caplog.records if it.name == "kluis.files"]
    assert said == [f"the object {version.object_key} is {found.lower()}"]


async def test_damage_further_on_in_a_file_ends_the_answer_too(
    api: Api, tmp_path: Path, papers: list[str]
) -> None:
    """A file that just stopped there would make a whole ZIP with half of it."""
    large = b"0123456789abcde\n" * (2 << 16)
    id_ = (await complete(api, "bert", await sent(api, "bert", large)))["document"]["id"]
    flip(tmp_path, (await version_of(api, id_)).object_key)
    content = await until_it_breaks(api, await archive_of(api, "bert", id_, papers[1]))
    assert len(content) > 1 << 20
    assert_no_zip(content)
    assert (await version_of(api, id_)).damage == "DAMAGED"


async def test_a_file_that_was_given_up_ends_the_answer_too(api: Api, papers: list[str]) -> None:
    version = await version_of(api, papers[1])
    await set_values(api, DocumentVersion, version.id, sealed_key=None)
    with pytest.raises(FileUnreadable):
        await gives(api, await archive_of(api, "bert", *papers))
    assert (await version_of(api, papers[1])).damage == "MISSING"


async def test_another_documents_file_in_the_row_ends_the_answer(api: Api, papers: list[str]) -> None:
    """What opens a file opens it in its own row alone."""
    one, other = await version_of(api, papers[0]), await version_of(api, papers[1])
    columns: dict[str, Any] = {it: getattr(other, it) for it in ("sealed_key", "byte_size", "sha256")}
    object_key = other.object_key
    await set_values(api, DocumentVersion, other.id, object_key=one.object_key[:-1] + "2")
    await set_values(api, DocumentVersion, one.id, object_key=object_key, **columns)
    with pytest.raises(FileUnreadable):
        await gives(api, await archive_of(api, "bert", papers[0]))
    assert (await version_of(api, papers[0])).damage == "DAMAGED"
