"""Files that are not as they were stored: told before the first byte where that can be, and never sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import DocumentVersion, Event
from storage.files import Damaged
from tests.api import Api
from tests.journeys.filing import (
    PDF,
    SAFE_HEADERS,
    add_file,
    complete,
    flip,
    gives,
    key_of,
    kinds_of_events,
    lose,
    objects,
    paper_of,
    preview_of,
    safe_headers,
    sent,
    set_rights,
    until_it_breaks,
    url_of,
    version_of,
)
from tests.journeys.rows import rows, set_values
from tests.storage import real_files

Harm = Callable[[Path, str], None]
KINDS = ("document.opened", "document.downloaded", "document.viewed", "document.damaged")
UNREADABLE = {
    "error": {
        "code": "FILE_UNREADABLE",
        "message": "The stored file is damaged or missing. Tell your office.",
    }
}
MIB = 1 << 20
LARGE = b"0123456789abcde\n" * (3 * MIB // 16)


def cut_off(folder: Path, object_key: str) -> None:
    path = folder / "files" / object_key
    path.write_bytes(path.read_bytes()[:-1])


def empty(folder: Path, object_key: str) -> None:
    (folder / "files" / object_key).write_bytes(b"")


HARMS: list[tuple[Harm, str]] = [
    (lose, "MISSING"),
    (flip, "DAMAGED"),
    (cut_off, "DAMAGED"),
    (empty, "DAMAGED"),
]


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent: its id."""
    return await paper_of(api, "bert", real_files.pdf())


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [it.getMessage() for it in caplog.records if it.name == "kluis.files"]


@pytest.mark.parametrize(("harm", "found"), HARMS)
@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-9"}, {"range": "bytes=-9"}])
async def test_a_file_that_is_not_what_was_stored_is_told_before_the_first_byte(  # noqa: PLR0917
    api: Api,
    tmp_path: Path,
    paper: str,
    caplog: pytest.LogCaptureFixture,
    harm: Harm,
    found: str,
    headers: dict[str, str],
) -> None:
    version = await version_of(api, paper)
    harm(tmp_path, version.object_key)
    answer = await gives(api, await url_of(api, "bert", paper), **headers)
    assert (answer.status_code, answer.json()) == (500, UNREADABLE)
    assert safe_headers(answer) == SAFE_HEADERS
    assert "content-disposition" not in answer.headers
    assert (await version_of(api, paper)).damage == found
    (event,) = [it for it in await rows(api, Event) if it.kind in KINDS]
    assert (event.kind, event.document_id, event.account_id) == ("document.damaged", key_of(api, paper), None)
    assert event.details == {"version": 1, "found": found}
    assert event.occurred_at == api.ports.clock.now()
    assert told(caplog) == [f"the object {version.object_key} is {found.lower()}"]


@pytest.mark.parametrize(("harm", "found"), HARMS)
async def test_a_picture_of_such_a_file_is_refused_in_the_same_words(
    api: Api, tmp_path: Path, paper: str, harm: Harm, found: str
) -> None:
    harm(tmp_path, (await version_of(api, paper)).object_key)
    answer = await gives(api, await preview_of(api, "bert", paper))
    assert (answer.status_code, answer.json()) == (500, UNREADABLE)
    assert (await version_of(api, paper)).damage == found
    assert await kinds_of_events(api, *KINDS) == ["document.damaged"]


async def test_a_picture_is_refused_too_where_the_damage_is_further_on(api: Api, tmp_path: Path) -> None:
    long = b"%PDF-1.7\n%" + b"x" * (2 * MIB) + b"\nstartxref\n0\n%%EOF\n"
    id_ = (await complete(api, "bert", await sent(api, "bert", long, "a.pdf")))["document"]["id"]
    flip(tmp_path, (await version_of(api, id_)).object_key)
    answer = await gives(api, await preview_of(api, "bert", id_))
    assert (answer.status_code, answer.json()) == (500, UNREADABLE)
    assert (await version_of(api, id_)).damage == "DAMAGED"
    # Nothing says that it has no picture: once the file is brought back, it has one.
    assert await preview_of(api, "bert", id_) is not None


