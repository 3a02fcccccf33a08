"""Whether it is the database that is away, whichever of the driver and SQLAlchemy says so, and when."""

import logging
from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  it has none
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from core.errors import DatabaseAway, KluisError, TookTooLong

AWAY: Final = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    DatabaseAway,
)
"""What a database raises that is away for a moment; the last but one where it ends a connection between two
calls, the last where it was asked within a licence."""
# By what a lost connection shows while a statement is carried out; a time that has run out is an OSError too.
LOST: Final = (OSError, asyncpg.InternalClientError)
# The code of a statement that ran longer than `statement_timeout` (PostgreSQL, appendix A).
GIVEN_UP: Final = "57014"
# Classes of codes: the connection broke, no room or memory is left, the server ends or begins.
CLASSES: Final = ("08", "53", "57P")

log = logging.getLogger("kluis.database")


def told_apart(error: BaseException, *, is_lost: bool) -> KluisError | None:
    """Return how an error is told where it is the database's trouble, or is said in our words already.

    None for a defect of ours. `is_lost` tells that the connection is.
    """
    if isinstance(error, KluisError):
        return error
    state = getattr(error, "sqlstate", None) or ""
    if state == GIVEN_UP:
        return TookTooLong()
    if not is_lost and not state.startswith(CLASSES):
        return None
    # The kind alone: a database's error can quote what was written. Workers warn once, for all.
    log.info("the database can not be used: %s", type(error).__name__)
    return DatabaseAway()


def tell_apart(context: ExceptionContext) -> None:
    """Raise what is told in place of an error, wherever SQLAlchemy carried a statement out."""
    error = context.original_exception
    # One that comes of connecting is told by whoever asked for a connection; whoever gave up is told nothing.
    if context.connection is None or not isinstance(error, Exception):
        return
    told = told_apart(error, is_lost=context.is_disconnect or isinstance(error, LOST))
    if told:
        raise told from error
