"""The bytes of a document: an address that works for a minute, for one viewer, while he may read it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from auth.links import Holder, Link, Purpose
from auth.sessions import IDLE_FOR
from core.tokens import pack, unpack
from models import Account, DocumentVersion, Event, Session
from resolvers.content import ContentLink
from resolvers.opening import ADDRESS_LASTS, address
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import refusals
from tests.journeys.rows import block, delete_document, row, rows, set_values

PDF = b"%PDF-1.7\nthe whole of a paper\n%%EOF\n"
WORDS = "Höhe: 5 €\n".encode()
URL = """
query ($id: ID!, $disposition: Disposition! = ATTACHMENT, $version: Int) {
  document(id: $id) { contentUrl(disposition: $disposition, version: $version) }
}
"""
SHARE = """
mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code } } }
"""
SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}


@pytest.fixture
async def paper(api: Api) -> str:
    """A document that Bert sent: its id."""
    return (await api.upload("bert", "Akte Élan.pdf", PDF))["document"]["id"]


async def url_of(api: Api, who: str, id_: str, **asked: Any) -> str:
    return (await api.gets(who, URL, id=id_, **asked))["document"]["contentUrl"]


async def get(api: Api, url: str) -> httpx.Response:
    return await api.http.get(url)


def safe_headers(answer: httpx.Response) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in SAFE_HEADERS}


@pytest.mark.parametrize("who", ["bert", "anna"])
async def test_the_address_gives_the_same_bytes(api: Api, paper: str, who: str) -> None:
    url = await url_of(api, who, paper)
    assert url.startswith("http://kluis.test/content/")
    answer = await get(api, url)
    assert (answer.status_code, answer.content) == (200, PDF)


async def test_an_address_can_be_used_again_within_its_minute(api: Api, paper: str) -> None:
    url = await url_of(api, "bert", paper)
    assert [(await get(api, url)).content for _ in range(3)] == [PDF] * 3


async def test_a_file_does_nothing_in_the_portals_name(api: Api, paper: str) -> None:
    answer = await get(api, await url_of(api, "bert", paper))
    assert safe_headers(answer) == SAFE_HEADERS
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["etag"] == f'"{sha256(PDF).hexdigest()}"'


@pytest.mark.parametrize(
    ("name", "content", "disposition", "said"),
    [
        ("Akte Élan.pdf", PDF, "ATTACHMENT", "attachment"),
        ("Akte Élan.pdf", PDF, "INLINE", "inline"),
        ("a.txt", WORDS, "ATTACHMENT", "attachment"),
        ("a.txt", WORDS, "INLINE", "attachment"),
        ("a.csv", b"a;b\n", "INLINE", "attachment"),
    ],
)
async def test_only_what_is_safe_is_shown_in_place(
    api: Api, name: str, content: bytes, disposition: str, said: str
) -> None:
    id_ = (await api.upload("bert", name, content))["document"]["id"]
    answer = await get(api, await url_of(api, "bert", id_, disposition=disposition))
    assert answer.headers["content-disposition"].split(";")[0] == said
    assert answer.content == content


async def test_a_file_is_saved_under_its_own_name(api: Api, paper: str) -> None:
    answer = await get(api, await url_of(api, "bert", paper))
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Akte Elan.pdf\"; filename*=UTF-8''Akte%20%C3%89lan.pdf"
    )


async def dead_answer(api: Api) -> httpx.Response:
    return await get(api, "http://kluis.test/content/never")


async def assert_dead(api: Api, url: str) -> None:
    """Assert that the answer is that of every other dead link, byte for byte."""
    answer, never = await get(api, url), await dead_answer(api)
    assert (answer.status_code, answer.content) == (404, never.content)
    assert answer.headers == never.headers


async def test_a_dead_link_is_told_as_json(api: Api) -> None:
    answer = await dead_answer(api)
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": "NOT_FOUND", "message": "There is nothing here with this id."}}
    assert safe_headers(answer) == SAFE_HEADERS


@pytest.mark.parametrize(("age", "status"), [(59, 200), (60, 404), (61, 404)])
async def test_an_address_dies_after_a_minute(
    api: Api, clock: SetClock, paper: str, age: int, status: int
) -> None:
    url = await url_of(api, "bert", paper)
    clock.advance(timedelta(seconds=age))
    assert (await get(api, url)).status_code == status


async def sign_out(api: Api, _: str) -> None:
    await api.gets("bert", "mutation { signOut { userErrors { code } } }")


async def block_bert(api: Api, _: str) -> None:
    await block(api, "bert")


async def withdraw(api: Api, paper: str) -> None:
    said: dict[str, Any] = {
        "documentId": paper,
        "principalId": api.id("Account", api.world.accounts["bert"].id),
        "rights": [],
    }
    await api.gets("anna", SHARE, input=said)


async def delete(api: Api, _: str) -> None:
    await delete_document(api, (await row(api, DocumentVersion, file_name="Akte Élan.pdf")).document_id)


async def infect(api: Api, _: str) -> None:
    version = await row(api, DocumentVersion, file_name="Akte Élan.pdf")
    await set_values(api, DocumentVersion, version.id, scan_state="INFECTED")


@pytest.mark.parametrize("ending", [sign_out, block_bert, withdraw, delete, infect])
async def test_an_address_dies_with_whatever_it_stands_on(
    api: Api, paper: str, ending: Callable[[Api, str], Awaitable[None]]
) -> None:
    url = await url_of(api, "bert", paper)
    assert (await get(api, url)).status_code == 200
    await ending(api, paper)
    await assert_dead(api, url)


@pytest.mark.usefixtures("paper")
async def test_an_address_dies_with_a_session_that_is_not_used(api: Api, clock: SetClock) -> None:
    clock.advance(IDLE_FOR - timedelta(seconds=30))
    (session,) = await sessions_of(api, "bert")
    version = await row(api, DocumentVersion, file_name="Akte Élan.pdf")
    said = ContentLink(version.document_id, 1, inline=False).said
    link = Link(Holder(api.world.firm.licence_id, session), clock.now() + ADDRESS_LASTS, said)
    url = address(api.ports, Purpose.CONTENT, link)
    assert (await get(api, url)).status_code == 200
    clock.advance(timedelta(seconds=30))
    await assert_dead(api, url)


async def sessions_of(api: Api, who: str) -> list[Any]:
    return [it.id for it in await rows(api, Session, account_id=api.world.accounts[who].id)]


def tampered(link: str, at: int) -> str:
    raw = bytearray(unpack(link) or b"")
    raw[at] ^= 1
    return pack(bytes(raw))


async def test_a_tampered_link_is_dead_whichever_byte_was_changed(api: Api, paper: str) -> None:
    head, _, link = (await url_of(api, "bert", paper)).rpartition("/")
    size = len(unpack(link) or b"")
    for at in (0, 11, 12, 30, 60, size - 1):
        await assert_dead(api, f"{head}/{tampered(link, at)}")
    for text in (
        link[:-1],
        f"{link}A",
        link[1:],
        f"{link}=",
        link.upper(),
        "A",
        "%00",
        "%C3%A9",
        "-",
    ):
        await assert_dead(api, f"{head}/{text}")


async def test_opened_and_downloaded_are_remembered_as_two_things(api: Api, paper: str) -> None:
    for disposition in ("INLINE", "ATTACHMENT"):
        await get(api, await url_of(api, "bert", paper, disposition=disposition))
    found = sorted(await rows(api, Event), key=lambda it: it.id)
    assert [(it.kind, it.details) for it in found] == [
        ("document.uploaded", {}),
        ("document.opened", {"version": 1}),
        ("document.downloaded", {"version": 1}),
    ]
    assert {it.account_id for it in found} == {api.world.accounts["bert"].id}


async def test_what_is_saved_instead_of_shown_is_remembered_as_a_download(api: Api) -> None:
    id_ = (await api.upload("bert", "a.txt", WORDS))["document"]["id"]
    await get(api, await url_of(api, "bert", id_, disposition="INLINE"))
    assert [it.kind for it in await rows(api, Event, account_id=api.world.accounts["bert"].id)] == [
        "document.uploaded",
        "document.downloaded",
    ]


async def test_looking_at_the_address_alone_is_no_event(api: Api, paper: str) -> None:
    await url_of(api, "bert", paper)
    assert [it.kind for it in await rows(api, Event)] == ["document.uploaded"]


@pytest.mark.parametrize(("version", "is_there"), [(1, True), (2, False), (2**31 - 1, False)])
async def test_a_version_that_is_not_there_has_no_address(
    api: Api, paper: str, version: int, *, is_there: bool
) -> None:
    url = await url_of(api, "bert", paper, version=version)
    assert (url is not None) == is_there
    if is_there:
        assert (await get(api, url)).content == PDF


@pytest.mark.parametrize("version", [0, -1, -(2**31)])
async def test_versions_are_numbered_from_one(api: Api, paper: str, version: int) -> None:
    assert await refusals(api, "bert", URL, id=paper, version=version) == [("INVALID", ["version"])]


async def test_addresses_are_made_for_a_whole_list(api: Api) -> None:
    for number in range(3):
        await api.upload("carla", f"{number}.txt", str(number).encode())
    query = "{ documents(orderBy: {field: CREATED_AT, direction: ASC}) { nodes { fileName contentUrl } } }"
    nodes = (await api.gets("carla", query))["documents"]["nodes"]
    found = [(it["fileName"], (await get(api, it["contentUrl"])).text) for it in nodes]
    assert sorted(found) == [("0.txt", "0"), ("1.txt", "1"), ("2.txt", "2")]


async def test_whoever_holds_the_address_needs_nothing_else_but_it_is_his_alone(api: Api, paper: str) -> None:
    """A browser follows it without a header; and it dies with the viewer that it was made for."""
    his, hers = await url_of(api, "bert", paper), await url_of(api, "anna", paper)
    await set_values(api, Account, api.world.accounts["anna"].id, blocked_at=api.ports.clock.now())
    await assert_dead(api, hers)
    assert (await get(api, his)).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_an_address_is_only_read(api: Api, paper: str, method: str) -> None:
    answer = await api.http.request(method, await url_of(api, "bert", paper))
    assert answer.status_code == 405
    assert list(answer.json()) == ["errors"]
