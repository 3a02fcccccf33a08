"""How many operations may be under way at once, and what the others are told."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest

from schema.operation import MOST_AT_ONCE
from server.http_rules import HttpRules
from tests.api import Api
from tests.http.asking import GRAPHQL, IN_JSON, JSON, WHAT_TYPE, WHO, ask, behind, codes, send
from tests.http.locking import locked

LIST = "{ documents { totalCount } }"
ONE = {"data": {"documents": {"totalCount": 1}}}


@asynccontextmanager
async def waiting(api: Api, url: str, number: int, who: str) -> AsyncGenerator[None]:
    """Let somebody's operations wait while the block runs; they are answered after it."""
    await api.token(who)
    async with locked(url, "document") as lock, asyncio.TaskGroup() as group:
        under_way = [group.create_task(ask(api, LIST, who)) for _ in range(number)]
        await lock.awaited_by(number)
        try:
            yield
        finally:
            await lock.release()
    assert [(it.result().status_code, it.result().json()) for it in under_way] == [(200, ONE)] * number


def is_busy(answer: httpx.Response) -> bool:
    assert answer.status_code in {200, 503}
    if answer.status_code == 200:
        return False
    assert (codes(answer), list(answer.json())) == (["BUSY"], ["errors"])
    assert answer.headers["retry-after"] == "1"
    return True


def test_a_process_has_64_operations_under_way_and_an_account_10() -> None:
    assert (HttpRules().at_once, MOST_AT_ONCE) == (64, 10)


@pytest.mark.parametrize("media", [GRAPHQL, JSON])
async def test_past_what_a_process_takes_everybody_is_told_to_come_again(
    api: Api, database_url: str, media: str
) -> None:
    async with behind(api, at_once=3) as small:
        async with waiting(small, database_url, 2, "bert"):
            assert not is_busy(await ask(small, WHO, "carla", accept=media))
        async with waiting(small, database_url, 3, "bert"):
            assert is_busy(await ask(small, WHO, "carla", accept=media))
            assert is_busy(await ask(small, WHAT_TYPE, accept=media))
        assert not is_busy(await ask(small, WHO, "carla", accept=media))


async def test_an_account_has_ten_operations_at_once_and_others_are_not_held_up(
    api: Api, database_url: str
) -> None:
    async with waiting(api, database_url, MOST_AT_ONCE, "bert"):
        assert is_busy(await ask(api, WHO, "bert"))
        assert not is_busy(await ask(api, WHO, "carla"))
        assert not is_busy(await ask(api, WHAT_TYPE))
    assert not is_busy(await ask(api, WHO, "bert"))


async def test_a_request_that_is_still_sent_holds_up_nobody(api: Api) -> None:
    sent = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes]:
        yield b'{"query": '
        await sent.wait()
        yield b'"{ __typename }"}'

    async with behind(api, at_once=1) as small, asyncio.TaskGroup() as group:
        sending = group.create_task(send(small, headers=IN_JSON, content=slow()))
        await asyncio.sleep(0)
        assert not is_busy(await ask(small, WHAT_TYPE))
        sent.set()
    assert sending.result().status_code == 200
