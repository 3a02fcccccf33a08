"""The published schema: whoever may introspect reads it as text, once for each change of it."""

from typing import Any

import httpx
import pytest

import schema
from schema.context import Context
from server.context import COOKIE, PREFLIGHT_HEADER, context_of
from tests.api import Api
from tests.schema import programs
from tests.schema.asking import Desk

ADDRESS = "/graphql/schema.graphql"


async def read(api: Api, who: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.http.get(ADDRESS, headers=await api.headers(who) | named)


async def test_staff_and_programs_read_the_schema_that_is_served(api: Api) -> None:
    await programs.install(api)
    for who in ("anna", "arthur", "robot"):
        answer = await read(api, who)
        assert answer.status_code == 200
        assert answer.text == schema.sdl()
        assert answer.headers["Content-Type"] == "application/graphql; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_whoever_has_it_is_told_so_as_long_as_he_may_read_it(api: Api) -> None:
    known = (await read(api, "anna")).headers
    assert known["Cache-Control"] == "private, no-cache"
    again = await read(api, "anna", If_None_Match=known["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert (await read(api, "anna", If_None_Match='"of-another-version"')).status_code == 200
    assert (await read(api, "bert", If_None_Match=known["ETag"])).status_code == 403


@pytest.mark.parametrize(
    ("who", "status", "code"), [("nobody", 401, "UNAUTHENTICATED"), ("bert", 403, "FORBIDDEN")]
)
async def test_clients_and_nobody_read_nothing_of_it(api: Api, who: str, status: int, code: str) -> None:
    answer = await read(api, who)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert answer.headers["X-Request-Id"]
    assert "type Query" not in answer.text


async def test_a_page_reads_it_with_the_cookie_and_the_header_that_no_foreign_page_can_send(api: Api) -> None:
    cookie = {"Cookie": f"{COOKIE}={await api.token('anna')}"}
    refused = await api.http.get(ADDRESS, headers=cookie)
    assert refused.status_code == 403
    assert PREFLIGHT_HEADER in refused.json()["errors"][0]["message"]
    for origin, status in (("http://kluis.test", 200), ("https://foreign.example", 403)):
        said = cookie | {PREFLIGHT_HEADER: "1", "Origin": origin}
        assert (await api.http.get(ADDRESS, headers=said)).status_code == status


async def test_it_leaves_no_connection_behind(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Context] = []

    def keep(*given: Any, **named: Any) -> Context:
        """Return a context that is not thrown away, which would give its connection back too."""
        kept.append(context_of(*given, **named))
        return kept[-1]

    monkeypatch.setattr("server.schema_view.context_of", keep)
    # The second time her points are at hand, and nothing else gives the connection back.
    for who in ("anna", "anna", "bert", "nobody"):
        await read(api, who)
    assert len(kept) == 4
    assert Desk(api).lent() == 0


async def test_it_costs_points(api: Api) -> None:
    desk = Desk(api)
    await desk.spend_all("anna")
    answer = await read(api, "anna")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_what_fails_is_told_with_a_number_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> bool:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("schema.publishing.may_introspect", fail)
    answer = await read(api, "anna")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.json()["errors"][0]["message"]
    assert "secret" not in answer.text
