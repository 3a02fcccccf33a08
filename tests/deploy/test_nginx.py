"""nginx in front: it understands the example, knows every address, and lets through what it must."""

import asyncio
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from auth.links import Purpose
from resolvers.ports import Ports
from server.app import create_app
from server.settings import Settings
from tests.deploy.files import DEPLOY, location_of, program, said_by
from tests.http.serving import served
from tests.mail.servers import certificate

CONF: Final = (DEPLOY / "nginx.conf").read_text()
MIB: Final = 1 << 20
# What is around a file of /etc/nginx/conf.d, with every place in one folder and one process.
AROUND: Final = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/kluis.conf;
}}
"""
FIRST: Final = '{"type":"connection_init","payload":{}}'


def laid(folder: Path, *, upstream: str, plain: int, secure: int) -> str:
    """Write the example into a folder, with ports and places of its own; return the file to start with."""
    conf = re.sub(r"^ +listen \[::\].*\n", "", CONF, flags=re.MULTILINE)
    for told, instead in {
        "127.0.0.1:8000": upstream,
        "listen 80 ": f"listen 127.0.0.1:{plain} ",
        "listen 443 ": f"listen 127.0.0.1:{secure} ",
        "/etc/ssl/portal.example/fullchain.pem": f"{folder}/chain.pem",
        "/etc/ssl/portal.example/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx": str(folder),
    }.items():
        assert told in conf
        conf = conf.replace(told, instead)
    (folder / "kluis.conf").write_text(conf)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    return str(folder / "nginx.conf")


def free_ports() -> tuple[int, int]:
    """Return two ports on which nobody listens."""
    with socket.socket() as one, socket.socket() as other:
        for it in (one, other):
            it.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def test_nginx_understands_it(tmp_path: Path) -> None:
    plain, secure = free_ports()
    certificate(tmp_path)
    file = laid(tmp_path, upstream="127.0.0.1:9", plain=plain, secure=secure)
    status, said = said_by(program("nginx"), "-t", "-q", "-e", str(tmp_path / "error.log"), "-c", file)
    assert (status, said) == (0, "")


async def test_every_address_that_is_served_has_a_place_of_its_own(ports: Ports) -> None:
    routes = create_app(ports).routes
    paths = {re.sub(r"\{.*?\}", "x", it.path) for it in routes if isinstance(it, Route)} - {"/"}
    assert len(paths) >= 9
    assert {it for it in paths if location_of(CONF, it)[0] == "/"} == set()


def test_bodies_may_be_as_large_as_the_settings_say_and_no_larger() -> None:
    given = Settings()
    assert f"client_max_body_size {given.upload_limit // MIB + 1}m;" in location_of(CONF, "/graphql")[1]
    limit = f"client_max_body_size {given.large_upload_limit // MIB}m;"
    assert limit in location_of(CONF, f"/{Purpose.UPLOAD}/x")[1]
    assert CONF.count("client_max_body_size") == 3


@pytest.mark.parametrize("path", ["/graphql/stream", "/content/x", "/archive/x", "/preview/x"])
def test_what_comes_in_pieces_is_not_gathered(path: str) -> None:
    assert "proxy_buffering off;" in location_of(CONF, path)[1]


def test_what_is_sent_in_at_length_is_not_kept_first() -> None:
    assert "proxy_request_buffering off;" in location_of(CONF, "/upload/x")[1]


def test_the_health_of_servers_is_for_this_machine() -> None:
    for path in ("/health", "/health/live", "/health/ready"):
        assert "deny all;" in location_of(CONF, path)[1]


@asynccontextmanager
async def behind_nginx(url: str, folder: Path) -> AsyncGenerator[str]:
    """Yield the address at which nginx stands in front of a server."""
    plain, secure = free_ports()
    file = laid(folder, upstream=url.removeprefix("http://"), plain=plain, secure=secure)
    command = [program("nginx"), "-e", str(folder / "error.log"), "-c", file]
    running = await asyncio.create_subprocess_exec(*command)
    try:
        for _ in range(200):
            try:
                (await asyncio.open_connection("127.0.0.1", secure))[1].close()
                break
            except OSError:
                await asyncio.sleep(0.02)
        yield f"https://127.0.0.1:{secure}"
    finally:
        running.terminate()
        await running.wait()


async def test_through_it_goes_what_must_and_nothing_else(ports: Ports, tmp_path: Path) -> None:
    _, trusting = certificate(tmp_path)
    async with (
        served(create_app(ports), proxies=["127.0.0.1"]) as url,
        behind_nginx(url, tmp_path) as proxy,
        httpx.AsyncClient(base_url=proxy, verify=trusting) as http,
    ):
        asked = await http.post("/graphql", json={"query": "{ __typename }"})
        assert asked.json() == {"data": {"__typename": "Query"}}
        assert "max-age" in asked.headers["Strict-Transport-Security"]
        # A body that is too large for an operation is a file on its way.
        too_large = await http.post("/graphql", content=bytes(27 * MIB))
        assert (too_large.status_code, "nginx" in too_large.text) == (413, True)
        assert (await http.put("/upload/secret-of-a-link", content=b"small")).status_code == 404
        # The server refuses it before it is all there, which nginx may take for a broken connection.
        large = await http.put("/upload/secret-of-a-link", content=bytes(27 * MIB))
        assert large.status_code in {404, 502}
        assert (await http.get("/archive/" + 20_000 * "a")).status_code == 404
        assert (await http.get("/console")).status_code == 200
        protocol = Subprotocol("graphql-transport-ws")
        live = proxy.replace("https", "wss") + "/graphql"
        async with connect(live, ssl=trusting, subprotocols=[protocol]) as socket_:
            await socket_.send(FIRST)
            # Whoever has not signed in is told so, by the server itself.
            with pytest.raises(ConnectionClosedError, match="4403"):
                await socket_.recv()
    lines = (tmp_path / "kluis.log").read_text()
    assert "/upload/..." in lines
    assert "secret-of-a-link" not in lines + (tmp_path / "error.log").read_text()
