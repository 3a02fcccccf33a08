"""What so many firms take, calculated from what was measured of one machine and what people do in a day."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GIB: Final = 1 << 30
# In seconds, as in server/sealing.py: how far back a look for events goes, most of the time and now and then.
LOOKS_BACK: Final = (20, 15 * 60)
BETWEEN_ROUNDS: Final = 5
BETWEEN_FAR_ROUNDS: Final = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one machine; docs/scaling.md says by which command each is measured."""

    server_ms: float = 2.75
    """CPU of a server for a client's home page, at 40 of them a second."""
    database_ms: float = 1.75
    """CPU of all else meanwhile, the database above all."""
    document_bytes: int = 6_000
    """Of the database, for each document with all that belongs to it."""
    round_us: float = 0.4
    """Microseconds of the database's CPU for every process, every 5 s, to pass by a firm with nothing due."""
    event_us: float = 1.2
    """The same to see that an event has its seal, of those that were written lately."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a firm is taken for, and how machines are filled."""

    documents: int = 5_000
    document_kib: int = 500
    clients: int = 100
    client_operations: float = 2
    """A day and client: one visit of 14 operations a week."""
    staff: int = 10
    staff_operations: float = 300
    """A day and member of the staff."""
    events: float = 0.2
    """The part of operations that leave an event: what is changed, and files that are opened."""
    busiest_hour: float = 0.2
    """The part of a day's operations that comes in its busiest hour."""
    use: float = 0.5
    """The part of a core that is planned for: beyond it waits grow quickly."""
    node_gib: int = 500
    """Of a database that is still copied and restored within hours."""
    node_cores: int = 16


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many firms take."""

    firms: int
    operations: float
    """A second, in the busiest hour."""
    server_cores: int
    database_cores: int
    database_gib: float
    store_gib: float
    nodes: int
    """That hold the database: one, or those of a cluster."""
    round_cores: float
    """Of the database, for all processes to look for what is due, as each does every 5 s."""


def estimate(firms: int, measured: Measured, habits: Habits) -> Estimate:
    """Return what so many firms take."""
    a_day = habits.clients * habits.client_operations + habits.staff * habits.staff_operations
    operations = firms * a_day * habits.busiest_hour / 3600
    documents = firms * habits.documents
    database_cores = cores(operations, measured.database_ms, habits.use)
    database_gib = documents * measured.document_bytes / GIB
    server_cores = cores(operations, measured.server_ms, habits.use)
    return Estimate(
        firms=firms,
        operations=operations,
        server_cores=server_cores,
        database_cores=database_cores,
        database_gib=database_gib,
        store_gib=documents * habits.document_kib * 1024 / GIB,
        nodes=max(math.ceil(database_gib / habits.node_gib), math.ceil(database_cores / habits.node_cores)),
        round_cores=server_cores * looking(firms, operations * habits.events, measured),
    )


def looking(firms: int, events: float, measured: Measured) -> float:
    """Return how much of a core of the database a process takes to find what is due, of `events` a second."""
    near, far = (firms * measured.round_us + events * it * measured.event_us for it in LOOKS_BACK)
    return (near / BETWEEN_ROUNDS + far / BETWEEN_FAR_ROUNDS) / 1_000_000


def cores(operations: float, milliseconds: float, use: float) -> int:
    """Return how many cores that many operations a second keep busy, as far as they are planned for."""
    return math.ceil(operations * milliseconds / 1000 / use)


HEADINGS: Final = (
    "Firms",
    "Operations a second",
    "Cores of servers",
    "Cores of the database",
    "For rounds besides",
    "Database, GiB",
    "Store, GiB",
    "Database nodes",
)


def table(found: Sequence[Estimate]) -> str:
    """Return estimates as a Markdown table."""
    rows = [
        f"| {it.firms:,} | {it.operations:,.0f} | {it.server_cores:,} | {it.database_cores:,} "
        f"| {it.round_cores:,.1f} | {it.database_gib:,.0f} | {it.store_gib:,.0f} | {it.nodes:,} |"
        for it in found
    ]
    return "\n".join([f"| {' | '.join(HEADINGS)} |", "|" + " ---: |" * len(HEADINGS), *rows])
