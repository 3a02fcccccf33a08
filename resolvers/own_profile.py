"""What the viewer changes of himself on the profile page, S055, S059, ASVS 7.5.2."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete

from auth.sessions import OF_SESSION
from core.errors import NotFound, Required, TooLong
from core.folding import fold
from models import Account, Session
from models.tables import LICENCE
from permissions.people import OWN_ACCOUNT
from resolvers import words
from resolvers.change import Change

LONGEST_NAME: Final = 100
REVOKE: Final = (
    delete(Session)
    .where(
        Session.licence_id == LICENCE,
        Session.account_id == OWN_ACCOUNT,
        Session.id == bindparam("session", type_=Uuid()),
    )
    .returning(Session.id, OF_SESSION)
)


async def update_profile(change: Change, changes: Mapping[str, Any]) -> None:
    """Change the viewer's language or names: only what was given. Raise Required, TooLong."""
    viewer = change.viewer
    account = await change.session.get_one(Account, (viewer.licence_id, viewer.account_id))
    if changes.get("language") is not None:
        account.language = changes["language"]
    for name, argument in (("given_name", "givenName"), ("family_name", "familyName")):
        if name in changes:
            setattr(account, name, name_for(changes[name], argument))
    if {"given_name", "family_name"} & changes.keys():
        account.display_name = " ".join(filter(None, (account.given_name, account.family_name)))
        account.display_name_folded = fold(account.display_name)
        await words.rewrite_accounts(change, [account.id])
    change.record("account.profile_updated", changed=sorted(changes))


def name_for(name: str | None, argument: str) -> str:
    """Return a name as it is kept: trimmed, 1 to 100 characters. Raise Required, TooLong."""
    text = (name or "").strip()
    if not text:
        raise Required(path=("input", argument))
    if len(text) > LONGEST_NAME:
        raise TooLong(path=("input", argument), limit=LONGEST_NAME)
    return text


async def revoke_session(change: Change, session_id: UUID) -> None:
    """End one of the viewer's sessions, the one that asks included. Raise NotFound."""
    if not await change.rows(REVOKE, session=session_id):
        raise NotFound(path=("input", "sessionId"))
    change.record("session.revoked")
