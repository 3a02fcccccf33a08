"""Challenges: handed out between the steps of a sign-in, bound to an account and a step, and used once."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, and_, any_, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.tokens import Token
from models import Account, Challenge
from models.tables import LICENCE, AnyRow, Rows

TWO_FACTOR: Final = "TWO_FACTOR"
PASSWORD_CHANGE: Final = "PASSWORD_CHANGE"  # noqa: S105  no password
# Mailed as a link in place of a first password (A12): no factor was shown before it.
FIRST_PASSWORD: Final = "FIRST_PASSWORD"  # noqa: S105  no password
PASSKEY_ENROLMENT: Final = "PASSKEY_ENROLMENT"
LASTS_FOR: Final = timedelta(minutes=5)

STEPS: Final = bindparam("steps", type_=ARRAY(Text()))
STANDING: Final = (
    select(Challenge.id, Challenge.account_id, Challenge.step, Challenge.nonce)
    .join(Account, and_(Account.licence_id == LICENCE, Account.id == Challenge.account_id))
    .where(
        Challenge.licence_id == LICENCE,
        Challenge.digest == bindparam("digest"),
        Challenge.step == any_(STEPS),
        Challenge.expires_at > bindparam("now"),
        Account.blocked_at.is_(None),
    )
)
USE: Final = (
    delete(Challenge)
    .where(Challenge.licence_id == LICENCE, Challenge.id == bindparam("challenge"))
    .returning(Challenge.account_id)
)
VOID: Final = delete(Challenge).where(
    Challenge.licence_id == LICENCE, Challenge.account_id == bindparam("account")
)


def hand_out(  # noqa: PLR0913  all that a challenge is bound to
    session: AsyncSession,
    account_id: UUID,
    step: str,
    token: Token,
    now: datetime,
    *,
    lasts_for: timedelta = LASTS_FOR,
    nonce: bytes | None = None,
) -> None:
    """Add a challenge for the next step of an account; the token itself is not kept."""
    session.add(
        Challenge(
            licence_id=token.licence_id,
            account_id=account_id,
            step=step,
            digest=token.digest,
            created_at=now,
            expires_at=now + lasts_for,
            nonce=nonce,
        )
    )


async def standing(rows: Rows, token: Token, steps: list[str], now: datetime) -> AnyRow | None:
    """Return the challenge that a token stands for, None when it stands for none of these steps any more."""
    values = {"licence": token.licence_id, "digest": token.digest, "steps": steps, "now": now}
    found = await rows(STANDING, values)
    return found[0] if found else None


async def use(session: AsyncSession, licence_id: UUID, challenge_id: UUID) -> bool:
    """Use a challenge up; return whether nobody else did so first."""
    values = {"licence": licence_id, "challenge": challenge_id}
    return (await session.execute(USE, values)).first() is not None


async def void(session: AsyncSession, licence_id: UUID, account_id: UUID) -> None:
    """End all challenges of an account: its password was set anew, or it is blocked."""
    await session.execute(VOID, {"licence": licence_id, "account": account_id})
