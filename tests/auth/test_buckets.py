"""Buckets: what is in them is taken once, whoever asks, and comes back with time."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth import buckets
from auth.buckets import Bucket
from resolvers.database import Database
from resolvers.fetching import reads
from resolvers.founding import found_licence
from tests.conftest import START, SetClock

BUCKET = Bucket(capacity=10, per_second=2)
HALF_A_SECOND = timedelta(milliseconds=500)
MOMENT = timedelta(microseconds=1)


@dataclass
class Well:
    """One bucket of a licence, at the time of a clock."""

    database: Database
    licence_id: UUID
    clock: SetClock = field(default_factory=SetClock)
    key: str = "a bucket"

    async def take(self, points: int) -> bool:
        async with self.database.change(self.licence_id) as session:
            connection = await session.connection()
            now = self.clock.now()
            return await buckets.take(connection, BUCKET, self.licence_id, self.key, points, now)

    async def full_at(self) -> datetime | None:
        async with self.database.snapshot(self.licence_id) as connection:
            return await buckets.full_at(reads(connection), self.licence_id, self.key)

    async def left(self) -> int:
        return BUCKET.left(await self.full_at(), self.clock.now())


@pytest.fixture
async def well(database: Database, clock: SetClock) -> Well:
    founded = await found_licence(database, "de-linde", "Kantoor De Linde")
    return Well(database, founded.licence_id, clock)


async def test_a_bucket_that_nobody_has_taken_from_is_full(well: Well) -> None:
    assert await well.full_at() is None
    assert await well.left() == 10


async def test_all_that_is_in_a_bucket_can_be_taken_and_no_more(well: Well) -> None:
    assert await well.take(10)
    assert await well.left() == 0
    assert not await well.take(1)


async def test_what_is_taken_bit_by_bit_is_as_much(well: Well) -> None:
    assert [await well.take(3) for _ in range(4)] == [True, True, True, False]
    assert await well.left() == 1


async def test_what_was_taken_by_a_clock_that_is_an_hour_ahead_keeps_nobody_out(well: Well) -> None:
    well.clock.moment += timedelta(hours=1)
    assert await well.take(10)
    well.clock.moment -= timedelta(hours=1)
    assert await well.left() == 10
    assert [await well.take(10), await well.take(1)] == [True, False]


async def test_a_clock_that_is_some_seconds_behind_finds_no_points_that_were_taken(well: Well) -> None:
    assert await well.take(10)
    well.clock.moment -= timedelta(seconds=30)
    assert not await well.take(1)
    assert await well.left() <= 0


async def test_where_there_is_too_little_nothing_is_taken(well: Well) -> None:
    await well.take(7)
    assert not await well.take(4)
    assert await well.left() == 3
    assert await well.take(3)


async def test_more_than_a_bucket_holds_can_never_be_taken(well: Well) -> None:
    assert not await well.take(11)
    assert await well.full_at() is None
    await well.take(1)
    well.clock.advance(timedelta(days=1))
    assert not await well.take(11)


async def test_nothing_can_be_taken_from_an_empty_bucket_too(well: Well) -> None:
    await well.take(10)
    assert await well.take(0)
    assert await well.left() == 0


async def test_points_come_back_one_by_one(well: Well) -> None:
    await well.take(10)
    well.clock.advance(HALF_A_SECOND - MOMENT)
    assert (await well.left(), await well.take(1)) == (0, False)
    well.clock.advance(MOMENT)
    assert (await well.left(), await well.take(1), await well.take(1)) == (1, True, False)


async def test_a_bucket_never_holds_more_than_it_can(well: Well) -> None:
    await well.take(10)
    well.clock.advance(timedelta(days=1))
    assert await well.left() == 10
    assert await well.take(10)
    assert not await well.take(1)


async def test_a_server_whose_clock_is_behind_finds_less_and_not_more(well: Well) -> None:
    await well.take(8)
    well.clock.advance(-4 * HALF_A_SECOND)
    assert not await well.take(1)
    well.clock.advance(5 * HALF_A_SECOND)
    assert await well.take(3)


async def test_it_is_full_again_when_all_has_come_back(well: Well) -> None:
    await well.take(4)
    assert await well.full_at() == START + timedelta(seconds=2)
    well.clock.advance(timedelta(seconds=1))
    await well.take(1)
    assert await well.full_at() == START + timedelta(seconds=2.5)


async def test_thirty_at_once_get_exactly_what_there_is(well: Well) -> None:
    await well.take(3)
    taken = await asyncio.gather(*(well.take(1) for _ in range(30)))
    assert sum(taken) == 7
    assert await well.left() == 0


async def test_thirty_at_once_get_exactly_what_a_new_bucket_holds(well: Well) -> None:
    taken = await asyncio.gather(*(well.take(3) for _ in range(30)))
    assert sum(taken) == 3


async def test_two_buckets_of_a_licence_are_apart(well: Well) -> None:
    other = Well(well.database, well.licence_id, key="another")
    await well.take(10)
    assert (await well.left(), await other.left()) == (0, 10)
    assert await other.take(10)


async def test_buckets_of_two_licences_are_apart(well: Well) -> None:
    theirs = await found_licence(well.database, "het-ander", "Het Ander Kantoor")
    other = Well(well.database, theirs.licence_id, key=well.key)
    await well.take(10)
    assert (await well.left(), await other.left()) == (0, 10)
    assert await other.take(10)


def test_a_bucket_that_is_full_since_long_is_full() -> None:
    assert [BUCKET.left(it, START) for it in (None, START, START - timedelta(days=1))] == [10, 10, 10]


def test_points_that_are_back_in_part_are_not_back() -> None:
    spans = [MOMENT, HALF_A_SECOND, HALF_A_SECOND + MOMENT, 10 * HALF_A_SECOND]
    assert [BUCKET.left(START + it, START) for it in spans] == [9, 9, 8, 0]


def test_no_point_is_lost_in_rounding() -> None:
    fine = Bucket(capacity=10_000, per_second=100)
    full_at = [START + fine.takes(it) for it in range(10_001)]
    assert [fine.left(it, START) for it in full_at] == list(range(10_001))[::-1]


@pytest.mark.parametrize(
    ("points", "missing", "seconds"),
    [(1, 10, 1), (2, 10, 1), (3, 10, 2), (10, 10, 5), (10, 9, 5), (10, 8, 4), (5, 5, 1), (1, 0, 1)],
)
def test_whoever_is_refused_is_told_how_many_seconds_to_wait(points: int, missing: int, seconds: int) -> None:
    assert BUCKET.wait(points, START + BUCKET.takes(missing), START) == seconds


@given(
    st.integers(1, 50),
    st.sampled_from([1, 2, 10, 100]),
    st.integers(0, 50_000).map(lambda it: it * timedelta(milliseconds=1)),
    st.integers(0, 50),
)
def test_after_the_wait_there_is_enough_and_not_a_second_before(
    capacity: int, per_second: int, span: timedelta, points: int
) -> None:
    bucket = Bucket(capacity, per_second)
    points, full_at = min(points, capacity), START + min(span, bucket.takes(capacity))
    seconds = bucket.wait(points, full_at, START)
    assert bucket.left(full_at, START + timedelta(seconds=seconds)) >= points
    assert seconds == 1 or bucket.left(full_at, START + timedelta(seconds=seconds - 1)) < points


class Naive:
    """A bucket as one would think of it: so many points, and more of them each moment."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.points = Fraction(bucket.capacity)

    def advance(self, by: timedelta) -> None:
        back = Fraction(by // MOMENT, 1_000_000) * Fraction(self.bucket.per_second)
        self.points = min(Fraction(self.bucket.capacity), self.points + back)

    def take(self, points: int) -> bool:
        is_there = points <= self.points
        self.points -= points if is_there else 0
        return is_there


keys = (f"example {number}" for number in count())
# One database serves all examples; each has a bucket of its own.
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
steps = st.tuples(st.integers(0, 3_000_000).map(lambda it: it * MOMENT), st.integers(0, 11))


@settings(suppress_health_check=SLOW, deadline=None, max_examples=50)
@given(st.lists(steps, min_size=1, max_size=12))
async def test_it_gives_what_a_naive_bucket_would(well: Well, taking: list[tuple[timedelta, int]]) -> None:
    own = Well(well.database, well.licence_id, key=next(keys))
    naive = Naive(BUCKET)
    for span, points in taking:
        own.clock.advance(span)
        naive.advance(span)
        assert await own.left() == int(naive.points)
        assert await own.take(points) == naive.take(points)
    assert await own.left() == int(naive.points)
