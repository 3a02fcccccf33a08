"""Parts of a file, and what a client has of it already: ranges, conditional requests, HEAD."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from hashlib import sha256

import httpx
import pytest

from models import Event
from server.app import create_app
from tests.api import Api
from tests.conftest import LARGE_UPLOAD_LIMIT, SetClock
from tests.http.serving import served
from tests.journeys.filing import (
    SAFE_HEADERS,
    add_file,
    complete,
    gives,
    key_of,
    kinds_of_events,
    paper_of,
    preview_of,
    safe_headers,
    sent,
    set_rights,
    url_of,
)
from tests.journeys.rows import rows
from tests.storage import real_files

PDF = real_files.pdf()
SIZE = len(PDF)
ETAG = f'"{sha256(PDF).hexdigest()}"'
OTHER = f'"{"0" * 64}"'
KINDS = ("document.opened", "document.downloaded", "document.viewed")
PARTS = {
    "bytes=0-99": (0, 100),
    "bytes=1000-1999": (1000, 2000),
    f"bytes={SIZE - 5}-{SIZE - 1}": (SIZE - 5, SIZE),
    "bytes=-10": (SIZE - 10, SIZE),
    "bytes=100-": (100, SIZE),
    "bytes=0-": (0, SIZE),
    "bytes=7-7": (7, 8),
    "bytes=0-0": (0, 1),
    f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
    f"bytes=10-{SIZE * 9}": (10, SIZE),
    f"bytes=-{SIZE * 9}": (0, SIZE),
}


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent: its id."""
    return await paper_of(api, "bert", PDF)


@pytest.fixture
async def url(api: Api, paper: str) -> str:
    """An address of its bytes."""
    found = await url_of(api, "bert", paper)
    assert found
    return found


def assert_headers(answer: httpx.Response, *, has: bool = True) -> None:
    """Assert that an answer has the headers of files, and those of this one."""
    assert safe_headers(answer) == SAFE_HEADERS
    assert answer.headers.get("content-disposition", "").startswith("attachment;") == has
    assert answer.headers.get("accept-ranges") == ("bytes" if has else None)
    assert answer.headers.get("etag") == (ETAG if has else None)


