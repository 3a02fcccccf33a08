"""The feed: what the sender gives up, the store never takes for whole."""

import asyncio

import pytest

from storage.feed import Abandoned, Feed


def nobody() -> "asyncio.Future[None]":
    """A store that takes nothing, and never ends."""
    return asyncio.get_running_loop().create_future()


async def test_pieces_arrive_in_order_until_the_empty_one() -> None:
    feed = Feed()

    async def pull() -> list[bytes]:
        return [piece async for piece in feed]

    store = asyncio.create_task(pull())
    for piece in (b"1", b"2", b"3", b""):
        await feed.send(piece, to=store)
    assert await store == [b"1", b"2", b"3"]


async def test_an_abandoned_feed_fails_where_it_could_have_ended() -> None:
    feed = Feed()
    await feed.send(b"", to=nobody())
    feed.abandon()
    with pytest.raises(Abandoned):
        await anext(feed)


async def test_a_pull_that_waits_is_told_that_the_feed_is_abandoned() -> None:
    feed = Feed()
    pull = asyncio.ensure_future(anext(feed))
    await asyncio.sleep(0)
    feed.abandon()
    with pytest.raises(Abandoned):
        await pull


async def test_sending_ends_with_the_store_that_pulled() -> None:
    feed, store = Feed(), nobody()
    await feed.send(b"1", to=store)
    sending = asyncio.create_task(feed.send(b"2", to=store))
    await asyncio.sleep(0)
    assert not sending.done()
    store.set_result(None)
    await sending


async def test_a_cancelled_send_leaves_no_task_behind() -> None:
    feed, store = Feed(), nobody()
    await feed.send(b"1", to=store)
    sending = asyncio.create_task(feed.send(b"2", to=store))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
