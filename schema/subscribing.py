"""The life of one subscription: what it asks, what it pays, and an answer for each event until it ends."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from core.errors import BeginAnew, Busy, Forbidden, TookTooLong
from execution import Unreadable
from models.tables import AnyRow
from permissions.fields import ReadsDocuments
from resolvers import live
from resolvers.away import AWAY
from resolvers.crowd import Crowd
from resolvers.switchboard import Line, Stopping, Switchboard
from schema import ids
from schema.context import Context
from schema.operation import Answer, Asked, Operations, answered, leave, refusal

MOST_OF_ACCOUNT: Final = 10
# Of the connections to the database; the others are for whoever asks something.
READERS_AT_ONCE: Final = 4
# In seconds.
BEAT: Final = 15.0
READ_AGAIN_WITHIN: Final = 60.0
UNTIL_BACK: Final = 1.0
TRIES: Final = 5
MayRead: Final = ReadsDocuments()
Afresh = Callable[[], Context]


class NotOpened(Exception):
    """A subscription that was refused; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.refusal)
        self.answer = answer


class Subscriptions:
    """Opens subscriptions to the events of one server."""

    def __init__(
        self,
        operations: Operations,
        switchboard: Switchboard,
        seen: Callable[[Context, Answer, float], None],
    ) -> None:
        self.operations = operations
        self.switchboard = switchboard
        self.seen = seen
        """Is told of what was opened or refused, and of the seconds that it took."""
        self.crowd = Crowd(MOST_OF_ACCOUNT)
        self.turns = asyncio.Semaphore(READERS_AT_ONCE)

    async def open(self, asked: Asked, afresh: Afresh) -> "Stream":
        """Return a subscription that stands: what is committed from now on is told.

        `afresh` makes the context of each reading. Raise NotOpened, Stopping.
        """
        request, began, answer = afresh(), perf_counter(), Answer()
        try:
            return await self.attempt(asked, request, afresh)
        except Unreadable as refused:
            answer = Answer(errors=refused.errors, refusal=refused.code)
            raise NotOpened(answer) from None
        except Stopping:
            answer = refusal(Busy(), request)
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it is told in words of our own
            answer = refusal(error, request)
            raise NotOpened(answer) from None
        finally:
            self.seen(request, answer, perf_counter() - began)
            await leave(request)

    async def attempt(self, asked: Asked, request: Context, afresh: Afresh) -> "Stream":
        """Return the subscription of whoever asks. Raise Unreadable, KluisError, Stopping."""
        await request.open()
        executor = await self.operations.paid(asked, request)
        require(request)
        id_ = executor.subscribed().get("dossier_id")
        dossier_id = None if id_ is None else ids.read(request, "Dossier", id_, *live.DOSSIER_PLACE)
        with ExitStack() as held:
            held.enter_context(self.crowd.enter(request.viewer.account_id))
            up_to = await live.begin(request, dossier_id)
            line = held.enter_context(self.switchboard.line(request.viewer, up_to))
            return Stream(self, executor, line, dossier_id, afresh, held.pop_all())


class Stream:
    """One subscription as its reader hears it."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        executor: Any,
        line: Line,
        dossier_id: UUID | None,
        afresh: Afresh,
        held: ExitStack,
    ) -> None:
        self.turns = subscriptions.turns
        self.executor = executor
        self.line = line
        self.dossier_id = dossier_id
        self.afresh = afresh
        self.context = afresh()
        """Of the last reading: in whose language errors are told."""
        self._held = held
        self._read_at = asyncio.get_running_loop().time()

    def close(self) -> None:
        """Leave, so that another one may be opened."""
        self._held.close()

    async def answers(self) -> AsyncGenerator[Answer | None]:
        """Yield an answer for each event, and None every now and then, when there is none.

        Raise Unauthenticated when the session, or the API key, has ended; Forbidden when its owner may not
        listen any more; BeginAnew, Stopping.
        """
        while True:
            for answer in await self.next():
                yield answer

    async def next(self) -> Sequence[Answer | None]:
        """Return the answers to what came, none of them an event when nothing did. Raise the same."""
        entries = await self.line.take(BEAT)
        now = asyncio.get_running_loop().time()
        if entries is None and now - self._read_at < READ_AGAIN_WITHIN - BEAT:
            # The tracer of Python 3.11 does not see what follows a wait that has ended by itself.
            return [None]  # pragma: no cover
        self._read_at = now
        return await self.read(entries or ()) or [None]

    async def read(self, entries: Sequence[AnyRow]) -> list[Answer]:
        """Return what entries are to the viewer, as of one moment. Raise the same.

        A database that is away for a moment is asked again: nothing is lost meanwhile.
        """
        for _ in range(TRIES):
            try:
                async with self.turns:
                    return await self.read_once(entries)
            except (*AWAY, TookTooLong):
                await asyncio.sleep(UNTIL_BACK)
        raise BeginAnew

    async def read_once(self, entries: Sequence[AnyRow]) -> list[Answer]:
        """Return the same. Raise AWAY, TookTooLong."""
        request = self.context = self.afresh()
        try:
            await request.open()
            require(request)
            events = await live.events(request, entries, self.dossier_id) if entries else ()
            return [await answered(self.executor.of_event(it, request), request) for it in events]
        finally:
            # To be told of something is no use of a session: it does not keep it from falling idle.
            await request.release()


def require(request: Context) -> None:
    """Require that whoever asks may be told of documents. Raise Unauthenticated, Forbidden."""
    if not MayRead.admits(request.asker, None):
        raise Forbidden
