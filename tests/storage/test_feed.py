"""The feed: cut where segments end; what the sender gives up, the store never takes for whole."""

import asyncio
import hashlib
import os
from typing import Final

import pytest

from core.errors import Required, TooLarge
from storage.feed import Abandoned, Cutter, Feed, Segment
from storage.sealing import CLEAR_BYTES, FIRST_CLEAR_BYTES, clear_start, segment_at
from tests.storage.uploads import MIB, sent


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


# cutting ----------------------------------------------------------------------------------------------------

SECOND_END: Final = FIRST_CLEAR_BYTES + CLEAR_BYTES


async def cut(content: bytes, *, by: int, limit: int = 1 << 30) -> tuple[Cutter, list[Segment]]:
    """The segments of a file that comes in chunks of a size."""
    cutter = Cutter(sent(*(content[at : at + by] for at in range(0, len(content), by))), limit=limit)
    return cutter, [it async for it in cutter.segments()]


@pytest.mark.parametrize("by", [1000, FIRST_CLEAR_BYTES, CLEAR_BYTES, 1 << 22])
@pytest.mark.parametrize("size", [it + more for it in (FIRST_CLEAR_BYTES, SECOND_END) for more in (-1, 0, 1)])
async def test_a_file_is_cut_where_segments_end_whatever_it_comes_in(size: int, by: int) -> None:
    content = os.urandom(size)
    cutter, segments = await cut(content, by=by)
    last = segment_at(size - 1)
    assert [it.number for it in segments] == list(range(last + 1))
    assert [it.is_last for it in segments] == [False] * last + [True]
    assert [it.clear for it in segments] == [
        content[clear_start(it) : clear_start(it + 1)] for it in range(last + 1)
    ]
    assert (cutter.byte_size, cutter.sha256) == (size, hashlib.sha256(content).digest())


async def test_chunks_without_a_byte_are_no_segments() -> None:
    cutter = Cutter(sent(b"", b"con", b"", b"tract", b""), limit=8)
    assert [it async for it in cutter.segments()] == [Segment(0, b"contract", is_last=True)]


async def test_a_byte_over_the_limit_is_not_cut() -> None:
    content = bytes(SECOND_END)
    await cut(content, by=MIB, limit=SECOND_END)
    with pytest.raises(TooLarge) as refusal:
        await cut(content, by=MIB, limit=SECOND_END - 1)
    assert refusal.value.values == {"limit": SECOND_END - 1}


@pytest.mark.parametrize("chunks", [(), (b"",), (b"", b"")])
async def test_a_file_without_a_byte_is_required(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(Required):
        await anext(Cutter(sent(*chunks), limit=1).segments())
