"""Points of accounts: taken ahead, spent without asking, and never more of them than there were."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth import buckets
from core.errors import TooExpensive, TooManyTries
from core.viewer import Viewer
from resolvers import points as module
from resolvers.database import Database
from resolvers.fetching import reads
from resolvers.founding import found_licence
from resolvers.points import AHEAD, BUCKET, KEPT_FOR, Points, key_of
from tests.conftest import START, SetClock
from tests.databases import PATIENT
from tests.resolvers.accounts import somebody
from tests.statements import counting

ALL = BUCKET.capacity
MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def licence_id(database: Database) -> UUID:
    return (await found_licence(database, "de-linde", "Kantoor De Linde")).licence_id


@pytest.fixture
def viewer(licence_id: UUID) -> Viewer:
    return somebody(licence_id)


@pytest.fixture
def points(database: Database) -> Points:
    return Points(database)


@pytest.fixture
async def other_server(database_url: str) -> AsyncGenerator[Points]:
    """Another server on the same database."""
    opened = Database(database_url, PATIENT)
    yield Points(opened)
    await opened.close()


async def in_bucket(points: Points, viewer: Viewer, clock: SetClock) -> int:
    """Return what no server has taken yet."""
    async with points.database.snapshot(viewer.licence_id) as connection:
        full_at = await buckets.full_at(reads(connection), viewer.licence_id, key_of(viewer))
    return BUCKET.left(full_at, clock.now())


async def spent(points: Points, viewer: Viewer, many: int, clock: SetClock) -> bool:
    """Spend points if there are so many, and return whether there were."""
    try:
        await points.spend(viewer, many, clock.now())
    except TooManyTries:
        return False
    return True


async def test_an_account_starts_with_nothing_at_hand_and_a_full_bucket(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    assert points.at_hand(viewer, clock.now()) == 0
    assert await in_bucket(points, viewer, clock) == ALL


async def test_some_points_are_taken_ahead(points: Points, viewer: Viewer, clock: SetClock) -> None:
    await points.spend(viewer, 3, clock.now())
    assert points.at_hand(viewer, clock.now()) == AHEAD
    assert await in_bucket(points, viewer, clock) == ALL - AHEAD - 3


async def test_what_is_at_hand_is_spent_without_a_statement(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, 3, clock.now())
    async with counting(points.database) as statements:
        assert points.spend_at_hand(viewer, 1, clock.now())
        await points.spend(viewer, AHEAD - 2, clock.now())
        assert points.spend_at_hand(viewer, 1, clock.now())
        assert not points.spend_at_hand(viewer, 1, clock.now())
    assert statements == []
    assert points.at_hand(viewer, clock.now()) == 0


async def test_taking_points_is_one_statement(points: Points, viewer: Viewer, clock: SetClock) -> None:
    async with counting(points.database) as statements:
        await points.spend(viewer, 3, clock.now())
    assert len(statements) == 1


async def test_where_there_is_too_little_at_hand_nothing_of_it_is_spent(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, 3, clock.now())
    assert not points.spend_at_hand(viewer, AHEAD + 1, clock.now())
    assert points.at_hand(viewer, clock.now()) == AHEAD


async def test_whoever_spends_nothing_need_not_have_anything(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    async with counting(points.database) as statements:
        assert points.spend_at_hand(viewer, 0, clock.now())
        await points.spend(viewer, 0, clock.now())
    assert statements == []


async def test_what_is_at_hand_counts_towards_what_is_dearer(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, 3, clock.now())
    await points.spend(viewer, AHEAD + 20, clock.now())
    assert points.at_hand(viewer, clock.now()) == AHEAD
    assert await in_bucket(points, viewer, clock) == ALL - 3 - (AHEAD + 20) - AHEAD


async def test_where_there_is_little_left_none_are_taken_ahead(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, ALL - AHEAD + 1, clock.now())
    assert points.at_hand(viewer, clock.now()) == 0
    assert await in_bucket(points, viewer, clock) == AHEAD - 1


async def test_all_that_is_left_can_be_spent(points: Points, viewer: Viewer, clock: SetClock) -> None:
    await points.spend(viewer, ALL - AHEAD - 200, clock.now())
    assert await in_bucket(points, viewer, clock) == 200
    assert await spent(points, viewer, AHEAD + 200, clock)
    assert not await spent(points, viewer, 1, clock)


@pytest.mark.parametrize(("asked", "seconds"), [(1, 1), (100, 1), (101, 2), (250, 3), (ALL, 100)])
async def test_whoever_has_spent_all_is_told_how_long_to_wait(
    points: Points, viewer: Viewer, clock: SetClock, asked: int, seconds: int
) -> None:
    await points.spend(viewer, ALL, clock.now())
    with pytest.raises(TooManyTries) as caught:
        await points.spend(viewer, asked, clock.now())
    assert caught.value.retry_after == seconds
    clock.advance(timedelta(seconds=seconds))
    await points.spend(viewer, asked, clock.now())


async def test_what_is_at_hand_shortens_the_wait(points: Points, viewer: Viewer, clock: SetClock) -> None:
    await points.spend(viewer, ALL - AHEAD, clock.now())
    assert points.at_hand(viewer, clock.now()) == AHEAD
    with pytest.raises(TooManyTries) as caught:
        await points.spend(viewer, AHEAD + 200, clock.now())
    assert caught.value.retry_after == 2
    assert points.at_hand(viewer, clock.now()) == AHEAD


async def test_more_than_there_can_ever_be_is_too_expensive(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    async with counting(points.database) as statements:
        with pytest.raises(TooExpensive) as caught:
            await points.spend(viewer, ALL + 1, clock.now())
    assert caught.value.values == {"cost": ALL + 1, "limit": ALL}
    assert statements == []


async def test_two_accounts_spend_each_their_own(points: Points, viewer: Viewer, clock: SetClock) -> None:
    other = somebody(viewer.licence_id)
    await points.spend(viewer, ALL, clock.now())
    assert points.at_hand(other, clock.now()) == 0
    assert await spent(points, other, ALL, clock)


async def test_what_is_not_spent_within_a_minute_is_lost(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, 3, clock.now())
    clock.advance(KEPT_FOR - MOMENT)
    assert points.at_hand(viewer, clock.now()) == AHEAD
    assert points.spend_at_hand(viewer, 1, clock.now())
    clock.advance(MOMENT)
    assert points.at_hand(viewer, clock.now()) == 0
    assert not points.spend_at_hand(viewer, 1, clock.now())


async def test_taking_more_keeps_what_is_at_hand_for_another_minute(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, 3, clock.now())
    clock.advance(KEPT_FOR - MOMENT)
    await points.spend(viewer, AHEAD + 1, clock.now())
    clock.advance(KEPT_FOR - MOMENT)
    assert points.at_hand(viewer, clock.now()) == AHEAD


async def test_a_server_keeps_points_for_so_many_accounts(
    points: Points, licence_id: UUID, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    one, two, three = (somebody(licence_id) for _ in range(3))
    for account in (one, two):
        await points.spend(account, 3, clock.now())
    # He comes again and takes more, and so is not the one who came first any more.
    await points.spend(one, AHEAD + 1, clock.now())
    await points.spend(three, 3, clock.now())
    assert [points.at_hand(it, clock.now()) for it in (one, two, three)] == [AHEAD, 0, AHEAD]


async def test_operations_of_one_account_at_once_spend_no_point_twice(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    prices = [1, 700, 30, 499, 501, 2] * 3
    await asyncio.gather(*(points.spend(viewer, it, clock.now()) for it in prices))
    at_hand = points.at_hand(viewer, clock.now())
    assert at_hand >= 0
    assert ALL - await in_bucket(points, viewer, clock) == sum(prices) + at_hand


async def test_operations_of_one_account_at_once_take_points_once(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    async with counting(points.database) as statements:
        await asyncio.gather(*(points.spend(viewer, 25, clock.now()) for _ in range(20)))
    assert len(statements) == 1


async def test_what_one_operation_counts_on_another_may_spend_meanwhile(
    points: Points, viewer: Viewer, clock: SetClock
) -> None:
    await points.spend(viewer, ALL - AHEAD - 100, clock.now())
    dear = asyncio.create_task(spent(points, viewer, AHEAD + 100, clock))
    await asyncio.sleep(0)
    assert points.spend_at_hand(viewer, 1, clock.now())
    assert not await dear
    assert points.at_hand(viewer, clock.now()) == AHEAD + 99


async def test_many_operations_of_one_account_at_once_spend_no_more_than_there_is(
    points: Points, other_server: Points, viewer: Viewer, clock: SetClock
) -> None:
    servers = [points, other_server] * 30
    paid = await asyncio.gather(*(spent(it, viewer, 400, clock) for it in servers))
    left = sum(it.at_hand(viewer, clock.now()) for it in (points, other_server))
    assert sum(paid) * 400 + left + await in_bucket(points, viewer, clock) == ALL
    assert sum(paid) >= (ALL - 2 * AHEAD) // 400


# One database serves all examples; each has an account of its own.
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
prices = st.integers(0, 3_000)


@settings(suppress_health_check=SLOW, deadline=None, max_examples=25)
@given(st.lists(prices, min_size=1, max_size=15))
async def test_one_server_refuses_only_what_is_more_than_is_left(points: Points, costs: list[int]) -> None:
    (licence_id,) = await points.database.licence_ids() or [
        (await found_licence(points.database, "de-linde", "Kantoor De Linde")).licence_id
    ]
    account, clock, left = somebody(licence_id), SetClock(), ALL
    for cost in costs:
        assert await spent(points, account, cost, clock) == (cost <= left)
        left -= cost if cost <= left else 0


steps = st.tuples(st.booleans(), prices, st.integers(0, 20_000))


@settings(suppress_health_check=SLOW, deadline=None, max_examples=25)
@given(st.lists(steps, min_size=1, max_size=15))
async def test_two_servers_never_spend_more_than_there_was_and_came_back(
    points: Points, other_server: Points, licence_id: UUID, taking: list[tuple[bool, int, int]]
) -> None:
    account, clock, total = somebody(licence_id), SetClock(), 0
    for is_first, cost, milliseconds in taking:
        clock.advance(timedelta(milliseconds=milliseconds))
        total += cost if await spent(points if is_first else other_server, account, cost, clock) else 0
        came_back = (clock.now() - START) / timedelta(seconds=1) * BUCKET.per_second
        assert total <= ALL + came_back
