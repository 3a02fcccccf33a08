"""What a page of another site can do in a browser's name: nothing, unless the operator names it."""

import json
from datetime import timedelta
from itertools import product

import httpx
import pytest

from models import Document, Session
from server.context import COOKIE, PREFLIGHT_HEADER
from tests.api import Api
from tests.conftest import SetClock
from tests.http.asking import BOUNDARY, JSON, WHO, ask, behind, parts, send
from tests.journeys.rows import row, rows
from tests.world import PASSWORD

OWN = "http://kluis.test"
ALLOWED = "https://portal.example"
FOREIGN = "https://foreign.example"
ORIGINS = (
    None,
    OWN,
    ALLOWED,
    FOREIGN,
    "null",
    "",
    f"{OWN}.foreign.example",
    "https://kluis.test",
    OWN.upper(),
)
TRUSTED = (None, OWN, ALLOWED)
IN_ONE_PART = f"multipart/form-data; boundary={BOUNDARY}"
READ = (JSON, f"{JSON}; charset=utf-8", IN_ONE_PART)
KINDS = (
    *READ,
    None,
    "text/plain",
    "text/plain; application/json",
    "application/x-www-form-urlencoded",
    "application/graphql",
    "application/octet-stream",
    f"{JSON}; charset=utf-16",
    f"multipart/mixed; boundary={BOUNDARY}",
    "multipart/form-data",
)
CHANGE = "mutation ($input: UpdateDocumentInput!) { updateDocument(input: $input) { document { revision } } }"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { step } }"


def body_of(kind: str | None, query: str, **variables: object) -> bytes:
    """Return an operation as a request of some content type could hold it."""
    said = json.dumps({"query": query, "variables": {"input": variables}}).encode()
    if kind and kind.startswith("multipart/"):
        return parts(('name="operations"', said), ('name="map"', b"{}"))
    return said


def expected(kind: str | None, *, cookie: bool, header: bool, origin: str | None) -> int:
    """Return the status of an answer, as the rule is said."""
    is_form = kind is not None and kind.startswith("multipart/")
    if (cookie or is_form) and not (header and origin in TRUSTED):
        return 403
    if kind == "multipart/form-data":
        return 400
    return 200 if kind in READ else 415


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cookie_counts_for_pages_that_may_send_the_header(
    api: Api, clock: SetClock, kind: str | None
) -> None:
    document = api.world.document
    content = body_of(kind, CHANGE, documentId=api.id("Document", document.id), description="changed")
    token = await api.token("anna")
    changes = 0
    async with behind(api, origins=frozenset({ALLOWED})) as guarded:
        for cookie, header, origin in product([False, True], [False, True], ORIGINS):
            said = {
                "Content-Type": kind,
                "Cookie": f"{COOKIE}={token}" if cookie else None,
                PREFLIGHT_HEADER: "1" if header else None,
                "Origin": origin,
            }
            headers = {name: value for name, value in said.items() if value is not None}
            # Nobody runs out of points.
            clock.advance(timedelta(seconds=10))
            answer = await send(guarded, headers=headers, content=content)
            status = expected(kind, cookie=cookie, header=header, origin=origin)
            assert (answer.status_code, "data" in answer.json()) == (status, status == 200), headers
            changes += cookie and status == 200
    assert (await row(api, Document, id=document.id)).revision == document.revision + changes
    assert changes == (len(TRUSTED) if kind in READ else 0)


async def test_a_token_in_the_header_needs_no_other_since_no_page_can_send_it(api: Api) -> None:
    document = api.world.document
    for kind, origin in product(READ, [FOREIGN, "null"]):
        content = body_of(kind, CHANGE, documentId=api.id("Document", document.id), description="changed")
        headers = {"Content-Type": kind, "Origin": origin} | await api.headers("anna")
        answer = await send(api, headers=headers, content=content)
        assert answer.json()["data"]["updateDocument"]["document"], (kind, origin)


async def test_no_form_of_another_page_signs_a_browser_in(api: Api) -> None:
    said = {"username": "bert@callewaert.example", "password": PASSWORD, "licence": "de-linde"}
    for extra in ({}, {"Origin": FOREIGN}, {"Origin": "null", PREFLIGHT_HEADER: "1"}):
        content = body_of(IN_ONE_PART, SIGN_IN, **said)
        answer = await send(api, headers={"Content-Type": IN_ONE_PART} | extra, content=content)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert await rows(api, Session) == []
    own = {"Content-Type": IN_ONE_PART, PREFLIGHT_HEADER: "1", "Origin": OWN}
    answer = await send(api, headers=own, content=body_of(IN_ONE_PART, SIGN_IN, **said))
    assert answer.json() == {"data": {"signIn": {"step": "SIGNED_IN"}}}
    assert COOKIE in answer.headers["set-cookie"]


