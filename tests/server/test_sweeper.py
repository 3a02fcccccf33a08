"""The sweeper runs beside the server: over every licence, again and again, and outlives the database."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from models import Throttle
from resolvers.database import Database
from resolvers.founding import found_licence
from server import sweeper
from server.sweeper import Sweeper
from tests.conftest import SetClock


async def write_tries(database: Database, clock: SetClock) -> int:
    """Add a try to each licence, which counts no longer; return how many there are."""
    licence_ids = await database.licence_ids()
    for licence_id in licence_ids:
        async with database.change(licence_id) as change:
            change.add(Throttle(licence_id=licence_id, key="x", allowed_at=clock.now()))
    return len(licence_ids)


async def test_a_round_goes_over_every_licence(database: Database, clock: SetClock) -> None:
    for slug in ("de-linde", "de-beuk"):
        await found_licence(database, slug, slug)
    assert await write_tries(database, clock) == 2
    assert await Sweeper(database, clock).round() == 2
    assert await Sweeper(database, clock).round() == 0


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


async def test_it_goes_on_after_a_round_and_after_the_database_was_away(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeper, "SECONDS_BETWEEN_ROUNDS", 0.01)
    begun: list[timedelta] = []
    licence_ids = database.licence_ids

    async def away_at_first(slug: str | None = None) -> list[object]:
        begun.append(timedelta())
        if len(begun) == 1:
            raise ConnectionRefusedError
        return [*await licence_ids(slug)]

    monkeypatch.setattr(database, "licence_ids", away_at_first)
    task = asyncio.create_task(Sweeper(database, clock).run())
    await until(lambda: len(begun) > 2)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert [it.message for it in caplog.records if it.name == "kluis.sweeper"] == [
        "the database is away (ConnectionRefusedError); nothing is swept"
    ]
