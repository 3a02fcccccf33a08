"""Whom a bearer token stands for: a person by his session, or a partner's program by its API key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth import api_keys, sessions
from auth.api_keys import KeyToken
from core.tokens import Token
from core.viewer import Viewer
from models.tables import Rows


def token_in(text: str) -> Token | None:
    """Return the token that a bearer shows, of either kind; None for what is neither."""
    return KeyToken.parse(text) or Token.parse(text)


async def viewer_with(rows: Rows, token: Token, now: datetime, address: str) -> Viewer | None:
    """Return whom a token stands for, or None when it stands for nobody any more."""
    if isinstance(token, KeyToken):
        return await api_keys.viewer_with(rows, token, now, address)
    return await sessions.viewer_with(rows, token, now)


async def viewer_in(
    rows: Rows, licence_id: UUID, session_id: UUID, now: datetime, address: str, *, is_program: bool
) -> Viewer | None:
    """Return the viewer of a session, or of an API key, or None when it has ended."""
    if is_program:
        return await api_keys.viewer_in(rows, licence_id, session_id, now, address)
    return await sessions.viewer_in(rows, licence_id, session_id, now)


async def note_seen(change: AsyncSession, viewer: Viewer, now: datetime) -> None:
    """Note that the viewer's session, or its API key, was used just now."""
    if viewer.is_program:
        await api_keys.note_used(change, viewer, now)
    else:
        await sessions.note_seen(change, viewer, now)
