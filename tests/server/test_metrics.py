"""Metrics: what is counted of answers, what waits, and where it is shown: nowhere, unless it is set."""

import asyncio
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mail.sink import Sink
from models import DocumentVersion
from models.feed import ChangeKind
from resolvers.backlog import Backlog, backlog
from resolvers.entering import acting, steward
from server import running
from server.app import create_app
from server.health import Health
from server.measuring import Address, Measuring, NotShown, measured
from server.metrics import Metrics
from server.settings import BadSetting, Settings
from server.watch import Watch
from tests.api import Api
from tests.conftest import SetClock
from tests.http.hearing import stream
from tests.http.serving import served
from tests.journeys.feeding import give_numbers
from tests.journeys.lively import share
from tests.journeys.rows import rows, set_values
from tests.mail.correspondents import queue
from tests.server.desks import worker_of

ROOT = Path(__file__).parents[2]
NO_RELAY = "smtp://127.0.0.1:9"


def read(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Return what is shown: each number under its name and the values of its labels."""
    with metrics.served("127.0.0.1", 0) as port:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    found = text_string_to_metric_families(text)
    return {
        (it.name, *(value for _, value in sorted(it.labels.items()))): it.value
        for family in found
        for it in family.samples
    }


@pytest.fixture
def metrics(api: Api) -> Metrics:
    return Metrics(api.ports.clock)


async def test_answers_are_counted_by_kind_and_by_what_came_of_them(api: Api, metrics: Metrics) -> None:
    api.http = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(api.ports, watch=Watch(metrics))),
        base_url="http://kluis.test",
    )
    async with api.http:
        for query in (
            "{ viewer { email } }",
            "query Another { viewer { email } }",
            "{ letters { totalCount } }",
        ):
            await api.ask("bert", query)
        await api.ask("nobody", "{ unreadable")
        await api.http.get("/content/none")
    found = read(metrics)
    assert {name[1:]: count for name, count in found.items() if name[0] == "kluis_requests_total"} == {
        ("OK", "query"): 2,
        ("FORBIDDEN", "query"): 1,
        ("GRAPHQL_PARSE_FAILED", "none"): 1,
        ("404", "content"): 1,
    }
    assert found["kluis_request_seconds_count", "query"] == 3
    assert found["kluis_request_seconds_sum", "query"] > 0
    assert found["process_open_fds",] > 0


async def test_how_late_events_are_is_shown(api: Api, metrics: Metrics) -> None:
    app = create_app(api.ports, watch=Watch(metrics))
    async with served(app) as url, stream(url, headers=await api.headers("carla")) as streamed:
        await share(api, "carla", "READ")
        await give_numbers(api)
        await streamed.event()
    assert read(metrics)["kluis_event_lag_seconds_count",] >= 1


async def test_what_waits_in_a_licence_is_known(api: Api, clock: SetClock) -> None:
    licence_id = api.world.firm.licence_id
    assert await backlog(api.ports.database, licence_id, clock.now()) == Backlog(0, 0, 0)
    async with acting(api.ports, steward(licence_id, clock.now())) as change:
        await change.note(ChangeKind.CHANGED, "Dossier", licence_id)
    clock.advance(timedelta(minutes=3))
    now, minute = clock.now(), timedelta(minutes=1)
    for due in (now - 2 * minute, now - minute, now + minute):
        await queue(api.ports.database, licence_id, queued_at=due, due_at=due)
    assert (await api.upload("bert", "note.txt", b"Dear Anna"))["document"]
    assert await backlog(api.ports.database, licence_id, now) == Backlog(120, 180, 1)
    (version,) = [it for it in await rows(api, DocumentVersion) if it.sealed_key]
    await set_values(api, DocumentVersion, version.id, scan_state="CLEAN")
    assert (await backlog(api.ports.database, licence_id, now)).files == 0


async def test_what_waits_is_shown_once_it_was_looked_at(api: Api, metrics: Metrics) -> None:
    worker = worker_of(api.ports, NO_RELAY)
    shown = Measuring(metrics, api.ports, worker)
    now = api.ports.clock.now()
    await queue(
        api.ports.database, api.world.firm.licence_id, queued_at=now, due_at=now - timedelta(minutes=3)
    )
    assert read(metrics)["kluis_outbox_age_seconds",] == 0
    await shown.measure()
    async with api.ports.database.snapshot(api.world.firm.licence_id):
        found = read(metrics)
    assert found["kluis_outbox_age_seconds",] == 180
    assert found["kluis_feed_lag_seconds",] == 0
    assert found["kluis_scan_queue_files",] == 0
    assert found["kluis_pool_connections_in_use",] == 1
    assert found["kluis_pool_connections_most",] == 20
    assert found["kluis_passwords_waiting",] == 0
    assert found["kluis_sign_ins_waiting",] == 0
    assert found["kluis_worker_lag_seconds",] > 0


async def test_passwords_that_wait_are_shown(api: Api, metrics: Metrics) -> None:
    Measuring(metrics, api.ports, worker_of(api.ports, NO_RELAY))
    hashing = asyncio.create_task(api.ports.passwords.hash("lantaarn pinguin wolkbreuk"))
    await asyncio.sleep(0)
    assert read(metrics)["kluis_passwords_waiting",] == 1
    await hashing


async def test_a_server_shows_metrics_at_an_address_of_their_own(database_url: str, tmp_path: Path) -> None:
    given = Settings(
        home=tmp_path, database_url=database_url, smtp_url=NO_RELAY, metrics=f"127.0.0.1:{free_port()}"
    )
    async with (
        running.application(given, database_url, is_demo=False) as app,
        served(app) as url,
        httpx.AsyncClient(timeout=60) as http,
    ):
        assert (await http.get(f"{url}/metrics")).status_code == 404
        await http.post(f"{url}/graphql", json={"query": "{ viewer { email } }"})
        shown = (await http.get(f"http://{given.metrics}/metrics")).text
        assert (await http.get(f"http://{given.metrics}/health/live")).json() == {"status": "live"}
    assert 'kluis_requests_total{code="OK",kind="query"} 1.0' in shown
    assert "kluis_outbox_age_seconds 0.0" in shown


async def test_a_worker_shows_them_too(database_url: str, tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    given = Settings(home=tmp_path, database_url=database_url, metrics=place)
    async with Sink(tmp_path / "mail") as smtp_url:
        delivering = asyncio.create_task(running.deliver(given, database_url, smtp_url))
        async with httpx.AsyncClient(timeout=60) as http, asyncio.timeout(20):
            assert "kluis_worker_lag_seconds" in await first_answer(http, f"http://{place}/metrics")
            assert (await http.get(f"http://{place}/health/ready")).json() == {"status": "ready"}
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)


async def first_answer(http: httpx.AsyncClient, url: str) -> str:
    while True:
        try:
            return (await http.get(url)).text
        except httpx.TransportError:
            await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


async def test_an_address_that_is_taken_is_told_in_one_line(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        given = Settings(home=tmp_path, database_url=database_url, smtp_url=NO_RELAY, metrics=place)
        with pytest.raises(
            BadSetting, match=f"^KLUIS_METRICS: cannot listen on {place}: Address already in use.$"
        ):
            async with running.application(given, database_url, is_demo=False):
                pytest.fail("it runs")


async def test_an_address_of_another_machine_is_refused(api: Api) -> None:
    worker = worker_of(api.ports, NO_RELAY)
    with pytest.raises(NotShown), measured(Address("192.0.2.1", 9464), api.ports, worker, Health()):
        pytest.fail("it is shown")


def test_an_address_is_a_host_and_a_port() -> None:
    assert Address.parse("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert Address.parse("[::1]:0") == ("::1", 0)
    for text in ("9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:many"):
        with pytest.raises(ValueError, match="must be an address and a port"):
            Address.parse(text)


def test_what_nobody_asked_for_is_not_loaded() -> None:
    program = "import sys, server.cli; print(*{it.partition('.')[0] for it in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not {"prometheus_client", "structlog", "opentelemetry"} & set(loaded.stdout.split())
