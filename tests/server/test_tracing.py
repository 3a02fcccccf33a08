"""Traces: a span for each operation and each of its statements, without a value, where it is set."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from resolvers.database import Database
from resolvers.fetching import driver_of
from server import running
from server.app import create_app
from server.settings import BadSetting, Settings
from server.tracing import Tracing
from server.watch import Watch
from storage.store import Store
from tests.api import Api
from tests.conftest import SetClock, ports_over
from tests.world import create_world

DOCUMENTS = "query Papers { documents { totalCount nodes { description categories { name } } } }"
NO_RELAY = "smtp://127.0.0.1:9"


class Traced:
    """The API, and the spans of what it was asked."""

    def __init__(self, api: Api, exporter: InMemorySpanExporter) -> None:
        self.api = api
        self.exporter = exporter

    async def spans(self) -> tuple[ReadableSpan, Sequence[ReadableSpan]]:
        """Return the span of the one operation, and those of its statements."""
        # The driver tells of a statement a moment after it.
        await asyncio.sleep(0.01)
        found = self.exporter.get_finished_spans()
        (operation,) = [it for it in found if it.parent is None]
        return operation, [it for it in found if it.parent]

    async def ask(self, who: str, query: str) -> dict[str, Any]:
        await self.api.headers(who)
        self.exporter.clear()
        return await self.api.ask(who, query)


@pytest.fixture
async def traced(database_url: str, clock: SetClock, tmp_path: Path) -> AsyncGenerator[Traced]:
    exporter, opened = InMemorySpanExporter(), Database(database_url)
    tracing = Tracing(SimpleSpanProcessor(exporter))
    tracing.follow(opened)
    ports = ports_over(opened, Store.open(tmp_path / "files"), clock, keys_in=tmp_path)
    world = await create_world(ports)
    transport = httpx.ASGITransport(create_app(ports, watch=Watch(tracing=tracing)))
    async with httpx.AsyncClient(transport=transport, base_url=ports.public_url) as http:
        yield Traced(Api(ports, world, http), exporter)
    tracing.close()
    await opened.close()


async def test_an_operation_is_a_span_and_so_is_each_of_its_statements(traced: Traced) -> None:
    assert "errors" not in await traced.ask("bert", DOCUMENTS)
    operation, statements = await traced.spans()
    assert operation.name == "query Papers"
    said = dict(operation.attributes or {})
    assert said["graphql.operation.type"] == "query"
    assert said["kluis.code"] == "OK"
    assert len(str(said["graphql.document.sha256"])) == 64
    texts = [str((it.attributes or {})["db.query.text"]) for it in statements]
    assert [it for it in texts if "document" in it]
    assert not [it for it in texts if it.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    assert not [it for it in texts if str(traced.api.world.firm.licence_id) in it]
    assert operation.context
    assert {it.parent.span_id for it in statements if it.parent} == {operation.context.span_id}
    # A statement for each level, and none for a field.
    assert len(statements) <= 6
    assert all(it.start_time < it.end_time for it in statements if it.start_time and it.end_time)


async def test_what_went_wrong_is_told_by_its_code(traced: Traced) -> None:
    await traced.ask("bert", "{ letters { totalCount } }")
    operation, _ = await traced.spans()
    assert operation.name == "query"
    assert (operation.status.status_code, operation.status.description) == (StatusCode.ERROR, "FORBIDDEN")


async def test_a_statement_that_fails_is_told_by_its_kind(
    traced: Traced, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        async with traced.api.ports.database.snapshot(traced.api.world.firm.licence_id) as connection:
            await driver_of(connection).fetch("SELECT 'a word of somebody'::integer")

    monkeypatch.setattr(traced.api.ports.passwords, "verify", fail)
    await traced.ask(
        "nobody",
        'mutation { signIn(input: {username: "a@b.example", password: "c", licence: "de-linde"}) { step } }',
    )
    _, statements = await traced.spans()
    (failed,) = [it for it in statements if it.status.status_code is StatusCode.ERROR]
    assert failed.status.description == "InvalidTextRepresentationError"


async def test_what_nobody_asked_for_is_no_trace(traced: Traced) -> None:
    traced.exporter.clear()
    await traced.api.ports.database.licence_ids()
    await asyncio.sleep(0.01)
    assert traced.exporter.get_finished_spans() == ()


async def test_spans_are_sent_to_where_the_settings_say(database_url: str, tmp_path: Path) -> None:
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readuntil(b"\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    collector = await asyncio.start_server(take, "127.0.0.1", 0)
    host, port = collector.sockets[0].getsockname()
    given = Settings(
        home=tmp_path,
        database_url=database_url,
        smtp_url=NO_RELAY,
        traces_url=f"http://{host}:{port}/v1/traces",
    )
    async with collector, running.application(given, database_url, is_demo=False) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kluis.test") as http:
            await http.post("/graphql", json={"query": "{ viewer { email } }"})
    assert came[0] == b"POST /v1/traces HTTP/1.1\r\n"


async def test_without_its_packages_it_is_told_in_one_line(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "server.tracing", None)
    given = Settings(
        home=tmp_path, database_url=database_url, smtp_url=NO_RELAY, traces_url="http://127.0.0.1:9"
    )
    with pytest.raises(BadSetting, match=r"^KLUIS_TRACES_URL: the packages of"):
        async with running.application(given, database_url, is_demo=False):
            pytest.fail("it runs")