@pytest.mark.parametrize("range_", PARTS)
async def test_a_part_is_the_bytes_that_were_asked_for(api: Api, url: str, range_: str) -> None:
    start, end = PARTS[range_]
    answer = await gives(api, url, range=range_)
    assert (answer.status_code, answer.content) == (206, PDF[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-type"] == "application/pdf"
    assert_headers(answer)


@pytest.mark.parametrize("range_", [f"bytes={SIZE}-", f"bytes={SIZE * 2}-{SIZE * 3}", "bytes=-0"])
async def test_a_part_past_the_end_is_told_how_long_the_file_is(api: Api, url: str, range_: str) -> None:
    answer = await gives(api, url, range=range_)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert_headers(answer, has=False)
    assert await kinds_of_events(api, *KINDS) == []


@pytest.mark.parametrize(
    "range_", ["bytes=0-1,3-4", "bytes=0-0" + ",0-0" * 999, "bytes=9-8", "pages=1-2", "x", "bytes=-"]
)
async def test_several_parts_and_rubbish_get_the_whole_file(api: Api, url: str, range_: str) -> None:
    answer = await gives(api, url, range=range_)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-length"] == str(SIZE)
    assert "content-range" not in answer.headers
    assert_headers(answer)


async def test_a_part_of_the_file_that_was_meant(api: Api, url: str) -> None:
    answer = await gives(api, url, range="bytes=1-2", if_range=ETAG)
    assert (answer.status_code, answer.content) == (206, PDF[1:3])
    for other in (OTHER, f"W/{ETAG}", "Fri, 30 Jan 2026 09:00:00 GMT"):
        answer = await gives(api, url, range="bytes=1-2", if_range=other)
        assert (answer.status_code, answer.content) == (200, PDF)
    assert (await gives(api, url, range="bytes=999999-", if_range=OTHER)).status_code == 200


@pytest.mark.parametrize(
    "said", [ETAG, f"W/{ETAG}", "*", f"{OTHER}, {ETAG}"], ids=["it", "weakly", "any", "another, or it"]
)
async def test_who_has_the_file_is_not_sent_it_again(api: Api, url: str, said: str) -> None:
    for method in ("GET", "HEAD"):
        for headers in ({}, {"Range": "bytes=1-2"}, {"Range": "bytes=999999-"}):
            answer = await api.http.request(method, url, headers={"If-None-Match": said, **headers})
            assert (answer.status_code, answer.content) == (304, b"")
            assert_headers(answer)
    assert await kinds_of_events(api, *KINDS) == []


@pytest.mark.parametrize(
    "said", [OTHER, "", "rubbish", ETAG.strip('"')], ids=["another", "none", "rubbish", "without quotes"]
)
async def test_who_has_another_file_is_sent_this_one(api: Api, url: str, said: str) -> None:
    answer = await gives(api, url, if_none_match=said)
    assert (answer.status_code, answer.content) == (200, PDF)


async def test_who_has_the_file_needs_the_right_to_know(api: Api, url: str, paper: str) -> None:
    await set_rights(api, paper, "bert")
    for said in (ETAG, "*"):
        assert (await gives(api, url, if_none_match=said)).status_code == 404


@pytest.mark.parametrize("range_", [None, "bytes=0-9", "bytes=999999-"])
async def test_a_look_at_the_headers_tells_of_the_whole_file(api: Api, url: str, range_: str | None) -> None:
    answer = await api.http.head(url, headers={"Range": range_} if range_ else {})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["content-type"] == "application/pdf"
    assert "content-range" not in answer.headers
    assert_headers(answer)
    assert await kinds_of_events(api, *KINDS) == []


async def test_over_a_real_line_a_look_has_no_body_and_a_part_no_more_than_it_says(
    api: Api, url: str
) -> None:
    async with served(create_app(api.ports)) as address, httpx.AsyncClient() as http:
        there = url.replace(api.ports.public_url, address)
        looked = await http.head(there)
        assert (looked.status_code, looked.content, looked.headers["content-length"]) == (200, b"", str(SIZE))
        part = await http.get(there, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, PDF[10:20])
        known = await http.get(there, headers={"If-None-Match": ETAG})
        assert (known.status_code, known.content) == (304, b"")


async def test_a_large_file_is_the_same_in_parts(api: Api) -> None:
    line = bytes(range(32, 127)) + b"\n"
    large = b"".join(b"%07d " % number + line for number in range(LARGE_UPLOAD_LIMIT // 104))
    id_ = (await complete(api, "bert", await sent(api, "bert", large)))["document"]["id"]
    url = await url_of(api, "bert", id_)
    parts = [part async for part in parts_of(api, url, len(large), 64 << 10)]
    assert len(parts) > 60
    assert b"".join(parts) == large
    assert (await gives(api, url)).content == large


async def parts_of(api: Api, url: str | None, size: int, step: int) -> AsyncGenerator[bytes]:
    for start in range(0, size, step):
        answer = await gives(api, url, range=f"bytes={start}-{start + step - 1}")
        assert answer.status_code == 206
        yield answer.content


# what is remembered -----------------------------------------------------------------------------------------


async def test_each_whole_download_is_remembered(api: Api, url: str) -> None:
    for _ in range(3):
        await gives(api, url)
    # One that wants a part of another file gets all of this one.
    await gives(api, url, range="bytes=1-2", if_range=OTHER)
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded"] * 4


async def test_parts_are_remembered_once_a_minute(api: Api, clock: SetClock, paper: str) -> None:
    start = clock.moment
    for second in (0, 1, 59, 60, 119, 120):
        clock.moment = start + timedelta(seconds=second)
        url = await url_of(api, "bert", paper)
        for range_ in ("bytes=0-9", "bytes=10-", "bytes=0-"):
            await gives(api, url, range=range_)
    events = sorted(await rows(api, Event, kind="document.downloaded"), key=lambda it: it.id)
    assert [(it.occurred_at - start).seconds for it in events] == [0, 60, 120]
    assert {it.account_id for it in events} == {api.world.accounts["bert"].id}
    assert {it.document_id for it in events} == {key_of(api, paper)}


async def test_parts_that_are_asked_for_at_once_are_remembered_once(api: Api, url: str) -> None:
    """As browsers do that show a PDF."""
    ranges = [f"bytes={start}-{start + 99}" for start in range(0, 1000, 100)]
    # Once there are as many connections, they do not wait for one another.
    await asyncio.gather(*(api.http.head(url) for _ in ranges))
    answers = await asyncio.gather(*(gives(api, url, range=it) for it in ranges))
    assert b"".join(it.content for it in answers) == PDF[:1000]
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded"]


async def test_parts_after_a_whole_download_are_of_the_same_minute(api: Api, url: str) -> None:
    await gives(api, url)
    await gives(api, url, range="bytes=0-9")
    assert await kinds_of_events(api, *KINDS) == ["document.downloaded"]


async def test_parts_are_remembered_of_each_version_kind_reader_and_document(api: Api, paper: str) -> None:
    await set_rights(api, paper, "bert", "READ", "UPDATE")
    await add_file(api, "bert", paper, PDF, "b.pdf")
    other = await paper_of(api, "bert", PDF)
    seen: set[tuple[str, str, str, int]] = set()
    for who in ("bert", "anna"):
        for id_, version in ((paper, 1), (paper, 2), (other, 1)):
            for disposition, kind in (("INLINE", "document.opened"), ("ATTACHMENT", "document.downloaded")):
                url = await url_of(api, who, id_, version=version, disposition=disposition)
                for range_ in ("bytes=0-9", "bytes=10-19"):
                    await gives(api, url, range=range_)
                seen.add((who, id_, kind, version))
    names = {api.world.accounts[who].id: who for who in ("bert", "anna")}
    ids = {key_of(api, it): it for it in (paper, other)}
    events = [it for it in await rows(api, Event) if it.kind in KINDS]
    found = [(it.account_id, it.document_id, it.kind, it.details["version"]) for it in events]
    assert {(names[a], ids[d], kind, v) for a, d, kind, v in found if a and d} == seen
    assert len(found) == len(seen) == 12


async def test_viewed_opened_and_downloaded_are_three_things(api: Api, paper: str) -> None:
    await gives(api, await preview_of(api, "bert", paper))
    for disposition in ("INLINE", "ATTACHMENT"):
        await gives(api, await url_of(api, "bert", paper, disposition=disposition))
    assert await kinds_of_events(api, *KINDS) == ["document.viewed", "document.opened", "document.downloaded"]
