"""Rounds: what goes on again and again outlives what is away for a moment, and stops when it is told to."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress

import asyncpg
import pytest
from obstore.exceptions import GenericError, UnauthenticatedError
from sqlalchemy.exc import DBAPIError

from core.errors import TookTooLong
from server import rounds
from server.rounds import Rounds

SECRET = "what was written"


async def until(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.001)


class Work:
    """Work that fails at first with these errors, and then goes well."""

    def __init__(self, *troubles: BaseException) -> None:
        self.troubles = [*troubles]
        self.done = 0

    async def do(self) -> None:
        await asyncio.sleep(0)
        self.done += 1
        if self.troubles:
            raise self.troubles.pop(0)


async def stopped(task: "asyncio.Task[None]") -> bool:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return task.cancelled()


async def test_work_is_done_again_and_again_until_it_is_told_to_stop() -> None:
    work = Work()
    task = asyncio.create_task(Rounds("sweeping", 0.001, work.do).run())
    await until(lambda: work.done > 3)
    assert await stopped(task)
    done = work.done
    await asyncio.sleep(0.01)
    assert work.done == done


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectionRefusedError(SECRET),
        TimeoutError(SECRET),
        DBAPIError(SECRET, SECRET, ValueError(SECRET)),
        asyncpg.PostgresConnectionError(SECRET),
        asyncpg.InterfaceError(SECRET),
        TookTooLong(),
        GenericError(SECRET),
        UnauthenticatedError(SECRET),
    ],
    ids=lambda it: type(it).__name__,
)
async def test_what_is_away_for_a_moment_is_tried_again_and_its_kind_alone_is_told(
    caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    work = Work(trouble)
    task = asyncio.create_task(Rounds("sweeping", 0.001, work.do).run())
    await until(lambda: work.done > 2)
    assert not task.done()
    assert await stopped(task)
    assert caplog.messages == [f"sweeping waits: {type(trouble).__name__}"]
    assert SECRET not in caplog.text


async def test_every_time_it_waits_is_told(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(OSError(), GenericError(""), OSError())
    task = asyncio.create_task(Rounds("reading", 0.001, work.do).run())
    await until(lambda: work.done > 4)
    await stopped(task)
    assert caplog.messages == [
        "reading waits: OSError",
        "reading waits: GenericError",
        "reading waits: OSError",
    ]


async def test_a_fault_of_ours_is_not_hidden(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await Rounds("sweeping", 0.001, work.do).run()
    assert caplog.messages == []


async def test_between_two_rounds_it_rests() -> None:
    work = Work()
    task = asyncio.create_task(Rounds("sweeping", 3600, work.do).run())
    await until(lambda: work.done == 1)
    for _ in range(100):
        await asyncio.sleep(0)
    assert (work.done, task.done()) == (1, False)
    assert await stopped(task)


async def test_a_round_that_takes_long_leaves_most_of_the_time_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that goes on by three seconds each time it is looked at."""
    rested: list[float] = []
    seconds = itertools.count(0.0, 3.0)

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        if len(rested) % 2 == 0:
            raise asyncio.CancelledError

    work = Work()
    monkeypatch.setattr(rounds.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(rounds.asyncio, "sleep", rest)
    for between, left in ((5, 0.0), (5, 20.0), (100, 20.0)):
        with pytest.raises(asyncio.CancelledError):
            await Rounds("sweeping", between, work.do, left_to_others=left).run()
    assert rested == [0, 5, 0, 60, 0, 100]


async def test_it_stops_in_the_middle_of_a_round() -> None:
    begun = asyncio.Event()

    async def never_ends() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Rounds("sweeping", 0.001, never_ends).run())
    await begun.wait()
    assert await stopped(task)


async def test_it_stops_though_a_cancellation_was_not_heard() -> None:
    begun = asyncio.Event()

    async def does_not_hear() -> None:
        with suppress(asyncio.CancelledError):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(Rounds("sweeping", 3600, does_not_hear).run())
    await begun.wait()
    task.cancel()
    async with asyncio.timeout(20):
        await asyncio.wait([task])
    assert task.cancelled()
