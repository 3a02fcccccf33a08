"""Rows on their way into the database: gathered by table, then copied in, which is faster than any INSERT."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any, Protocol
from uuid import UUID

from models import Entity


class Connection(Protocol):
    """What rows are copied over: asyncpg's connection."""

    async def copy_records_to_table(
        self, table_name: str, *, columns: list[str], records: list[tuple[Any, ...]]
    ) -> str: ...


class Rows:
    """Rows by table, in the order in which the tables were first named."""

    def __init__(self) -> None:
        self._by_table: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: type[Entity], **values: Any) -> None:
        """Add a row; all rows of a table have the same columns."""
        self._by_table.setdefault(table.__tablename__, []).append(values)

    async def copy(self, connection: Connection) -> None:
        """Copy all of them in, and forget them."""
        for table, rows in self._by_table.items():
            columns = list(rows[0])
            records = [tuple(row[name] for name in columns) for row in rows]
            await connection.copy_records_to_table(table, columns=columns, records=records)
        self._by_table.clear()


class Ids:
    """Keys as the database makes them, in the order of time (UUID version 7), but the same in every run."""

    def __init__(self) -> None:
        self._numbers: Iterator[int] = count(1)

    def new(self, moment: datetime) -> UUID:
        """Return a key of this moment, a number in the place of its random bits (RFC 9562 section 5.7)."""
        milliseconds = int(moment.timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | next(self._numbers))
