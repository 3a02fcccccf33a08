"""The statements that reach a database: those of SQLAlchemy, and those that the driver is asked directly."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import event

from models import metadata
from resolvers.database import Database

# What begins and ends a transaction, and what the driver asks about types.
NOT_COUNTED: Final = re.compile(r"BEGIN|COMMIT|ROLLBACK|.*\b(?:pg_catalog|set_config)\b", re.DOTALL)

OF_FIRMS: Final = frozenset(metadata.tables) - {"licence"}
READ: Final = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|USING|,)\s+(?:LATERAL\s+)?(\w+)(?![\w.])(?:\s+AS\s+(\w+))?", re.IGNORECASE
)
ADDED: Final = re.compile(r"\bINSERT INTO (\w+) \(([^)]*)\)")


def unnamed(statement: str) -> set[str]:
    """Return the tables of firms that a statement reads or changes without saying whose rows it means."""
    read = {(name, alias or name) for name, alias in READ.findall(statement) if name in OF_FIRMS}
    compared = r"\b{0}\.licence_id = |= {0}\.licence_id\b|\({0}\.licence_id, "
    found = {name for name, alias in read if not re.search(compared.format(alias), statement)}
    return found | {name for name, columns in ADDED.findall(statement) if "licence_id" not in columns}


class Counter:
    """Notes the statements of every connection that is lent while it listens."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.listeners = {"before_cursor_execute": self.note, "checkout": self.watch, "checkin": self.leave}

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements.append(statement)

    def note_of_driver(self, record: Any) -> None:
        if not NOT_COUNTED.match(record.query):
            self.statements.append(record.query)

    def watch(self, connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(self.note_of_driver)

    def leave(self, connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.driver_connection.remove_query_logger(self.note_of_driver)


@asynccontextmanager
async def counting(database: Database) -> AsyncGenerator[list[str]]:
    """Yield the statements that are sent while the block runs."""
    counter = Counter()
    for name, listener in counter.listeners.items():
        event.listen(database.engine.sync_engine, name, listener)
    try:
        yield counter.statements
        # The driver tells of a statement a moment after it.
        await asyncio.sleep(0)
    finally:
        for name, listener in counter.listeners.items():
            event.remove(database.engine.sync_engine, name, listener)
