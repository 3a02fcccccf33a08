"""Statements of a migration that would keep others from their work for as long as a table is large."""

import re
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

TABLE: Final = r"(?:IF EXISTS |ONLY )*(?:public\.)?\"?(?P<table>\w+)\"?"
# What each form does to its table, and what is to be done instead.
EVERYWHERE: Final = (
    (rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {TABLE}", "make the index CONCURRENTLY"),
    (rf"REINDEX (?!.*CONCURRENTLY).*?{TABLE}$", "make the index CONCURRENTLY"),
    (
        rf"ALTER TABLE {TABLE} .*\bADD (?:CONSTRAINT \S+ )?(?:CHECK|FOREIGN KEY)\b(?!.*NOT VALID)",
        "add it NOT VALID",
    ),
    (
        rf"ALTER TABLE {TABLE} .*\bADD COLUMN .*\b(?:CHECK|REFERENCES)\b",
        "add the condition by itself, NOT VALID",
    ),
    (
        rf"ALTER TABLE {TABLE} .*\bADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b(?!.*USING INDEX)",
        "make the index CONCURRENTLY",
    ),
    (rf"ALTER TABLE {TABLE} .*\bSET NOT NULL", "let it be empty until the release after"),
    (rf"(?:LOCK|TRUNCATE|CLUSTER|VACUUM FULL)(?: TABLE)? {TABLE}", "do without it"),
)
# What holds rows or a table up until the transaction ends, and is over at once outside of one.
WITHIN_A_TRANSACTION: Final = (
    (rf"UPDATE {TABLE}", "change some rows at a time, in an autocommit_block"),
    (rf"DELETE FROM {TABLE}", "remove some rows at a time, in an autocommit_block"),  # noqa: S608  a pattern
    (rf"ALTER TABLE {TABLE} .*\bVALIDATE CONSTRAINT", "do it in an autocommit_block"),
)
UNREADABLE: Final = "say it in statements that can be read"


class Said(NamedTuple):
    """A statement, and whether it stood alone."""

    statement: str
    is_alone: bool


@contextmanager
def recorded() -> Generator[list[Said]]:
    """Yield a list that every statement of this process is added to meanwhile."""
    found: list[Said] = []

    def record(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        is_alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
        found.append(Said(statement, is_alone))

    listener: Callable[..., None] = record
    event.listen(Engine, "before_cursor_execute", listener)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", listener)


def held_up(said: Said, tables: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a statement, where it is of one of these tables."""
    statement = " ".join(said.statement.split())
    if statement.upper().startswith("DO "):
        yield f"{statement[:60]}: {UNREADABLE}"
        return
    for form, instead in (*EVERYWHERE, *(() if said.is_alone else WITHIN_A_TRANSACTION)):
        found = re.match(form, statement, re.IGNORECASE)
        if found and found["table"] in tables:
            yield f"{statement[:60]}: {instead}"
