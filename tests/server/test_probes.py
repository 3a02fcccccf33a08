"""Probes: a worker says beside its metrics whether it lives and is ready, as a server does to its callers."""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from core.clock import SystemClock
from server import probes
from server.health import Check, Health, Part, Unfit
from server.metrics import Metrics
from server.probes import LIVE, READY, Probes

Told = tuple[int, str]


@contextmanager
def shown(health: Health) -> Generator[str]:
    """Show metrics and health; yield the address."""
    with Metrics(SystemClock()).served("127.0.0.1", 0, Probes(health)) as port:
        yield f"http://127.0.0.1:{port}"


async def told(url: str) -> Told:
    answer = await asyncio.to_thread(httpx.get, url)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, answer.json()["status"]


async def test_who_has_all_he_needs_is_live_and_ready_and_shows_metrics_still() -> None:
    with shown(Health()) as url:
        assert await told(url + LIVE) == (200, "live")
        assert await told(url + READY) == (200, "ready")
        assert "python_gc_objects_collected" in (await asyncio.to_thread(httpx.get, f"{url}/metrics")).text


async def test_who_lacks_something_is_live_and_not_ready_until_it_is_back() -> None:
    wanting = [Unfit()]

    async def look() -> None:
        for it in wanting:
            raise it

    with shown(Health([Check(Part.STORE, look, every=0, again=0)])) as url:
        assert [await told(url + it) for it in (READY, LIVE)] == [(503, "not ready"), (200, "live")]
        wanting.clear()
        assert await told(url + READY) == (200, "ready")


async def test_who_does_not_come_round_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "WAITS", 0.05)
    with shown(Health()) as url, ThreadPoolExecutor() as others:
        asked = [others.submit(httpx.get, url + it) for it in (LIVE, READY)]
        # The loop waits for them, and they for the loop.
        said = [it.result(20) for it in asked]
        assert [(it.status_code, it.json()["status"]) for it in said] == [
            (503, "not live"),
            (503, "not ready"),
        ]
        monkeypatch.setattr(probes, "WAITS", 20)
        assert await told(url + LIVE) == (200, "live")
