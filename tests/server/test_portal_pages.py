"""Where a portal stands, and under which policy; what leads to it, and that a server has none of its own."""

from pathlib import Path

import httpx
import pytest

from demo import portal
from resolvers.ports import Ports
from server.app import create_app
from server.portal_pages import POLICY


def browser(ports: Ports, folder: Path | None = portal.FOLDER) -> httpx.AsyncClient:
    """Return what asks an application with a portal."""
    transport = httpx.ASGITransport(create_app(ports, portal=folder))
    return httpx.AsyncClient(transport=transport, base_url=ports.public_url)


@pytest.mark.parametrize("screen", ["", "/home", "/upload", "/profile", "/first-password"])
async def test_every_screen_has_an_address(ports: Ports, screen: str) -> None:
    async with browser(ports) as http:
        answer = await http.get(f"/portal{screen}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<div id="portal"></div>' in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-cache"


async def test_its_policy_allows_nothing_inline_and_nothing_of_others(ports: Ports) -> None:
    script = next(portal.FOLDER.glob("*.js.gz")).stem
    async with browser(ports) as http:
        answer = await http.get(f"/portal/{script}")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    said = answer.headers["content-security-policy"]
    assert "default-src 'none'" in said
    assert "unsafe" not in said
    assert "http" not in said


@pytest.mark.parametrize("path", ["/portal/nothing", "/portal/index.html", "/portal/built.json"])
async def test_nothing_else_of_the_folder_is_there(ports: Ports, path: str) -> None:
    async with browser(ports) as http:
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", "/portal/home"),
        ("/?licence=de-linde", "/portal/home?licence=de-linde"),
        ("/first-password", "/portal/first-password"),
    ],
)
async def test_the_addresses_in_letters_lead_to_it(ports: Ports, path: str, to: str) -> None:
    async with browser(ports) as http:
        answer = await http.get(path)
    assert answer.is_redirect
    assert answer.headers["location"] == to


async def test_a_server_without_a_portal_leads_to_the_console(ports: Ports) -> None:
    async with browser(ports, None) as http:
        assert (await http.get("/")).headers["location"] == "/console"
        assert (await http.get("/portal")).status_code == 404
