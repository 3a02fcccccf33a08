"""How large a body may be, and how slowly it may come: past that nobody reads on."""

import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest

from server.app import create_app
from server.http_rules import BESIDE_THE_FILE, HttpRules
from tests.api import Api
from tests.conftest import UPLOAD_LIMIT
from tests.http.asking import BOUNDARY, GRAPHQL, IN_JSON, IN_PARTS, behind, send, upload
from tests.http.serving import served

LARGEST_JSON = 256 << 10
ASKED = b'{"query": "{ viewer { email } }"}'
FORM = UPLOAD_LIMIT + BESIDE_THE_FILE
BEGUN = upload()[: -len(f"\r\n--{BOUNDARY}--\r\n")]
"""A form up to the middle of its file."""


async def test_a_body_of_256_kib_is_read_and_one_byte_more_is_not(api: Api) -> None:
    for size, status in ((LARGEST_JSON, 200), (LARGEST_JSON + 1, 413)):
        answer = await send(api, headers=IN_JSON, content=ASKED.ljust(size))
        assert (answer.status_code, len(answer.json())) == (status, 1)


async def test_what_is_too_large_is_not_even_looked_at(api: Api) -> None:
    answer = await send(api, headers=IN_JSON, content=b"[" * (LARGEST_JSON + 1))
    assert (answer.status_code, answer.json()) == (413, {"errors": [{"message": "The body is too large."}]})
    answer = await send(api, headers=IN_JSON, content=b"[" * LARGEST_JSON)
    assert answer.status_code == 400


async def test_a_form_may_hold_a_file_of_the_largest_size_and_its_operation(api: Api) -> None:
    headers = IN_PARTS | await api.headers("anna")
    answer = await send(api, headers=headers, content=upload(b"a" * UPLOAD_LIMIT))
    assert answer.json()["data"]["uploadDocument"]["document"]["byteSize"] == UPLOAD_LIMIT
    answer = await send(api, headers=headers, content=upload(b"a" * (UPLOAD_LIMIT + 1)))
    assert [it["code"] for it in answer.json()["data"]["uploadDocument"]["userErrors"]] == ["TOO_LARGE"]


async def test_a_form_is_read_up_to_its_limit_and_no_byte_more(api: Api) -> None:
    headers = IN_PARTS | await api.headers("anna")
    large = upload(b"a" * (FORM - len(upload(b""))))
    assert len(large) == FORM
    assert (await send(api, headers=headers, content=large)).status_code == 200
    answer = await send(api, headers=headers, content=large + b"\n")
    assert (answer.status_code, list(answer.json())) == (413, ["errors"])


@pytest.mark.parametrize("headers", [IN_JSON, IN_PARTS])
async def test_a_body_that_hides_its_size_is_not_read_to_its_end(api: Api, headers: dict[str, str]) -> None:
    sent = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal sent
        yield BEGUN
        while True:
            sent += 10_000
            yield b" " * 10_000

    answer = await send(api, headers=headers | await api.headers("anna"), content=endless())
    assert answer.status_code == 413
    assert sent <= (LARGEST_JSON if headers == IN_JSON else FORM) + 20_000


@pytest.mark.parametrize("headers", [IN_JSON, IN_PARTS])
async def test_a_body_that_comes_too_slowly_is_given_up(api: Api, headers: dict[str, str]) -> None:
    async def slow() -> AsyncGenerator[bytes]:
        yield BEGUN
        await asyncio.sleep(60)

    async with behind(api, read_within=0.1) as impatient:
        signed = headers | {"Accept": GRAPHQL} | await api.headers("anna")
        answer = await send(impatient, headers=signed, content=slow())
    assert (answer.status_code, list(answer.json())) == (408, ["errors"])
    assert answer.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"


@pytest.mark.parametrize(
    ("length", "rest", "status"), [(1000, b"", b"408"), (LARGEST_JSON * 2, b" " * LARGEST_JSON, b"413")]
)
async def test_the_connection_ends_where_the_rest_of_a_body_would_come(
    api: Api, length: int, rest: bytes, status: bytes
) -> None:
    async with served(create_app(api.ports, rules=HttpRules(read_within=0.2))) as url:
        at = httpx.URL(url)
        reader, writer = await asyncio.open_connection(at.host, at.port)
        head = f"POST /graphql HTTP/1.1\r\nHost: {at.host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode() + ASKED + rest)
        async with asyncio.timeout(20):
            answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.split(b" ")[1] == status
    assert b"connection: close" in answer.lower()