async def test_it_is_one_event_however_often_it_is_asked_for(
    api: Api, tmp_path: Path, paper: str, caplog: pytest.LogCaptureFixture
) -> None:
    version = await version_of(api, paper)
    flip(tmp_path, version.object_key)
    for who in ("bert", "anna", "bert"):
        assert (await gives(api, await url_of(api, who, paper))).status_code == 500
    assert await kinds_of_events(api, *KINDS) == ["document.damaged"]
    assert len(told(caplog)) == 3
    lose(tmp_path, version.object_key)
    for _ in range(2):
        assert (await gives(api, await url_of(api, "bert", paper))).status_code == 500
    assert await kinds_of_events(api, *KINDS) == ["document.damaged"] * 2
    assert (await version_of(api, paper)).damage == "MISSING"


async def test_only_the_version_that_is_damaged_is_marked(api: Api, tmp_path: Path, paper: str) -> None:
    await set_rights(api, paper, "bert", "READ", "UPDATE")
    await add_file(api, "bert", paper, b"words")
    other = await paper_of(api, "bert")
    flip(tmp_path, (await version_of(api, paper)).object_key)
    assert (await gives(api, await url_of(api, "bert", paper, version=1))).status_code == 500
    assert (await gives(api, await url_of(api, "bert", paper))).content == b"words"
    assert (await gives(api, await url_of(api, "bert", other))).content == PDF
    damaged = [(it.document_id, it.number) for it in await rows(api, DocumentVersion) if it.damage]
    assert damaged == [(key_of(api, paper), 1)]


async def test_a_look_at_the_headers_reads_no_file(api: Api, tmp_path: Path, paper: str) -> None:
    url = await url_of(api, "bert", paper)
    assert url is not None
    lose(tmp_path, (await version_of(api, paper)).object_key)
    assert (await api.http.head(url)).status_code == 200
    assert (await version_of(api, paper)).damage is None


@pytest.mark.parametrize(
    "given_up",
    [
        {"sealed_key": None},
        {"sealed_key": b"what opens nothing"},
    ],
)
async def test_a_file_that_nothing_opens_any_more_is_unreadable(
    api: Api, paper: str, given_up: dict[str, Any]
) -> None:
    await set_values(api, DocumentVersion, (await version_of(api, paper)).id, **given_up)
    answer = await gives(api, await url_of(api, "bert", paper))
    assert (answer.status_code, answer.json()) == (500, UNREADABLE)
    found = "MISSING" if given_up["sealed_key"] is None else "DAMAGED"
    assert (await version_of(api, paper)).damage == found


# a later part of a file -------------------------------------------------------------------------------------


@pytest.fixture
async def large(api: Api, tmp_path: Path) -> str:
    """A document of three segments and more, the last of which is damaged: its id."""
    id_ = (await complete(api, "bert", await sent(api, "bert", LARGE)))["document"]["id"]
    flip(tmp_path, (await version_of(api, id_)).object_key)
    return id_


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=100-"}])
async def test_damage_further_on_ends_the_answer_and_is_told(
    api: Api, large: str, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    content = await until_it_breaks(api, await url_of(api, "bert", large), **headers)
    begins = 100 if headers else 0
    assert MIB < len(content) < len(LARGE) - begins
    assert LARGE[begins : begins + len(content)] == content
    version = await version_of(api, large)
    assert version.damage == "DAMAGED"
    assert told(caplog) == [f"the object {version.object_key} is damaged"]
    # What was sent was right, and so it was opened.
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded", "document.damaged"]


async def test_what_lies_before_the_damage_may_be_read(api: Api, large: str) -> None:
    url = await url_of(api, "bert", large)
    answer = await gives(api, url, range="bytes=0-99999")
    assert (answer.status_code, answer.content) == (206, LARGE[:100_000])
    assert (await version_of(api, large)).damage is None
    answer = await gives(api, url, range="bytes=-10")
    assert (answer.status_code, answer.json()) == (500, UNREADABLE)
    assert (await version_of(api, large)).damage == "DAMAGED"


async def test_the_last_piece_is_never_sent_unopened(api: Api, large: str) -> None:
    with pytest.raises(Damaged):
        await gives(api, await url_of(api, "bert", large))
    assert len(await objects(api)) == 1
