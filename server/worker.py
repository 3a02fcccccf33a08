"""The worker: takes letters out of the outbox, licence by licence, and hands them to the mail server."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  it has none
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.viewer import Language
from mail import outbox
from mail.letters import LetterContent, Unwritable, compose
from mail.transport import SECONDS_PER_LETTER, Transport, Undelivered, Unreachable
from resolvers.database import Database

BATCH = 50
SECONDS_BETWEEN_LOOKS = 0.5
# Sending must end before another worker may claim the letter.
TIME_TO_SEND = timedelta(seconds=SECONDS_PER_LETTER)
AWAY = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a database raises that is away for a moment; the last where it ends a connection between two calls."""

log = logging.getLogger("kluis.worker")

OpenSecret = Callable[[UUID, UUID, bytes], str]
"""Given a licence, a letter and what it carries sealed: the clear text."""


class Worker:
    """One sender of letters; any number may run beside each other, each with a transport of its own."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        clock: Clock,
        open_secret: OpenSecret,
        *,
        sender: str,
        portal_url: str,
    ) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._open_secret = open_secret
        self._sender = sender
        self._portal_url = portal_url
        self._woken = asyncio.Event()
        self._is_database_away = False

    def wake(self) -> None:
        """Let the worker look now: a letter was written."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver letters until cancelled; a database that is away for a moment is tried again."""
        while True:
            self._woken.clear()
            resting = not await self._round()
            stop_if_cancelled()
            if resting:
                await self._rest()

    async def deliver_due(self) -> int:
        """Make one round over all licences; return how many letters were claimed; raises AWAY."""
        claimed = 0
        for licence_id in await self._database.licence_ids():
            claimed += await self._deliver(licence_id)
        return claimed

    async def _round(self) -> int:
        try:
            claimed = await self.deliver_due()
        except AWAY as trouble:
            if not self._is_database_away:
                # The kind alone: a database's error can quote what was written.
                log.warning("the database is away (%s); letters wait", type(trouble).__name__)
            self._is_database_away = True
            return 0
        self._is_database_away = False
        return claimed

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_BETWEEN_LOOKS):
                await self._woken.wait()

    async def _deliver(self, licence_id: UUID) -> int:
        """Claim, send and settle one batch of a licence."""
        async with self._database.change(licence_id) as session:
            letters = await outbox.claim(session, licence_id, now=self._clock.now(), most=BATCH)
            name = await outbox.licence_name(session, licence_id) if letters else ""
        try:
            await self._send_all(licence_id, name, letters)
        finally:
            await self._transport.close()
        return len(letters)

    async def _send_all(self, licence_id: UUID, name: str, letters: Sequence[outbox.Claimed]) -> None:
        unreachable: Unreachable | None = None
        for letter in letters:
            if self._clock.now() + TIME_TO_SEND > letter.due_at:
                return  # The claim is about to lapse; what is left comes back by itself.
            if unreachable is None:
                unreachable = await self._send(licence_id, name, letter)
            else:
                await self._put_off(licence_id, letter, unreachable)

    async def _send(self, licence_id: UUID, name: str, letter: outbox.Claimed) -> Unreachable | None:
        """Send and settle one letter; return the trouble where there is no way to the mail server."""
        try:
            message = self._composed(licence_id, name, letter)
            await self._transport.send(message)
        except Unwritable as reason:
            await self._set_aside(licence_id, letter, str(reason))
        except Undelivered as trouble:
            await self._settle_undelivered(licence_id, letter, trouble)
            return trouble if isinstance(trouble, Unreachable) else None
        else:
            async with self._database.change(licence_id) as session:
                await outbox.settle_sent(session, licence_id, letter, now=self._clock.now())
        return None

    def _composed(self, licence_id: UUID, name: str, letter: outbox.Claimed) -> EmailMessage:
        """Return the message; raises Unwritable for whatever is wrong with it, so that the others go on."""
        try:
            return compose(self._content(licence_id, name, letter))
        except Unwritable:
            raise
        except Exception as reason:
            # The kind alone: nobody knows what its words quote.
            raise Unwritable(f"cannot be written: {type(reason).__name__}") from reason

    def _content(self, licence_id: UUID, name: str, letter: outbox.Claimed) -> LetterContent:
        if letter.attempts > outbox.MOST_ATTEMPTS:
            raise Unwritable(f"given up: {letter.attempts - 1} tries ended without a word")
        sealed = letter.sealed
        return LetterContent(
            letter_id=letter.id,
            kind=letter.kind,
            language=Language(letter.language),
            recipient=letter.recipient,
            licence_name=name,
            sender=self._sender,
            portal_url=self._portal_url,
            details=letter.details,
            written_at=letter.queued_at,
            news=letter.news,
            secret=None if sealed is None else self._open_secret(licence_id, letter.id, sealed),
        )

    async def _settle_undelivered(
        self, licence_id: UUID, letter: outbox.Claimed, trouble: Undelivered
    ) -> None:
        if trouble.permanent:
            await self._set_aside(licence_id, letter, str(trouble))
        else:
            await self._put_off(licence_id, letter, trouble)

    async def _put_off(self, licence_id: UUID, letter: outbox.Claimed, trouble: Undelivered) -> None:
        # Not a secret: only spreads the letters over time.
        wait = outbox.backoff(letter.attempts, random.random())  # noqa: S311
        due = self._clock.now() + wait
        async with self._database.change(licence_id) as session:
            await outbox.put_off(session, licence_id, letter, due=due, reason=str(trouble))
        log.info("letter %s waits until %s", letter.id, due)

    async def _set_aside(self, licence_id: UUID, letter: outbox.Claimed, reason: str) -> None:
        async with self._database.change(licence_id) as session:
            await outbox.set_aside(session, licence_id, letter, reason=reason)
        log.warning("letter %s is set aside", letter.id)


def stop_if_cancelled() -> None:
    """Raise CancelledError where somebody cancelled this task and was not heard.

    Python 3.11's `asyncio.wait_for`, with which the mail library waits, drops a cancellation that comes
    together with the answer.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
