"""Turns: a few try at once, some more wait, and the others are turned away."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from auth.passwords import WAITING_AT_MOST
from core.errors import TooManyTries
from resolvers.turns import Turns

# In seconds; whoever waits longer would wait for good.
PATIENCE = 10


@asynccontextmanager
async def taken(turns: Turns, number: int) -> AsyncGenerator[None]:
    """Have so many turns while the block runs."""
    async with AsyncExitStack() as stack:
        for _ in range(number):
            await asyncio.wait_for(stack.enter_async_context(turns.take()), PATIENCE)
        yield


async def test_a_few_try_at_once_and_others_wait_for_them() -> None:
    turns = Turns(at_once=2)
    async with taken(turns, 2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), turns.take():
                pytest.fail("a third one may not try beside two")
    async with taken(turns, 2):
        pass
    assert turns.here == 0


async def test_the_21st_is_turned_away() -> None:
    turns = Turns(at_once=1)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(taken(turns, 1))
        waiting = [asyncio.create_task(tried(turns)) for _ in range(WAITING_AT_MOST - 1)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyTries) as caught:
            await asyncio.wait_for(tried(turns), PATIENCE)
        assert caught.value.retry_after == 1
    await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    await tried(turns)


@pytest.mark.parametrize(("cores", "turns"), [(None, 2), (1, 2), (2, 2), (8, 8)])
async def test_as_many_try_as_are_compared_and_one_more(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, turns: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    opened = Turns()
    async with taken(opened, turns):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), opened.take():
                pytest.fail("there is no more than that")


async def tried(turns: Turns) -> None:
    """Have a turn, and do nothing with it."""
    async with turns.take():
        pass