async def test_a_refused_page_is_told_why(api: Api) -> None:
    cookie = {"cookie": f"{COOKIE}={await api.token('bert')}"}
    answer = await ask(api, WHO, **cookie)
    assert answer.json() == {"errors": [{"message": f"Send the header {PREFLIGHT_HEADER}, with any value."}]}
    answer = await ask(api, WHO, **cookie, x_kluis_request="", origin=FOREIGN)
    assert answer.json() == {"errors": [{"message": "Pages of this origin may not ask."}]}


def shared(answer: httpx.Response) -> dict[str, str]:
    """Return what an answer allows to pages of other origins."""
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def asking_first(origin: str, method: str = "POST", headers: str = PREFLIGHT_HEADER) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }


@pytest.mark.parametrize("origin", [OWN, ALLOWED, FOREIGN, "null"])
async def test_nothing_is_shared_with_other_pages_unless_the_operator_says_so(api: Api, origin: str) -> None:
    first = await send(api, "OPTIONS", headers=asking_first(origin))
    assert (first.status_code, shared(first)) == (405, {})
    then = await ask(api, WHO, origin=origin)
    assert (then.status_code, shared(then)) == (200, {})


async def test_a_page_that_the_operator_names_may_ask_with_the_cookie(api: Api) -> None:
    async with behind(api, origins=frozenset({ALLOWED, "https://other.example"})) as open_to_some:
        wanted = f"content-type,{PREFLIGHT_HEADER.lower()}, authorization, range, if-range, if-none-match"
        first = await send(open_to_some, "OPTIONS", headers=asking_first(ALLOWED, headers=wanted))
        assert first.status_code == 200
        allowed = shared(first)
        assert allowed["access-control-allow-origin"] == ALLOWED
        assert allowed["access-control-allow-credentials"] == "true"
        assert allowed["access-control-allow-methods"] == "POST, PUT"
        cookie = f"{COOKIE}={await api.token('bert')}"
        then = await ask(open_to_some, WHO, origin=ALLOWED, cookie=cookie, x_kluis_request="1")
        assert then.json() == {"data": {"viewer": {"email": "bert@callewaert.example"}}}
        allowed = shared(then)
        assert allowed["access-control-allow-origin"] == ALLOWED
        assert allowed["access-control-allow-credentials"] == "true"
        assert "Content-Range" in allowed["access-control-expose-headers"]
        assert then.headers["vary"] == "Origin"
        assert "*" not in "".join([*shared(first).values(), *allowed.values()])


@pytest.mark.parametrize("origin", [FOREIGN, "null", f"{ALLOWED}.foreign.example", f"{ALLOWED}:444", "*"])
async def test_a_page_that_is_not_named_may_not(api: Api, origin: str) -> None:
    async with behind(api, origins=frozenset({ALLOWED})) as open_to_one:
        first = await send(open_to_one, "OPTIONS", headers=asking_first(origin))
        assert first.status_code == 400
        assert "access-control-allow-origin" not in first.headers
        then = await ask(open_to_one, WHO, origin=origin)
        assert "access-control-allow-origin" not in then.headers


@pytest.mark.parametrize(("allows_get", "status"), [(False, 400), (True, 200)])
async def test_a_named_page_may_read_by_get_where_queries_come_by_get(
    api: Api, *, allows_get: bool, status: int
) -> None:
    async with behind(api, origins=frozenset({ALLOWED}), allows_get=allows_get) as open_to_one:
        first = await send(open_to_one, "OPTIONS", headers=asking_first(ALLOWED, "GET"))
        assert first.status_code == status


async def test_a_named_page_may_send_no_other_method_or_header(api: Api) -> None:
    async with behind(api, origins=frozenset({ALLOWED})) as open_to_one:
        for asked in (asking_first(ALLOWED, "DELETE"), asking_first(ALLOWED, headers="X-Forwarded-For")):
            assert (await send(open_to_one, "OPTIONS", headers=asked)).status_code == 400
