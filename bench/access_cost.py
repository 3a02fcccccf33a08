"""What the product's own statements cost the database: time, pages that it looked at, and CPU."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from time import perf_counter
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Executable

from bench.access_world import Subject
from bench.servers import cpu_seconds
from core.viewer import Viewer
from models.tables import AnyRow, AnySelect
from resolvers.fetching import driver_of, prepared
from resolvers.ports import Ports
from resolvers.reading import Reading

# Rows are made ready for the driver, as they are when somebody waits for them; each step's own clock would
# cost more than the step.
EXPLAIN: Final = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SERIALIZE BINARY, FORMAT JSON)"
PAGES: Final = ("Shared Hit Blocks", "Shared Read Blocks")


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as it was sent: its text and its values."""

    text: str
    values: tuple[Any, ...]


class InParallel(Exception):
    """Other processes took part, whose CPU is not counted; the text is the statement's."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What PostgreSQL says of statements: milliseconds with planning, and how often it looked at a page."""

    milliseconds: float
    buffers: int


class Overhearing(Reading):
    """Reads on behalf of somebody as the product does, and keeps what was sent."""

    def __init__(self, ports: Ports, viewer: Viewer, driver: Any, bounds: dict[str, Any]) -> None:
        super().__init__(ports, viewer)
        self.driver = driver
        self.bounds = bounds
        self.sent: list[Sent] = []

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        """Return what a statement finds."""
        ready = prepared(cast("AnySelect", statement))
        sent = Sent(ready.text, tuple(ready.arguments(self.bound({**values, **self.bounds}))))
        self.sent.append(sent)
        return ready.rows(await self.driver.fetch(sent.text, *sent.values))


@dataclass(slots=True)
class Explaining:
    """The connection to one of the databases, on which each statement is prepared once."""

    subject: Subject
    prepared: dict[str, Any] = field(default_factory=dict[str, Any])

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[Any]:
        """Yield the driver's connection within a snapshot; it is always the same one."""
        async with self.subject.ports.database.snapshot(self.subject.licence_id) as connection:
            driver = driver_of(connection)
            # Some of what is compared takes long.
            await driver.execute("SET LOCAL statement_timeout = 0")
            yield driver

    async def overheard(
        self, who: str, ask: Callable[[Reading], Awaitable[object]], **bounds: Any
    ) -> list[Sent]:
        """Return what is sent when somebody asks for something, other bounds set where they are named."""
        async with self.connected() as driver:
            request = Overhearing(self.subject.ports, self.subject.viewers[who], driver, bounds)
            await ask(request)
        return request.sent

    async def cpu(self, sent: Sequence[Sent], times: int) -> float:
        """Carry statements out so often; return the CPU of the database's process for all, in ms."""
        async with self.connected() as driver:
            statements = [(await self._statement(driver, it), it.values) for it in sent]
            pid, began = driver.get_server_pid(), 0.0
            # The first time is not counted: the databases share their buffers, and one measures no other's.
            for number in range(1 + times):
                if number == 1:
                    began = cpu_seconds(pid)
                for statement, values in statements:
                    await statement.fetch(*values)
            return (cpu_seconds(pid) - began) / times * 1e3

    async def explained(self, sent: Iterable[Sent]) -> Explained:
        """Carry statements out, and return what PostgreSQL says of them. Raise InParallel."""
        async with self.connected() as driver:
            found = [await self._explained(driver, it) for it in sent]
        return Explained(sum(it.milliseconds for it in found), sum(it.buffers for it in found))

    async def waits(self, sent: Sequence[Sent], times: int) -> list[float]:
        """Carry statements out so often; return how long all took, in ms, each time."""
        async with self.connected() as driver:
            statements = [(await self._statement(driver, it), it.values) for it in sent]
            found: list[float] = []
            for _ in range(times):
                began = perf_counter()
                for statement, values in statements:
                    await statement.fetch(*values)
                found.append((perf_counter() - began) * 1e3)
        return found

    async def plan(self, sent: Sent) -> dict[str, Any]:
        """Carry a statement out, and return what PostgreSQL says of it. Raise InParallel."""
        async with self.connected() as driver:
            return await self._plan(driver, sent)

    async def _explained(self, driver: Any, sent: Sent) -> Explained:
        found = await self._plan(driver, sent)
        return Explained(found["Planning Time"] + found["Execution Time"], buffers_of(found))

    async def _plan(self, driver: Any, sent: Sent) -> dict[str, Any]:
        statement = await self._statement(driver, sent)
        execute = f"EXECUTE {statement.get_name()}({', '.join(map(literal, sent.values))})"
        # SQLAlchemy taught its connections to read JSON.
        (found,) = await driver.fetchval(f"{EXPLAIN} {execute}")
        if "Gather" in str(found):
            raise InParallel(sent.text)
        return found

    async def _statement(self, driver: Any, sent: Sent) -> Any:
        """Return the statement as it was prepared; the database chooses by itself when to keep a plan."""
        if sent.text not in self.prepared:
            self.prepared[sent.text] = await driver.prepare(sent.text)
        return self.prepared[sent.text]


def buffers_of(explained: dict[str, Any]) -> int:
    """Return how often a statement and its planning looked at a page."""
    looked_at = (explained["Plan"], explained.get("Planning", {}))
    return sum(it.get(name, 0) for it in looked_at for name in PAGES)


def literal(value: Any) -> str:
    """Return a value as PostgreSQL reads it in the text of a statement."""
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    if isinstance(value, (list, tuple)):
        elements = ",".join(map(str, cast("Sequence[UUID]", value)))
        return f"'{{{elements}}}'"
    if value == date.min:
        # The driver's word for the day before all others.
        return "'-infinity'"
    assert isinstance(value, (str, UUID, date, datetime))
    return "'" + str(value).replace("'", "''") + "'"
