"""The postman: takes a batch of one firm's letters, sends them side by side, and settles them together."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from core.clock import Clock
from mail import outbox
from mail.letters import Unwritable
from mail.outbox import Claimed, Letterhead, Outcome
from mail.transport import SECONDS_PER_LETTER, Transport, Undelivered, Unreachable
from resolvers.database import Database
from resolvers.mail_limits import keep_back

# Whoever dies has counted a try of so many at most, though most of them were not tried.
BATCH = 25
# Sending must end before another worker may claim the letter.
TIME_TO_SEND = timedelta(seconds=SECONDS_PER_LETTER)

log = logging.getLogger("kluis.worker")

Write = Callable[[UUID, Letterhead, Claimed], EmailMessage]
"""Given a licence, in whose name it writes and a letter: the message. Raises Unwritable."""


class Postman:
    """One of any number; each of its ways to the mail server carries one letter at a time."""

    def __init__(
        self, database: Database, transports: Sequence[Transport], clock: Clock, write: Write
    ) -> None:
        self.database = database
        self.transports = transports
        self.clock = clock
        self.write = write

    async def deliver(self, licence_id: UUID) -> int:
        """Claim, send and settle one batch of a licence; return how many letters were claimed."""
        now = self.clock.now()
        async with self.database.change(licence_id) as session:
            claimed = await outbox.claim(session, licence_id, now=now, most=BATCH)
            letters = await keep_back(session, licence_id, claimed, now)
            head = await outbox.letterhead(session, licence_id) if letters else None
        if head:
            await Round(self, licence_id, head, letters).walk()
        return len(claimed)

    async def close(self) -> None:
        """Say goodbye to the mail server."""
        for transport in self.transports:
            await transport.close()


class Round:
    """The letters of one batch on their way, and what came of each."""

    def __init__(
        self, postman: Postman, licence_id: UUID, head: Letterhead, letters: Sequence[Claimed]
    ) -> None:
        self._postman = postman
        self._licence_id = licence_id
        self._head = head
        self._waiting = deque(letters)
        self._outcomes: list[Outcome] = []
        self._settling: asyncio.Task[None] | None = None
        self._unreachable: Unreachable | None = None

    async def walk(self) -> None:
        """Send all, by as many ways as there are, and write down what came of them."""
        ways = self._postman.transports[: len(self._waiting)]
        try:
            await asyncio.gather(*map(self._carry, ways))
        finally:
            if self._settling:
                await self._settling
            await self._settle()

    async def _carry(self, transport: Transport) -> None:
        while self._waiting:
            letter = self._waiting.popleft()
            if self._postman.clock.now() + TIME_TO_SEND > letter.due_at:
                return  # The claim is about to lapse; what is left comes back by itself.
            outcome = await self._send(transport, letter)
            self._outcomes.append(outcome)  # where they are now: what was there before may be written down
            stop_if_cancelled()
            self._settle_soon()

    async def _send(self, transport: Transport, letter: Claimed) -> Outcome:
        """Send one letter; return what came of it."""
        if self._unreachable:
            return self._put_off(letter, self._unreachable)
        try:
            await transport.send(self._postman.write(self._licence_id, self._head, letter))
        except Unwritable as reason:
            return Outcome.failed(letter, str(reason))
        except Unreachable as trouble:
            self._unreachable = trouble
            return self._put_off(letter, trouble)
        except Undelivered as trouble:
            if trouble.permanent:
                return Outcome.failed(letter, str(trouble))
            return self._put_off(letter, trouble)
        return Outcome.sent(letter)

    def _put_off(self, letter: Claimed, trouble: Undelivered) -> Outcome:
        # Not a secret: only spreads the letters over time.
        wait = outbox.backoff(letter.attempts, random.random())  # noqa: S311
        return Outcome.put_off(letter, self._postman.clock.now() + wait, str(trouble))

    def _settle_soon(self) -> None:
        """Write down what is known, while others are sent: whoever dies then has sent few that do not stand.

        What comes about meanwhile is written down next. Raise AWAY, where it could not be.
        """
        if self._settling and self._settling.done():
            self._settling.result()
            self._settling = None
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        if outcomes:
            async with self._postman.database.change(self._licence_id) as session:
                await outbox.settle(session, self._licence_id, outcomes, now=self._postman.clock.now())
        for it in outcomes:
            if it.state == "FAILED":
                log.warning("letter %s is set aside", it.letter.id)
            elif it.due:
                log.info("letter %s waits until %s", it.letter.id, it.due)


def stop_if_cancelled() -> None:
    """Raise CancelledError where somebody cancelled this task and was not heard.

    Python 3.11's `asyncio.wait_for`, with which the mail library waits, drops a cancellation that comes
    together with the answer.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
