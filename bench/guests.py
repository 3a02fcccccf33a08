"""Who comes and goes meanwhile: listeners of both kinds, some of whom vanish, and uploads that break off."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Final

from websockets.exceptions import WebSocketException

from bench.journey_lines import Lines
from bench.journey_steps import OFFICE_ADDRESS, Journeys, headers, upload_request
from bench.live import EVENTS, seat
from bench.load import posted
from bench.open_load import PATIENCE

LISTENERS: Final = 40
# In seconds.
LONGEST_STAY: Final = 10.0
BREAKS_OFF_EVERY: Final = 2.0
ENOUGH: Final = 64 << 10
Visit = Callable[[], Awaitable[str]]


class Guests:
    """Come, stay for some seconds, and go, for as long as they are let."""

    def __init__(self, journeys: Journeys, lines: Lines, port: int, chance: Random) -> None:
        self.journeys = journeys
        self.lines = lines
        self.port = port
        self.chance = chance
        self.visits = Counter[str]()
        self.errors = Counter[str]()

    async def come_and_go(self) -> None:
        """Let all of them come again and again, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(LISTENERS):
                visit = (self.by_socket, self.by_stream)[number % 2]
                group.create_task(self.again(visit, self.chance.random))
            group.create_task(self.again(self.break_off, lambda: BREAKS_OFF_EVERY))

    async def again(self, visit: Visit, pause: Callable[[], float]) -> None:
        """Visit, pause, and so on."""
        while True:
            try:
                self.visits[await visit()] += 1
            except (OSError, EOFError, AssertionError, TimeoutError, WebSocketException) as error:
                self.errors[f"{visit.__name__}: {type(error).__name__}"] += 1
            await asyncio.sleep(pause())

    async def by_socket(self) -> str:
        """Listen over a WebSocket; one in two vanishes without a word."""
        async with AsyncExitStack() as stack:
            socket = await seat(stack, self.port, self.journeys.client().token)
            await self.listen(socket.recv)
            if self.chance.random() < 1 / 2:
                socket.transport.abort()
                return "WebSocket that vanished"
        return "WebSocket"

    async def by_stream(self) -> str:
        """Listen over server-sent events, until the connection ends."""
        client = self.journeys.client()
        accept = f"{headers(client.token, client.address)}\r\nAccept: text/event-stream"
        line = await self.lines.open()
        try:
            line.writer.write(posted({"query": EVENTS}, accept, "/graphql/stream"))
            async with asyncio.timeout(PATIENCE):
                head = await line.reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head, head
            await self.listen(lambda: line.reader.read(ENOUGH))
        finally:
            line.writer.close()
        return "event stream"

    async def break_off(self) -> str:
        """Send one half of an upload, and go."""
        office = self.journeys.office()
        whole = upload_request(0, {}, self.journeys.advisor(office), OFFICE_ADDRESS)
        line = await self.lines.open()
        with suppress(OSError):
            line.writer.write(whole[: len(whole) // 2])
            await asyncio.sleep(self.chance.random())
        line.writer.transport.abort()
        return "upload that broke off"

    async def listen(self, read: Callable[[], Awaitable[object]]) -> None:
        """Read what comes, for some seconds or until nothing comes any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.chance.uniform(0, LONGEST_STAY)):
                while await read():
                    pass
