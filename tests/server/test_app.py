"""The application: what stands at each address, what is refused, and what runs beside it."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from resolvers.ports import Ports
from server.app import create_app


@pytest.fixture
async def http(ports: Ports) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as client:
        yield client


async def test_the_console_loads_nothing_but_its_own_files(http: httpx.AsyncClient) -> None:
    page = (await http.get("/console")).text
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [body for _, body in scripts] == [""]
    assert not re.search(r"\son[a-z]+\s*=", page)
    named = [it for it in re.findall(r'(?:src|href)="([^"]*)"', page) if not it.startswith("data:")]
    assert named
    for address in named:
        assert (await http.get(address)).headers["cache-control"].endswith("immutable")


async def test_the_address_in_a_mail_leads_to_the_console(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/console")


@pytest.mark.parametrize("path", ["/admin", "/console.css", "/console/none.js", "/content/", "/content/a/b"])
async def test_what_is_not_there_is_told_as_json(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"errors": [{"message": "Not Found"}]}


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("POST", "/content/link", {"GET", "HEAD"}),
        ("POST", "/health/ready", {"GET", "HEAD"}),
        ("POST", "/console", {"GET", "HEAD"}),
    ],
)
async def test_a_verb_that_an_address_has_not_is_told_as_json(
    http: httpx.AsyncClient, verb: str, path: str, allowed: set[str]
) -> None:
    answer = await http.request(verb, path)
    assert answer.status_code == 405
    assert answer.json() == {"errors": [{"message": "Method Not Allowed"}]}
    assert set(re.findall("[A-Z]+", answer.headers["allow"])) == allowed


async def test_what_runs_beside_the_application_ends_with_it(ports: Ports) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def background() -> AsyncGenerator[None]:
        seen.append("begins")
        yield
        seen.append("ends")

    app = create_app(ports, background)
    assert seen == []
    async with app.router.lifespan_context(app):
        assert seen == ["begins"]
    assert seen == ["begins", "ends"]


async def test_an_application_needs_nothing_beside_it(ports: Ports) -> None:
    app = create_app(ports)
    async with app.router.lifespan_context(app):
        pass
