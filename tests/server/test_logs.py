"""The log: what a line says of its operation, in JSON and in words, and what it never says."""

import asyncio
import gc
import json
import logging
import subprocess
import sys
import weakref
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLError

from core.errors import Busy
from schema.context import Context
from schema.operation import Answer
from server import logs
from server.app import create_app
from server.watch import Watch, code_of
from tests.api import Api
from tests.http.hearing import EVENTS, stream
from tests.http.serving import served

ROOT = Path(__file__).parents[2]
DOCUMENTS = "query Papers($first: Int) { documents(first: $first) { totalCount } }"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { step } }"
STRANGER = {"username": "vreemdeling@elders.example", "password": "tulpen onder een brug"}


class Lines:
    """What is written while a test runs, line by line."""

    def __init__(self) -> None:
        self.stream = StringIO()

    def of(self, source: str) -> list[dict[str, Any]]:
        found = [json.loads(it) for it in self.stream.getvalue().splitlines()]
        return [it for it in found if it["source"] == source]


@pytest.fixture
def lines() -> Generator[Lines]:
    """The log as JSON, of what we write ourselves."""
    heard = Lines()
    handler = logging.StreamHandler(heard.stream)
    handler.setFormatter(logs.json_lines())
    ours = logging.getLogger(logs.OURS)
    before = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield heard
    ours.setLevel(before)
    ours.removeHandler(handler)


async def test_an_operation_is_a_line_with_who_what_and_how_long(api: Api, lines: Lines) -> None:
    body = {"query": DOCUMENTS, "variables": {"first": 17}}
    answer = await api.http.post("/graphql", json=body, headers=await api.headers("bert"))
    (line,) = lines.of("kluis.requests")
    assert line.pop("seconds") > 0
    assert line.pop("cost") > 0
    assert line.pop("time").startswith("20")
    assert line == {
        "event": "operation",
        "level": "info",
        "source": "kluis.requests",
        "request": answer.headers["X-Request-Id"],
        "account": api.id("Account", api.world.accounts["bert"].id),
        "operation": "Papers",
        "kind": "query",
        "code": "OK",
    }


async def test_whoever_is_nobody_has_no_account_and_no_word_of_his_is_told(api: Api, lines: Lines) -> None:
    await api.ask("nobody", SIGN_IN, input=STRANGER)
    await api.ask("nobody", "{ unreadable")
    asked, refused = lines.of("kluis.requests")
    assert (asked["kind"], asked["code"], "account" in asked, "operation" in asked) == (
        "mutation",
        "OK",
        False,
        False,
    )
    assert (refused["kind"], refused["code"]) == ("none", "GRAPHQL_PARSE_FAILED")
    told = lines.stream.getvalue()
    assert not [it for it in (*STRANGER.values(), "unreadable", "signIn") if it in told]


