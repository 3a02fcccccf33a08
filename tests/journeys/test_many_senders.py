"""Many who send at once, and one who falls silent: nobody holds up the others for good."""

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest

from models import Upload
from server import content_view
from server.app import create_app
from server.content_view import UPLOADS_AT_ONCE
from tests.api import Api
from tests.http.serving import served
from tests.journeys.filing import SAFE_HEADERS, WORDS, head_of_put, objects, put, safe_headers, ticket_of
from tests.journeys.rows import row


async def test_so_many_send_at_once_and_the_next_one_comes_again(api: Api) -> None:
    tickets = [await ticket_of(api, "bert") for _ in range(UPLOADS_AT_ONCE)]
    next_one = await ticket_of(api, "carla")
    arrived, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slowly() -> AsyncGenerator[bytes]:
        yield WORDS[:1]
        arrived.release()
        await go_on.wait()
        yield WORDS[1:]

    async with asyncio.TaskGroup() as group:
        sending = [group.create_task(put(api, it, slowly())) for it in tickets]
        for _ in tickets:
            await arrived.acquire()
        turned_away = await put(api, next_one, WORDS)
        go_on.set()
    assert (turned_away.status_code, turned_away.json()["error"]["code"]) == (503, "BUSY")
    assert safe_headers(turned_away) == SAFE_HEADERS
    assert {it.result().status_code for it in sending} == {204}
    assert (await put(api, next_one, WORDS)).status_code == 204
    assert len(await objects(api)) == UPLOADS_AT_ONCE + 1


@pytest.mark.parametrize("there", [0, 3])
async def test_of_whoever_falls_silent_nothing_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch, there: int
) -> None:
    monkeypatch.setattr(content_view, "SILENCE", 0.2)
    ticket = await ticket_of(api, "bert")
    async with served(create_app(api.ports)) as address:
        where = urlsplit(address)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(head_of_put(ticket, len(WORDS)) + WORDS[:there])
        # The server hangs up, since what would still come could not be told from a new request.
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert await objects(api) == set()
    assert (await row(api, Upload)).object_key is None
    assert (await put(api, ticket, WORDS)).status_code == 204
