"""How an account stands: what is in its bucket and what the server has taken of it, together."""

from datetime import timedelta

import pytest

from core.errors import Unauthenticated
from resolvers.points import AHEAD, BUCKET, KEPT_FOR, Points
from resolvers.request import Request
from resolvers.standing import Standing, standing
from tests.api import Api
from tests.conftest import SetClock

ALL = BUCKET.capacity


async def stands(api: Api, who: str = "anna") -> int:
    """Return how many points one of the cast has left."""
    request = Request(api.ports, await api.token(who))
    await request.open()
    found = await standing(request)
    await request.close()
    assert found == Standing(found.remaining, limit=10_000, restore_rate=100)
    return found.remaining


async def spend(api: Api, points: int, of_server: Points | None = None) -> None:
    request = Request(api.ports, await api.token("anna"))
    await request.open()
    viewer = request.viewer
    await request.close()
    await (of_server or api.ports.points).spend(viewer, points, api.ports.clock.now())


async def test_whoever_has_spent_nothing_has_all(api: Api) -> None:
    assert await stands(api) == ALL


async def test_what_was_taken_ahead_is_left(api: Api) -> None:
    await spend(api, 30)
    assert await stands(api) == ALL - 30
    await spend(api, 7)
    assert await stands(api) == ALL - 37
    assert await stands(api, "bert") == ALL


async def test_what_another_server_has_taken_is_not_left(api: Api) -> None:
    await spend(api, 30, of_server=Points(api.ports.database))
    assert await stands(api) == ALL - 30 - AHEAD


async def test_what_has_come_back_is_left(api: Api, clock: SetClock) -> None:
    await spend(api, 1_000)
    clock.advance(timedelta(seconds=4))
    assert await stands(api) == ALL - 600


async def test_what_was_not_spent_in_time_is_lost(api: Api, clock: SetClock) -> None:
    await spend(api, ALL - AHEAD)
    assert await stands(api) == AHEAD
    clock.advance(KEPT_FOR)
    assert await stands(api) == 60 * 100


async def test_nobody_has_less_than_nothing(api: Api, clock: SetClock) -> None:
    await spend(api, ALL)
    # The clock of the server that took them was ahead.
    clock.advance(timedelta(seconds=-1))
    assert await stands(api) == 0


async def test_nobody_has_no_standing(api: Api) -> None:
    request = Request(api.ports)
    await request.open()
    with pytest.raises(Unauthenticated):
        await standing(request)
    await request.close()
