"""The open load: when something is due, from when its wait counts, and what of those who get no answer."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import pytest

from bench import open_load
from bench.flood_rounds import percentile
from bench.open_load import NotAnswered, moments, run


class Hours:
    """A clock that moves when somebody sleeps, or works."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)
        await asyncio.sleep(0)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    hours = Hours()
    monkeypatch.setattr(open_load, "time", hours)
    beside = SimpleNamespace(sleep=hours.sleep, TaskGroup=asyncio.TaskGroup, timeout=asyncio.timeout)
    monkeypatch.setattr(open_load, "asyncio", beside)
    return hours


def test_arrivals_come_at_their_rate_and_not_evenly() -> None:
    due = list(moments(100, 100, seed=3))
    assert len(due) == pytest.approx(10_000, rel=0.03)
    assert due == sorted(due)
    assert due[-1] < 100
    gaps = [after - before for before, after in pairwise(due)]
    # Of arrivals that know nothing of each other, 63 of a hundred come within the mean of the gaps.
    assert sum(it < 1 / 100 for it in gaps) / len(gaps) == pytest.approx(0.63, abs=0.02)


async def test_a_wait_counts_from_when_it_was_due_however_late_it_was_sent(hours: Hours) -> None:
    async def arrive() -> str:
        hours.now += 1.0  # a server that does one after the other
        return "page"

    found = await run(arrive, per_second=10, lead=0, seconds=2, seed=1)
    due = list(moments(10, 2, seed=1))
    ends = [hours.now - len(due) + number for number in range(1, len(due) + 1)]
    assert found.waits["page"] == pytest.approx([end - 1000 - it for end, it in zip(ends, due, strict=True)])
    assert found.waits["page"][-1] > len(due) - 2
    assert max(found.late) > len(due) - 4


async def test_what_comes_at_the_beginning_is_not_counted(hours: Hours) -> None:
    async def arrive() -> str:
        return "page"

    found = await run(arrive, per_second=50, lead=2, seconds=1, seed=1)
    assert len(found.waits["page"]) == len(found.late) == sum(it >= 2 for it in moments(50, 3, seed=1))
    assert hours.now == pytest.approx(1003, abs=0.2)


@pytest.mark.parametrize(
    ("raised", "counted"),
    [(lambda: NotAnswered("503 BUSY"), "503 BUSY"), (ConnectionResetError, "ConnectionResetError")],
)
@pytest.mark.usefixtures("hours")
async def test_an_error_is_counted_also_at_the_beginning_and_is_no_wait(
    raised: Callable[[], Exception], counted: str
) -> None:
    async def arrive() -> str:
        raise raised()

    found = await run(arrive, per_second=50, lead=1, seconds=1, seed=1)
    assert found.errors == {counted: len(list(moments(50, 2, seed=1)))}
    assert not found.all_waits


@pytest.mark.usefixtures("hours")
async def test_a_server_that_does_not_keep_up_is_let_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_load, "MOST_UNDER_WAY", 3)
    monkeypatch.setattr(open_load, "PATIENCE", 0.01)
    found = await run(asyncio.Event().wait, per_second=50, lead=0, seconds=60, seed=1)  # pyright: ignore[reportArgumentType]  it never ends
    assert found.gave_up
    assert found.errors == {"no answer in time": 3}


def test_a_percentile_is_what_so_many_of_a_hundred_took_at_most() -> None:
    waits = [number / 1000 for number in range(1, 102)]
    assert [round(percentile(waits, it)) for it in (50, 95, 99)] == [51, 96, 100]
    assert percentile([], 95) == float("inf")
