"""Files as a program sends them in steps and opens them again, and what lies in the store meanwhile."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
from sqlalchemy import select

from auth.links import Holder
from models import DocumentVersion, Event, Session
from server.app import create_app
from tests.api import Api
from tests.http.serving import served
from tests.journeys.rows import row, rows

PDF: Final = b"%PDF-1.7\nthe whole of a paper\n%%EOF\n"
WORDS: Final = "Höhe: 5 €\n".encode()
CREATE: Final = """
mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) {
    upload { id url headers { name value } maxByteSize expiresAt } userErrors { __typename code message path }
  }
}
"""
COMPLETE: Final = """
mutation ($input: CompleteUploadInput!) {
  completeUpload(input: $input) {
    document { id description fileName byteSize sha256 mediaType scanState }
    userErrors { __typename code message path }
  }
}
"""
ADD_VERSION: Final = """
mutation ($input: AddDocumentVersionInput!) {
  addDocumentVersion(input: $input) {
    document { id fileName byteSize sha256 mediaType revision updatedAt updatedBy { displayName } }
    userErrors { __typename code message path ... on ConflictError { currentRevision } }
  }
}
"""
URL: Final = """
query ($id: ID!, $disposition: Disposition! = ATTACHMENT, $version: Int) {
  document(id: $id) { contentUrl(disposition: $disposition, version: $version) }
}
"""
PREVIEW: Final = "query ($id: ID!, $width: Int! = 320) { document(id: $id) { previewUrl(width: $width) } }"
ARCHIVE: Final = "query ($ids: [ID!]!) { archiveUrl(documentIds: $ids) }"
SET_RIGHTS: Final = """
mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code } } }
"""
SAFE_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}


# in ---------------------------------------------------------------------------------------------------------


async def announce(
    api: Api, who: str, content: bytes = WORDS, name: str = "a.txt", **said: Any
) -> dict[str, Any]:
    """Return what createUpload answers."""
    types = {"txt": "text/plain", "pdf": "application/pdf", "png": "image/png"}
    given = {"fileName": name, "byteSize": len(content), "mediaType": types.get(name[-3:], "text/plain")}
    return (await api.gets(who, CREATE, input=given | said))["createUpload"]


async def ticket_of(
    api: Api, who: str, content: bytes = WORDS, name: str = "a.txt", **said: Any
) -> dict[str, Any]:
    """Return where a file that is announced goes."""
    payload = await announce(api, who, content, name, **said)
    assert payload["userErrors"] == []
    return payload["upload"]


async def put(api: Api, ticket: Mapping[str, Any], content: bytes | AsyncGenerator[bytes]) -> httpx.Response:
    """Send the bytes to the address of an upload, as its ticket says."""
    headers = {it["name"]: it["value"] for it in ticket["headers"]}
    return await api.http.put(ticket["url"], content=content, headers=headers)


async def sent(api: Api, who: str, content: bytes = WORDS, name: str = "a.txt", **said: Any) -> str:
    """Return the id of an upload whose bytes are there."""
    ticket = await ticket_of(api, who, content, name, **said)
    answer = await put(api, ticket, content)
    assert (answer.status_code, answer.content) == (204, b"")
    return ticket["id"]


async def complete(api: Api, who: str, upload_id: str, **said: Any) -> dict[str, Any]:
    """Return what completeUpload answers."""
    given = {"uploadId": upload_id, "description": "A paper"} | said
    return (await api.gets(who, COMPLETE, input=given))["completeUpload"]


async def add_version(api: Api, who: str, document_id: str, **said: Any) -> dict[str, Any]:
    """Return what addDocumentVersion answers, without a file."""
    given = {"documentId": document_id} | said
    return (await api.gets(who, ADD_VERSION, input=given))["addDocumentVersion"]


async def add_file(
    api: Api, who: str, document_id: str, content: bytes, name: str = "b.txt", **said: Any
) -> dict[str, Any]:
    """Return what addDocumentVersion answers to a file."""
    given = {"documentId": document_id} | said
    return (await asks_with_file(api, who, ADD_VERSION, given, content, name))["addDocumentVersion"]


async def asks_with_file(
    api: Api, who: str, query: str, given: Mapping[str, Any], content: bytes, name: str
) -> dict[str, Any]:
    """Return the data of an answer to one multipart request, whose input has a file."""
    parts = {
        "operations": json.dumps({"query": query, "variables": {"input": {**given, "file": None}}}),
        "map": json.dumps({"file": ["variables.input.file"]}),
    }
    headers = await api.headers(who)
    answer = await api.http.post("/graphql", data=parts, files={"file": (name, content)}, headers=headers)
    return answer.json()["data"]


async def paper_of(api: Api, who: str, content: bytes = PDF, name: str = "Akte.pdf") -> str:
    """Return the id of a document that somebody sent in."""
    payload = await api.upload(who, name, content)
    assert payload["userErrors"] == []
    return payload["document"]["id"]


def head_of_put(ticket: Mapping[str, Any], length: int) -> bytes:
    """Return what a client says before it sends so many bytes over a line of its own."""
    path = str(ticket["url"]).split("/", 3)[3]
    return f"PUT /{path} HTTP/1.1\r\nHost: kluis.test\r\nContent-Length: {length}\r\n\r\n".encode()


# out --------------------------------------------------------------------------------------------------------


async def url_of(api: Api, who: str, id_: str, **asked: Any) -> str | None:
    """Return the address of a document's bytes."""
    return (await api.gets(who, URL, id=id_, **asked))["document"]["contentUrl"]


