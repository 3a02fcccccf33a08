"""One key below HTTP: whoever comes second waits for the first, and makes it where the first fails."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.errors import Conflict, Invalid
from models import IdempotencyKey
from models.tables import LICENCE
from resolvers.idempotency import Made, digest_of, once
from resolvers.request import Request
from tests.api import Api

KEPT = select(IdempotencyKey.key, IdempotencyKey.made).where(IdempotencyKey.licence_id == LICENCE)


async def tries(
    api: Api, make: Callable[[], Awaitable[UUID]], *, verb: str = "createGroup", said: str = "Juristen"
) -> Made:
    """Make something as Arthur, with one and the same key."""
    request = Request(api.ports, await api.token("arthur"))
    async with request.change() as change:
        return await once(change, "one", verb, {"name": said}, make)


async def kept(api: Api) -> list[object]:
    """Return what is kept of each key."""
    request = Request(api.ports, await api.token("arthur"))
    async with request.change() as change:
        return [it.made for it in await change.rows(KEPT)]


class Slow:
    """Makes something once it is told to, or fails."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.id = uuid4()
        self.fails = fails
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()

    @staticmethod
    async def at_once() -> UUID:
        return uuid4()

    async def __call__(self) -> UUID:
        self.has_begun.set()
        await self.may_end.wait()
        if self.fails:
            raise self.fails
        return self.id


async def never() -> UUID:
    pytest.fail("it is made twice")


async def test_whoever_comes_second_waits_and_is_answered_what_the_first_made(api: Api) -> None:
    await api.token("arthur")
    slow = Slow()
    first = asyncio.create_task(tries(api, slow))
    await slow.has_begun.wait()
    second = asyncio.create_task(tries(api, never))
    other = asyncio.create_task(tries(api, never, said="Notarissen"))
    await asyncio.sleep(0.05)
    assert not second.done()
    slow.may_end.set()
    assert await first == Made(slow.id, is_new=True)
    assert await second == Made(slow.id, is_new=False)
    with pytest.raises(Conflict):
        await other
    assert await kept(api) == [{"id": str(slow.id)}]


async def test_the_same_input_to_another_verb_is_another_input(api: Api) -> None:
    await tries(api, Slow.at_once)
    with pytest.raises(Conflict):
        await tries(api, never, verb="createAccount")


@pytest.mark.parametrize("failure", [Invalid("No."), RuntimeError("broken")])
async def test_where_the_first_fails_the_second_makes_it(api: Api, failure: Exception) -> None:
    await api.token("arthur")
    slow, well = Slow(failure), Slow()
    first = asyncio.create_task(tries(api, slow))
    await slow.has_begun.wait()
    second = asyncio.create_task(tries(api, well, said="Notarissen"))
    await asyncio.sleep(0.05)
    assert not well.has_begun.is_set()
    slow.may_end.set()
    well.may_end.set()
    with pytest.raises(type(failure)):
        await first
    assert await second == Made(well.id, is_new=True)
    assert await kept(api) == [{"id": str(well.id)}]


async def test_of_thirty_at_once_one_makes_it(api: Api) -> None:
    await api.token("arthur")
    all_made: list[UUID] = []

    async def make() -> UUID:
        await asyncio.sleep(0.01)
        all_made.append(uuid4())
        return all_made[-1]

    found = await asyncio.gather(*(tries(api, make) for _ in range(30)))
    assert len(all_made) == 1
    assert {it.id for it in found} == {*all_made}
    assert sorted(it.is_new for it in found) == [False] * 29 + [True]


def test_an_input_is_the_same_in_whatever_order_it_is_said() -> None:
    key = uuid4()
    assert digest_of({"a": key, "b": None}) == digest_of({"b": None, "a": key})
    assert digest_of({"a": "1"}) != digest_of({"a": 1})
    assert digest_of({"a": ["1", "2"]}) != digest_of({"a": ["2", "1"]})
    assert digest_of({"a": "1"}) != digest_of({"b": "1"})