async def test_what_is_logged_underway_says_of_which_operation(
    api: Api, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(_encoded: str | None, password: str) -> bool:
        raise RuntimeError(password)

    monkeypatch.setattr(api.ports.passwords, "verify", break_down)
    await api.ask("nobody", SIGN_IN, input={**STRANGER, "licence": "de-linde"})
    (defect,), (line,) = lines.of("kluis.errors"), lines.of("kluis.requests")
    assert (defect["request"], line["code"]) == (line["request"], "INTERNAL")
    assert STRANGER["password"] not in lines.stream.getvalue()


async def test_an_operation_that_has_ended_is_kept_by_no_timer_that_it_began(api: Api) -> None:
    context = Context(api.ports)
    with logs.about(context):
        timer = asyncio.get_running_loop().call_later(3600, print)
    gone = weakref.ref(context)
    del context
    gc.collect()
    assert gone() is None
    timer.cancel()


async def test_a_file_is_a_line_without_its_link(api: Api, lines: Lines) -> None:
    assert (await api.http.get(f"/content/{'x' * 40}")).status_code == 404
    (line,) = lines.of("kluis.requests")
    assert (line["event"], line["kind"], line["status"]) == ("file", "content", 404)
    assert "x" * 40 not in lines.stream.getvalue()


async def test_a_subscription_is_a_line_when_it_stands_or_is_refused(api: Api, lines: Lines) -> None:
    app = create_app(api.ports)
    async with served(app) as url:
        async with stream(url, headers=await api.headers("bert")):
            pass
        async with httpx.AsyncClient(timeout=60) as http:
            for query in (EVENTS, "subscription { none }"):
                await http.post(f"{url}/graphql/stream", json={"query": query})
        app.state.closers[0]()
        async with httpx.AsyncClient(timeout=60) as http:
            headers = await api.headers("bert")
            await http.post(f"{url}/graphql/stream", json={"query": EVENTS}, headers=headers)
    found = [(it["kind"], it["code"]) for it in lines.of("kluis.requests")]
    assert found == [
        ("subscription", "OK"),
        ("subscription", "UNAUTHENTICATED"),
        ("none", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription", Busy.code),
    ]


@asynccontextmanager
async def watched(api: Api, watch: Watch) -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of a server that is watched in this way."""
    transport = httpx.ASGITransport(create_app(api.ports, watch=watch))
    headers = await api.headers("bert")
    async with httpx.AsyncClient(transport=transport, base_url="http://kluis.test", headers=headers) as http:
        yield http


@pytest.mark.parametrize(
    ("query", "name"), [(DOCUMENTS, "Papers"), ("{ viewer { email } }", "without a name")]
)
async def test_a_slow_operation_is_told_by_the_digest_of_its_document(
    api: Api, caplog: pytest.LogCaptureFixture, query: str, name: str
) -> None:
    async with watched(api, Watch(slow_after=1e-9)) as http:
        answer = await http.post("/graphql", json={"query": query})
    (line,) = caplog.messages
    digest = sha256(query.encode()).hexdigest()
    number = answer.headers["X-Request-Id"]
    assert line.startswith(f"request {number} was slow: query {name}, document {digest}, 0.")


async def test_a_quick_operation_is_no_line_for_people(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", "kluis.requests")
    async with watched(api, Watch(slow_after=3600)) as http:
        assert (await http.post("/graphql", json={"query": DOCUMENTS})).status_code == 200
        assert (await http.get("/content/none")).status_code == 404
    assert caplog.messages == []


async def test_an_error_of_a_field_is_what_came_of_an_operation(api: Api, lines: Lines) -> None:
    await api.ask("bert", "{ letters { totalCount } }")
    (line,) = lines.of("kluis.requests")
    assert (line["kind"], line["code"]) == ("query", "FORBIDDEN")


def test_an_error_of_graphql_itself_has_a_code_too() -> None:
    assert code_of(Answer(errors=[GraphQLError("no list")])) == "ERROR"


async def test_a_name_without_end_is_cut(api: Api, lines: Lines) -> None:
    await api.ask("bert", f"query {'a' * 200} {{ viewer {{ email }} }}")
    (line,) = lines.of("kluis.requests")
    assert line["operation"] == "a" * logs.LONGEST_NAME


def test_where_an_exception_came_from_is_told_and_not_its_words(lines: Lines) -> None:
    log = logging.getLogger("kluis.errors")
    try:
        int(STRANGER["password"])
    except ValueError:
        log.exception("it failed")
    log.warning("nothing failed", exc_info=(None, None, None))
    first, second = lines.of("kluis.errors")
    assert first["trace"].endswith("ValueError")
    assert "test_logs.py" in first["trace"]
    assert "trace" not in second
    assert STRANGER["password"] not in lines.stream.getvalue()


LOGGING = """
import logging
from server import logs
logs.begin(logs.Form("{form}"))
logging.getLogger("kluis.requests").info("operation")
logging.getLogger("elsewhere").info("chatter")
logging.getLogger("elsewhere").warning("trouble")
"""


def written_as(form: str) -> list[str]:
    """Return what a program of its own writes."""
    program = [sys.executable, "-c", LOGGING.format(form=form)]
    return subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT).stderr.splitlines()


def test_a_program_writes_the_one_form_or_the_other() -> None:
    (line,) = written_as("text")
    assert line.endswith(" WARNING elsewhere: trouble")
    first, second = map(json.loads, written_as("json"))
    assert (first["event"], first["source"], first["level"]) == ("operation", "kluis.requests", "info")
    assert (second["event"], second["source"], second["level"]) == ("trouble", "elsewhere", "warning")


def test_of_nobody_there_is_nothing_to_say(api: Api) -> None:
    assert logs.described(Context(api.ports, request_id="7")) == {"request": "7"}
