"""What has ended by itself is taken away: nobody can use it any more, and the tables stay small."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, bindparam, delete, literal, or_, select, tuple_
from sqlalchemy.sql.dml import ReturningDelete

from auth.sessions import IDLE_FOR
from models import Challenge, IdempotencyKey, KnownNetwork, Session, Throttle, TotpDevice
from models.tables import LICENCE
from resolvers import idempotency, two_factor
from resolvers.database import Database

AT_ONCE: Final = 1_000
# From where somebody did not come for so long, he can be locked out by whoever guesses (ASVS 6.1.1).
KNOWN_FOR: Final = timedelta(days=400)


def moment(name: str) -> ColumnElement[datetime]:
    """Return a moment that is bound by name."""
    return bindparam(name, type_=DateTime(timezone=True))


def ended(table: type[Any], has_ended: ColumnElement[bool]) -> ReturningDelete[Any]:
    """Return the statement that takes away some rows that have ended; those that somebody holds stay."""
    key: list[ColumnElement[Any]] = [*table.__table__.primary_key]
    some: Any = (
        select(*key)
        .where(table.licence_id == LICENCE, has_ended)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(table).where(table.licence_id == LICENCE, tuple_(*key).in_(some)).returning(literal(1))


ENDED: Final = (
    ended(Session, or_(Session.expires_at <= moment("now"), Session.last_seen_at <= moment("idle_since"))),
    ended(Challenge, Challenge.expires_at <= moment("now")),
    ended(Throttle, Throttle.allowed_at <= moment("now")),
    ended(IdempotencyKey, IdempotencyKey.created_at <= moment("kept_since")),
    ended(
        TotpDevice, and_(TotpDevice.confirmed_at.is_(None), TotpDevice.created_at <= moment("started_since"))
    ),
    ended(KnownNetwork, KnownNetwork.signed_in_at <= moment("known_since")),
)


async def sweep(database: Database, licence_id: UUID, now: datetime) -> int:
    """Take away what has ended in a licence, a part at a time; return how many rows."""
    values = {
        "licence": licence_id,
        "now": now,
        "idle_since": now - IDLE_FOR,
        "kept_since": now - idempotency.KEPT_FOR,
        "started_since": now - two_factor.LASTS_FOR,
        "known_since": now - KNOWN_FOR,
    }
    return sum([await sweep_all(database, statement, values) for statement in ENDED])


async def sweep_all(database: Database, statement: ReturningDelete[Any], values: dict[str, Any]) -> int:
    """Take away all that one statement finds; return how many rows."""
    named = statement.compile().params.keys()
    bound = {name: it for name, it in values.items() if name in named}
    taken = 0
    while True:
        async with database.change(values["licence"]) as change:
            some = (await change.execute(statement, bound)).all()
        taken += len(some)
        if len(some) < AT_ONCE:
            return taken
