"""Built pages over HTTP: codings, marks, how long they are kept, and what they may reach."""

import gzip
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers

from server.built_pages import BuiltPages, takes_gzip

PAGE = b"<!doctype html><title>A page</title>"
SCRIPT = b"'use strict';" * 50
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
async def http(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    (tmp_path / "index.html.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / "main-AbC.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "built.json").write_text("{}")
    app = Starlette(routes=BuiltPages(tmp_path).routes(at="/console"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kluis.test") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "content", "media_type", "kept"),
    [
        ("/console", PAGE, "text/html; charset=utf-8", "no-cache"),
        (
            "/console/main-AbC.js",
            SCRIPT,
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ],
)
async def test_a_file_is_sent_as_it_was_built_under_a_strict_policy(
    http: httpx.AsyncClient, path: str, content: bytes, media_type: str, kept: str
) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(gzip.compress(content))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == kept
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_who_does_not_read_gzip_gets_it_plain(http: httpx.AsyncClient) -> None:
    answer = await http.get("/console", headers=PLAIN)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_each_coding_has_a_mark_of_its_own_by_which_it_is_known(http: httpx.AsyncClient) -> None:
    marks = {(await http.get("/console", headers=said)).headers["etag"] for said in ({}, PLAIN)}
    assert len(marks) == 2
    for mark in marks:
        statuses = {
            (await http.get("/console", headers={**said, "If-None-Match": mark})).status_code
            for said in ({}, PLAIN)
        }
        assert statuses == {200, 304}


async def test_who_has_it_already_is_told_so_and_nothing_else(http: httpx.AsyncClient) -> None:
    mark = (await http.get("/console")).headers["etag"]
    answer = await http.get("/console", headers={"If-None-Match": f'"other", W/{mark}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == mark
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


async def test_head_tells_what_get_would_send(http: httpx.AsyncClient) -> None:
    got, told = await http.get("/console/main-AbC.js"), await http.head("/console/main-AbC.js")
    assert told.status_code == 200
    assert told.headers == got.headers


@pytest.mark.parametrize("name", ["index.html", "built.json", "main-AbC.js.gz", "other.js", "%2e%2e"])
async def test_nothing_but_what_was_built_is_there(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/console/{name}")).status_code == 404


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip ; q=1.0, deflate", True),
        ("*", True),
        ("", False),
        ("br, deflate", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("xgzip", False),
    ],
)
def test_what_a_client_reads_stands_in_accept_encoding(said: str, *, takes: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": said})) is takes


def test_a_client_that_says_nothing_gets_it_plain() -> None:
    assert not takes_gzip(Headers())
