"""The bytes of an upload as they arrive: again after a broken line, and no others than were announced."""

import asyncio
from collections.abc import AsyncGenerator
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from models import Account, Document, DocumentVersion, Upload
from server.app import create_app
from tests.api import Api
from tests.conftest import LARGE_UPLOAD_LIMIT
from tests.http.serving import served
from tests.journeys.filing import (
    PDF,
    SAFE_HEADERS,
    WORDS,
    archive_of,
    complete,
    gives,
    head_of_put,
    key_of,
    objects,
    preview_of,
    put,
    safe_headers,
    sent,
    ticket_of,
    url_of,
    version_of,
)
from tests.journeys.rows import row, rows, set_values
from tests.storage import real_files

LATER = b"other words"
EARLIER = b"words again"
LARGE = b"0123456789abcde\n" * (LARGE_UPLOAD_LIMIT // 16)


async def pieces(*parts: bytes) -> AsyncGenerator[bytes]:
    """Yield what is sent without saying how much it is."""
    for part in parts:
        yield part


async def bytes_of(api: Api, id_: str) -> bytes:
    return (await gives(api, await url_of(api, "bert", id_))).content


async def test_what_is_taken_is_told_without_a_body(api: Api) -> None:
    answer = await put(api, await ticket_of(api, "bert"), WORDS)
    assert (answer.status_code, answer.content) == (204, b"")
    assert safe_headers(answer) == SAFE_HEADERS
    upload = await row(api, Upload)
    assert (upload.sha256, upload.scan_state) == (sha256(WORDS).digest(), "NOT_SCANNED")
    assert await objects(api) == {upload.object_key}


async def test_a_file_in_pieces_of_unsaid_length_is_taken(api: Api) -> None:
    ticket = await ticket_of(api, "bert", LARGE, sha256=sha256(LARGE).hexdigest())
    cuts = [LARGE[at : at + 300_000] for at in range(0, len(LARGE), 300_000)]
    assert (await put(api, ticket, pieces(*cuts))).status_code == 204
    document = (await complete(api, "bert", ticket["id"]))["document"]
    assert document["byteSize"] == LARGE_UPLOAD_LIMIT
    assert await bytes_of(api, document["id"]) == LARGE


@pytest.mark.parametrize("again", [EARLIER, LATER])
async def test_what_is_sent_again_replaces_what_was_sent(api: Api, again: bytes) -> None:
    ticket = await ticket_of(api, "bert", EARLIER)
    await put(api, ticket, EARLIER)
    (before,) = await objects(api)
    assert (await put(api, ticket, again)).status_code == 204
    (after,) = await objects(api)
    assert before != after
    document = (await complete(api, "bert", ticket["id"]))["document"]
    assert await bytes_of(api, document["id"]) == again


async def test_of_two_who_send_at_once_one_stays(api: Api) -> None:
    ticket = await ticket_of(api, "bert", EARLIER)
    answers = await asyncio.gather(*(put(api, ticket, it) for it in (EARLIER, LATER) * 3))
    assert {it.status_code for it in answers} == {204}
    assert await objects(api) == {(await row(api, Upload)).object_key}
    document = (await complete(api, "bert", ticket["id"]))["document"]
    assert sha256(await bytes_of(api, document["id"])).hexdigest() == document["sha256"]


PAGE = b"<html>" + b" " * (len(PDF) - 6)
OTHERS: dict[str, tuple[bytes | list[bytes], str]] = {
    "one byte less": (PDF[:-1], "INVALID"),
    "one byte more": (PDF + b"\n", "INVALID"),
    "no byte": (b"", "INVALID"),
    "one byte less, of unsaid length": ([PDF[:-1]], "INVALID"),
    "one byte more, of unsaid length": ([PDF, b"\n"], "TOO_LARGE"),
    "no byte, of unsaid length": ([], "REQUIRED"),
    "other bytes": (PDF.replace(b"whole", b"other"), "INVALID"),
    "another type": (PAGE, "UNSUPPORTED_TYPE"),
}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("name", OTHERS)
async def test_other_bytes_than_were_announced_leave_all_as_it_was(
    api: Api, name: str, *, is_first: bool
) -> None:
    content, code = OTHERS[name]
    ticket = await ticket_of(api, "bert", PDF, "a.pdf", sha256=sha256(PDF).hexdigest())
    if not is_first:
        await put(api, ticket, PDF)
    before = await objects(api)
    answer = await put(api, ticket, content if isinstance(content, bytes) else pieces(*content))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert safe_headers(answer) == SAFE_HEADERS
    assert await objects(api) == before
    assert (await row(api, Upload)).object_key == (None if is_first else before.pop())
    assert (await put(api, ticket, PDF)).status_code == 204


async def test_fewer_bytes_are_refused_where_no_digest_was_announced_too(api: Api) -> None:
    answer = await put(api, await ticket_of(api, "bert", WORDS), pieces(WORDS[:-1]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID")
    assert await objects(api) == set()


async def test_what_hangs_behind_a_file_is_looked_for_as_in_a_small_one(api: Api) -> None:
    photo = real_files.png()
    assert (await put(api, await ticket_of(api, "bert", photo, "a.png"), photo)).status_code == 204
    before = await objects(api)
    content = photo + real_files.word()
    answer = await put(api, await ticket_of(api, "bert", content, "a.png"), content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "UNSUPPORTED_TYPE")
    assert await objects(api) == before


async def test_what_was_announced_and_not_sent_is_told(api: Api) -> None:
    answer = await put(api, await ticket_of(api, "bert", PDF, "a.pdf"), PDF[:-1])
    message = f"{len(PDF)} bytes were announced for this upload."
    assert answer.json() == {"error": {"code": "INVALID", "message": message}}


# a broken line ----------------------------------------------------------------------------------------------


async def breaks_off(address: str, sent: bytes) -> None:
    """Send this over a line of its own, and hang up."""
    where = urlsplit(address)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(sent)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("there", [0, 10, LARGE_UPLOAD_LIMIT - 1])
async def test_of_a_broken_line_nothing_is_kept(api: Api, there: int, *, is_first: bool) -> None:
    ticket = await ticket_of(api, "bert", LARGE)
    if not is_first:
        await put(api, ticket, LARGE)
    before = await objects(api)
    async with served(create_app(api.ports)) as address:
        await breaks_off(address, head_of_put(ticket, len(LARGE)) + LARGE[:there])
    # The server has ended, and so has what it began.
    assert await objects(api) == before
    assert (await row(api, Upload)).object_key == (None if is_first else before.pop())
    assert (await put(api, ticket, LARGE)).status_code == 204
    document = (await complete(api, "bert", ticket["id"]))["document"]
    assert document["sha256"] == sha256(LARGE).hexdigest()


# what happens meanwhile -------------------------------------------------------------------------------------


async def test_what_is_sent_after_it_is_complete_is_refused(api: Api) -> None:
    ticket = await ticket_of(api, "bert", EARLIER)
    await put(api, ticket, EARLIER)
    document = (await complete(api, "bert", ticket["id"]))["document"]
    before = await objects(api)
    answer = await put(api, ticket, LATER)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert safe_headers(answer) == SAFE_HEADERS
    assert await objects(api) == before
    assert await bytes_of(api, document["id"]) == EARLIER


async def test_what_is_complete_before_the_last_byte_stays_as_it_is(api: Api) -> None:
    ticket = await ticket_of(api, "bert", EARLIER)
    await put(api, ticket, EARLIER)

    async def slowly() -> AsyncGenerator[bytes]:
        yield LATER[:3]
        assert (await complete(api, "bert", ticket["id"]))["userErrors"] == []
        yield LATER[3:]

    answer = await put(api, ticket, slowly())
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    (version,) = [it for it in await rows(api, DocumentVersion) if it.sha256 == sha256(EARLIER).digest()]
    assert await objects(api) == {version.object_key}


async def test_what_is_given_up_before_the_last_byte_is_not_kept(api: Api) -> None:
    ticket = await ticket_of(api, "bert", EARLIER)

    async def slowly() -> AsyncGenerator[bytes]:
        yield LATER[:3]
        async with api.ports.database.change(api.world.firm.licence_id) as session:
            await session.delete(await session.merge(await row(api, Upload)))
        yield LATER[3:]

    assert (await put(api, ticket, slowly())).status_code == 404
    assert await objects(api) == set()


async def test_who_may_send_no_more_sends_nothing(api: Api) -> None:
    ticket = await ticket_of(api, "anna")
    await set_values(api, Account, api.world.accounts["anna"].id, role="AUDITOR")
    assert (await put(api, ticket, WORDS)).status_code == 404
    assert await objects(api) == set()


# methods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE"])
async def test_an_upload_is_only_sent_to(api: Api, method: str) -> None:
    ticket = await ticket_of(api, "bert")
    answer = await api.http.request(method, ticket["url"])
    assert (answer.status_code, answer.headers["allow"]) == (405, "PUT")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
async def test_what_is_opened_is_not_sent_to(api: Api, method: str) -> None:
    pdf = real_files.pdf()
    id_ = (await complete(api, "bert", await sent(api, "bert", pdf, "a.pdf")))["document"]["id"]
    before = (await version_of(api, id_)).object_key
    for url in (
        await url_of(api, "bert", id_),
        await preview_of(api, "bert", id_),
        await archive_of(api, "bert", id_),
    ):
        assert url is not None
        answer = await api.http.request(method, url, content=pdf)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert (await row(api, Document, id=key_of(api, id_))).current_version == 1
    assert await objects(api) == {before}
