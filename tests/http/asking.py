"""Requests byte for byte as clients send them, and applications behind rules of a test's own."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from resolvers.ports import Ports
from server.app import create_app
from server.http_rules import HttpRules
from tests.api import UPLOAD, Api

ADDRESS = "/graphql"
GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
IN_JSON = {"Content-Type": JSON}
WHO = "{ viewer { email } }"
WHAT_TYPE = "{ __typename }"
BOUNDARY = "a-boundary"
IN_PARTS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@asynccontextmanager
async def behind(api: Api, ports: Ports | None = None, **rules: Any) -> AsyncGenerator[Api]:
    """Yield the API of one more application over the same world, behind rules of its own."""
    app = create_app(ports or api.ports, rules=HttpRules(**rules))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=api.ports.public_url) as http:
        other = Api(api.ports, api.world, http)
        other.tokens = api.tokens
        yield other


async def send(
    api: Api, method: str = "POST", url: str = ADDRESS, *, headers: Mapping[str, str], content: Any = None
) -> httpx.Response:
    """Return the answer to a request with these headers and no others that could matter."""
    request = api.http.build_request(method, url, content=content)
    del request.headers["Accept"]
    request.headers.update(headers)
    return await api.http.send(request)


async def ask(api: Api, query: str, who: str = "nobody", **headers: str) -> httpx.Response:
    """Return the answer to an operation in JSON; names of headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    signed = IN_JSON | await api.headers(who) | named
    return await send(api, headers=signed, content=json.dumps({"query": query}))


def parts(*given: tuple[str, bytes]) -> bytes:
    """Return the body of a multipart request; what stands before each part's bytes is its disposition."""
    pieces = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {said}\r\n\r\n".encode(errors="surrogatepass")
        + content
        + b"\r\n"
        for said, content in given
    ]
    return b"".join([*pieces, f"--{BOUNDARY}--\r\n".encode()])


def upload(content: bytes = b"words", places: object = ("variables.input.file",)) -> bytes:
    """Return the body of a multipart request that sends a file in."""
    said = {"query": UPLOAD, "variables": {"input": {"description": "x", "file": None}}}
    return parts(
        ('name="operations"', json.dumps(said).encode()),
        ('name="map"', json.dumps({"0": places}).encode()),
        ('name="0"; filename="a.txt"', content),
    )


def codes(answer: httpx.Response) -> list[str | None]:
    """Return the codes of the errors at the top of an answer."""
    return [it.get("extensions", {}).get("code") for it in answer.json().get("errors", [])]
