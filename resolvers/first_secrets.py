"""What accounts are mailed to come in with: a first password, or a link that works once, S031-S038, A12."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from auth import challenges
from core.tokens import Token, typeable_password
from models import Account, Licence
from models.tables import LICENCE
from resolvers.change import Change

LASTS_FOR: Final = timedelta(days=5)
CHOSEN: Final = select(Licence.first_secret).where(Licence.id == LICENCE)


async def give(change: Change, account: Account, letter: str) -> None:
    """Give an account a fresh first secret that ends after 5 times 24 hours, and mail it (S036).

    Whatever it had before is void: its password and its challenges. Nobody is told the secret but its owner.
    Raise TooManyTries when too many wait for a hash.
    """
    await challenges.void(change.session, account.licence_id, account.id)
    expires_at = change.now + LASTS_FOR
    account.initial_password_expires_at = expires_at
    (licence,) = await change.rows(CHOSEN)
    if licence.first_secret == "LINK":  # noqa: S105  no password
        account.password_hash = None
        token = Token.new(account.licence_id)
        challenges.hand_out(
            change.session,
            account.id,
            challenges.FIRST_PASSWORD,
            token,
            change.now,
            lasts_for=LASTS_FOR,
        )
        secret, kind = str(token), f"{letter}_by_link"
    else:
        secret, kind = typeable_password(), letter
        account.password_hash = await change.ports.passwords.hash(secret)
    await change.tell(
        kind,
        account.id,
        secret=secret,
        role=account.role,
        username=account.username,
        expires_at=expires_at.isoformat(),
    )