async def preview_of(api: Api, who: str, id_: str, **asked: Any) -> str | None:
    """Return the address of a document's picture."""
    return (await api.gets(who, PREVIEW, id=id_, **asked))["document"]["previewUrl"]


async def archive_of(api: Api, who: str, *ids: str) -> str | None:
    """Return the address of documents as one ZIP."""
    return (await api.gets(who, ARCHIVE, ids=ids))["archiveUrl"]


async def gives(api: Api, url: str | None, **headers: str) -> httpx.Response:
    """Return the answer at an address that must be there; `if_range` is the header If-Range."""
    assert url is not None
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.http.get(url, headers=said)


def safe_headers(answer: httpx.Response) -> dict[str, str | None]:
    """Return what keeps a file from acting in the portal's name, as far as it was said."""
    return {name: answer.headers.get(name) for name in SAFE_HEADERS}


async def assert_dead(api: Api, url: str | None, method: str = "GET", content: bytes | None = None) -> None:
    """Assert that the answer is that of every other dead address, byte for byte."""
    assert url is not None
    never = await api.http.request(method, f"{url.rpartition('/')[0]}/never", content=content)
    answer = await api.http.request(method, url, content=content)
    assert never.status_code == 404
    assert method == "HEAD" or never.json()["error"]["code"] == "NOT_FOUND"
    assert (answer.status_code, answer.content) == (404, never.content)
    assert answer.headers == never.headers
    assert safe_headers(answer) == SAFE_HEADERS


async def set_rights(api: Api, document_id: str, who: str, *rights: str) -> None:
    """Let Arthur set what somebody may do with a document."""
    principal = api.id("Account", api.world.accounts[who].id)
    said = {"documentId": document_id, "principalId": principal, "rights": rights}
    payload = (await api.gets("arthur", SET_RIGHTS, input=said))["setDocumentRights"]
    assert payload["userErrors"] == []


# what lies behind -------------------------------------------------------------------------------------------


def key_of(api: Api, id_: str) -> UUID:
    """Return the key of the row that an id stands for."""
    found = api.ports.ids.read(id_)
    assert found
    return found[1]


async def version_of(api: Api, id_: str, number: int = 1) -> DocumentVersion:
    """Return the row of a version."""
    return await row(api, DocumentVersion, document_id=key_of(api, id_), number=number)


async def objects(api: Api) -> set[str]:
    """Return the keys of all that the firm has in the store."""
    listing = api.ports.files.store.listed(api.world.firm.licence_id)
    return {it.key for some in [part async for part in listing] for it in some}


async def kinds_of_events(api: Api, *kinds: str) -> list[str]:
    """Return the kinds of all events among these, in their order."""
    found = sorted(await rows(api, Event), key=lambda it: it.id)
    return [it.kind for it in found if it.kind in kinds]


def flip(folder: Path, object_key: str, at: int = -1) -> None:
    """Change one bit of an object that lies in a folder; `at` counts its bytes."""
    path = folder / "files" / object_key
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def lose(folder: Path, object_key: str) -> None:
    """Lose an object that lies in a folder."""
    (folder / "files" / object_key).unlink()


async def holder_of(api: Api, who: str) -> Holder:
    """Return whom the addresses of one of the cast are made for."""
    account, token = api.world.accounts[who], await api.token(who)
    licence_id = account.licence_id
    async with api.ports.database.change(licence_id) as session:
        its = select(Session.id).filter_by(licence_id=licence_id, digest=token.digest)
        return Holder(licence_id, (await session.scalars(its)).one())


async def until_it_breaks(api: Api, url: str | None, **headers: str) -> bytes:
    """Return what arrives over a real line of an answer that does not come to its end."""
    assert url is not None
    content = bytearray()
    async with served(create_app(api.ports)) as server, httpx.AsyncClient() as http:
        there = url.replace(api.ports.public_url, server)
        with suppress(httpx.RemoteProtocolError):
            async with http.stream("GET", there, headers=headers) as answer:
                async for part in answer.aiter_bytes():
                    content += part
            raise AssertionError("the answer came to its end")
    return bytes(content)


@asynccontextmanager
async def over(api: Api, **changed: Any) -> AsyncGenerator[Api]:
    """Yield the API of a server that has some other ports, with the same sessions."""
    ports = replace(api.ports, **changed)
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        other = Api(ports, api.world, http)
        other.tokens = api.tokens
        yield other
