"""Rows, fetched by the driver itself.

SQLAlchemy writes a statement and knows the types in it, once; after that asyncpg is asked directly. Carried
out by SQLAlchemy a page of 50 rows costs nearly twice the CPU, and to read the columns of its rows six times.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, cast

from sqlalchemy import Float
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from models.tables import AnyRow, AnySelect, Rows
from resolvers.away import AWAY, LOST, told_apart

DIALECT: Final = dialect()
# Statements are made once, and kept by whoever makes them.
MOST_KEPT: Final = 1_000
# Numbers of types in PostgreSQL's catalogue.
FLOAT8: Final = 701
NUMERIC: Final = 1700


class Prepared:
    """A statement as the driver takes it, and what its rows are made into."""

    def __init__(self, statement: AnySelect) -> None:
        compiled = statement.compile(dialect=DIALECT)
        # IN with values is only written out with each execution; write `== any_(...)`.
        assert not compiled.post_compile_params
        self.text: str = compiled.string
        names = compiled.positiontup or ()
        self.bound = [(name, bind_processor(compiled.binds[name].type)) for name in names]
        self.fixed = {
            it: compiled.binds[it].effective_value for it in names if not compiled.binds[it].required
        }
        columns = list(statement.selected_columns)
        self.make = maker([str(it.key) for it in columns])
        readers = [result_processor(it.type) for it in columns]
        self.read = [(at, reader) for at, reader in enumerate(readers) if reader]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values of the statement in its order. Raise KeyError for one that is not given."""
        given = {**self.fixed, **values}
        return [process(given[name]) if process else given[name] for name, process in self.bound]

    def rows(self, records: Sequence[Any]) -> list[AnyRow]:
        """Return records as rows, whose columns are attributes."""
        if self.read:
            records = [self.converted(record) for record in records]
        return list(map(self.make, records))

    def converted(self, record: Sequence[Any]) -> list[Any]:
        """Return the values of a record as their types say."""
        values = list(record)
        for at, reader in self.read:
            values[at] = reader(values[at])
        return values


Process = Callable[[Any], Any]


def maker(names: Sequence[str]) -> Callable[[Any], AnyRow]:
    """Return what makes rows with these columns of records; a column without a name is no attribute."""
    # What is in a column is known to the database alone.
    row = namedtuple("Row", names, rename=True)  # noqa: PYI024  # pyright: ignore[reportUntypedNamedTuple]
    return partial(cast("Any", tuple).__new__, row)


def bind_processor(type_: TypeEngine[Any]) -> Process | None:
    """Return what a value goes through on its way to the driver, None for nothing."""
    return type_.dialect_impl(DIALECT).bind_processor(DIALECT)


def result_processor(type_: TypeEngine[Any]) -> Process | None:
    """Return what a value goes through on its way from the driver, None for nothing."""
    # Only numbers ask what the database calls their type.
    called = FLOAT8 if isinstance(type_, Float) else NUMERIC
    return type_.dialect_impl(DIALECT).result_processor(DIALECT, called)


@lru_cache(maxsize=MOST_KEPT)
def prepared(statement: AnySelect) -> Prepared:
    """Return a statement as the driver takes it."""
    return Prepared(statement)


def reads(connection: AsyncConnection) -> Rows:
    """Return what finds rows on this connection."""
    return partial(fetched, connection)


async def fetched(
    connection: AsyncConnection, statement: AnySelect, values: Mapping[str, Any]
) -> Sequence[AnyRow]:
    """Return what a SELECT finds. Raise TookTooLong when the database gave it up, DatabaseAway."""
    ready, driver = prepared(statement), driver_of(connection)
    try:
        records = await driver.fetch(ready.text, *ready.arguments(values))
    except AWAY as error:
        told = told_apart(error, is_lost=isinstance(error, LOST) or driver.is_closed())
        if told is None:
            raise
        raise told from error
    return ready.rows(records)


def driver_of(connection: AsyncConnection) -> Any:
    """Return asyncpg's own connection beneath."""
    assert connection.sync_connection is not None
    return connection.sync_connection.connection.driver_connection
