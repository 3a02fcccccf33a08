"""One operation as the resolvers see it: who asks, what time it is, and rows of one moment."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from auth import bearers, sessions
from auth.api_keys import KeyToken
from core.errors import Unauthenticated
from core.tokens import Token
from core.viewer import Viewer
from models.tables import AnyRow, AnySelect, Rows
from resolvers import refusals
from resolvers.change import Change
from resolvers.fetching import fetched, reads
from resolvers.ports import Ports
from resolvers.reading import Reading

Announce = Callable[[Token | None], None]


class Request(Reading):
    """Reads from one snapshot; each change has a transaction of its own, and a fresh snapshot after it."""

    def __init__(
        self,
        ports: Ports,
        token: Token | None = None,
        *,
        user_agent: str = "",
        address: str = "",
        is_browser: bool = False,
        announce: Announce | None = None,
    ) -> None:
        super().__init__(ports, None)
        self.token = token
        self.user_agent = user_agent
        self.address = address
        self.is_browser = is_browser
        """Whether the token came in a cookie, of which a browser keeps one."""
        self.refused: set[tuple[str, str]] = set()
        """The codes of what was refused, each with the field that told it."""
        self._announce = announce
        self._snapshot = AsyncExitStack()
        self._connection: AsyncConnection | None = None
        # The connection takes one statement at a time, while fields may be resolved side by side.
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Find out who asks."""
        if self.token:
            connection = await self._open_snapshot(self.token)
            self.asker = await self._viewer_with(reads(connection), self.token)
        if self.asker is None and isinstance(self.token, KeyToken):
            await self.release()
            await refusals.of_api_key(self.ports, self.token, self.address)

    async def close(self) -> None:
        """Give the connection back, and note what was refused, and that the session, or the key, was used."""
        await self._close_snapshot()
        if self.asker and self.refused:
            await refusals.of_operation(self.ports, self.asker, self.refused)
        if self.asker and self.missed:
            await refusals.of_documents(self.ports, self.asker, self.missed)
        if self.asker and sessions.should_note(self.asker, self.now):
            async with self.ports.database.change(self.asker.licence_id) as change:
                await bearers.note_seen(change, self.asker, self.now)

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds; what says who asks is bound by itself."""
        bound = self.bound(values)
        async with self._one_at_a_time:
            connection = self._connection or await self._open_snapshot(self._required_token())
            return await fetched(connection, cast("AnySelect", statement), bound)

    @asynccontextmanager
    async def change(self) -> AsyncGenerator[Change]:
        """Yield one transaction; whoever asks is read again within it."""
        token = self._required_token()
        await self._close_snapshot()
        async with self.ports.database.change(token.licence_id) as session:
            rows = reads(await session.connection())
            self.asker = await self._viewer_with(rows, token)
            yield Change(self.ports, self.viewer, session)

    async def release(self) -> None:
        """Give the connection back before something that takes its time; a new snapshot comes after it."""
        await self._close_snapshot()

    async def become(self, token: Token | None) -> None:
        """Go on as the one whom `token` stands for, and tell the browser so; None: as nobody."""
        await self._close_snapshot()
        self.asker, self.token = None, token
        if self._announce:
            self._announce(token)
        await self.open()

    async def _viewer_with(self, rows: Rows, token: Token) -> Viewer | None:
        return await bearers.viewer_with(rows, token, self.now, self.address)

    def _required_token(self) -> Token:
        if self.token is None:
            raise Unauthenticated
        return self.token

    async def _open_snapshot(self, token: Token) -> AsyncConnection:
        snapshot = self.ports.database.snapshot(token.licence_id)
        self._connection = await self._snapshot.enter_async_context(snapshot)
        return self._connection

    async def _close_snapshot(self) -> None:
        self._connection = None
        await self._snapshot.aclose()
