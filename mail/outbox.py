"""The outbox: letters are claimed, and settled as sent, put off or failed.

A claim counts the attempt and pushes the letter ahead in its own transaction. So a letter whose worker dies
comes back by itself, and one that kills its workers is set aside in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, literal_column, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mail.lines import one_line
from models import Licence, metadata

LEASE = timedelta(minutes=2)
"""How long a claimed letter belongs to the worker that claimed it."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(days=1)
MOST_ATTEMPTS = 18
"""With the waits between them about five days, as RFC 5321 (4.5.4.1) wants and as a password lives (S036)."""
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter as its worker gets it; the fields are columns of the table."""

    id: UUID
    kind: str
    recipient: str
    language: str
    details: dict[str, Any]
    sealed: bytes | None
    news: int
    """Of how many things it tells."""
    attempts: int
    """With the one that this claim counts."""
    queued_at: datetime
    due_at: datetime
    """When the claim lapses."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters of a firm have in common."""

    name: str
    """In which they are written (S038)."""
    sender: str | None
    """Whom they come from; None: the installation."""
    reply_to: str | None
    """Whom answers go to; None: the sender."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a letter, or of a try to send it."""

    letter: Claimed
    state: str
    due: datetime | None = None
    reason: str = ""

    @classmethod
    def sent(cls, letter: Claimed) -> Self:
        """The mail server has it."""
        return cls(letter, "SENT")

    @classmethod
    def put_off(cls, letter: Claimed, due: datetime, reason: str) -> Self:
        """It is tried again at `due`; after MOST_ATTEMPTS it is set aside instead."""
        if letter.attempts >= MOST_ATTEMPTS:
            return cls.failed(letter, f"given up after {letter.attempts} tries: {reason}")
        return cls(letter, "QUEUED", due, reason)

    @classmethod
    def failed(cls, letter: Claimed, reason: str) -> Self:
        """It is tried no more; an administrator sees it with its reason."""
        return cls(letter, "FAILED", reason=reason)


LETTER = metadata.tables["letter"]
OF_LICENCE = LETTER.c.licence_id == bindparam("licence")
# As a literal, as in the index of what is due: bound, the index would not be found.
QUEUED = LETTER.c.state == literal_column("'QUEUED'")
THESE = (OF_LICENCE, LETTER.c.id == any_(bindparam("letters", type_=ARRAY(Uuid()))), QUEUED)
THIS_ONE = (OF_LICENCE, LETTER.c.id == bindparam("letter"), QUEUED)
# A put-off or a failure counts only for the worker that still holds the claim.
STILL_MINE = (*THIS_ONE, LETTER.c.attempts == bindparam("attempt"))

DUE = (
    select(LETTER.c.id)
    .where(OF_LICENCE, QUEUED, LETTER.c.due_at <= bindparam("now"))
    .order_by(LETTER.c.due_at, LETTER.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
CLAIM = (
    update(LETTER)
    .where(OF_LICENCE, LETTER.c.id == DUE.c.id)
    .values(attempts=LETTER.c.attempts + 1, due_at=bindparam("leased_until"))
    .returning(*(LETTER.c[it.name] for it in fields(Claimed)))
)
SENT = (
    update(LETTER)
    .where(*THESE)
    .values(state="SENT", sent_at=bindparam("now"), sealed=null(), last_error=null())
)
PUT_OFF = update(LETTER).where(*STILL_MINE).values(due_at=bindparam("due"), last_error=bindparam("reason"))
FAILED = update(LETTER).where(*STILL_MINE).values(state="FAILED", last_error=bindparam("reason"))
# It was not tried. What joins it no more is told by a letter of its own.
GIVE_BACK = (
    update(LETTER)
    .where(*STILL_MINE)
    .values(due_at=bindparam("due"), attempts=LETTER.c.attempts - 1, bundle=null())
)
LETTERHEAD = select(Licence.name, Licence.mail_sender, Licence.mail_reply_to).where(
    Licence.id == bindparam("licence")
)


async def claim(session: AsyncSession, licence_id: UUID, *, now: datetime, most: int) -> Sequence[Claimed]:
    """Return at most `most` due letters, oldest first; they are the caller's alone until LEASE has passed."""
    values = {"licence": licence_id, "now": now, "leased_until": now + LEASE, "most": most}
    rows = (await session.execute(CLAIM, values)).mappings()
    return sorted((Claimed(**row) for row in rows), key=lambda letter: letter.id)


async def letterhead(session: AsyncSession, licence_id: UUID) -> Letterhead:
    """Return in whose name a firm's letters are written."""
    return Letterhead(*(await session.execute(LETTERHEAD, {"licence": licence_id})).one())


async def settle(
    session: AsyncSession, licence_id: UUID, outcomes: Sequence[Outcome], *, now: datetime
) -> None:
    """Write down what came of letters; the secrets of those that were sent are wiped."""
    sent = [it.letter.id for it in outcomes if it.state == "SENT"]
    if sent:
        await session.execute(SENT, {"licence": licence_id, "letters": sent, "now": now})
    for it in outcomes:
        if it.state == "SENT":
            continue
        values = {**held(licence_id, it.letter), "reason": one_line(it.reason)[:LONGEST_REASON]}
        if it.due:
            await session.execute(PUT_OFF, {**values, "due": it.due})
        else:
            await session.execute(FAILED, values)


async def give_back(session: AsyncSession, licence_id: UUID, letter: Claimed, *, due: datetime) -> None:
    """Let a letter wait that was claimed and not tried."""
    await session.execute(GIVE_BACK, {**held(licence_id, letter), "due": due})


def held(licence_id: UUID, letter: Claimed) -> dict[str, Any]:
    """Return what names a claimed letter and the claim."""
    return {"licence": licence_id, "letter": letter.id, "attempt": letter.attempts}


def backoff(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, at most a day.

    `jitter`, from 0 to 1, takes off up to half of it, so that letters refused together return apart.
    """
    doubled = FIRST_WAIT * 2 ** min(attempts - 1, MOST_ATTEMPTS)
    return min(doubled, LONGEST_WAIT) * (1 - jitter / 2)
