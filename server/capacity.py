"""What so many firms take, calculated from what was measured of one machine and what people do in a day."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one machine; docs/scaling.md says by which command each is measured."""

    server_ms: float = 2.75
    """CPU of a server for a client's home page, at 40 of them a second."""
    database_ms: float = 1.75
    """CPU of all else meanwhile, the database above all."""
    document_bytes: int = 6_000
    """Of the database, for each document with all that belongs to it."""
    round_ms: float = 0.9
    """CPU of every process, every 5 s, to see that a firm has no letters and no changes."""


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
    round_seconds: float
    """CPU of each process to look at every firm once, as it does every 5 s."""


def estimate(firms: int, measured: Measured, habits: Habits) -> Estimate:
    """Return what so many firms take."""
    a_day = habits.clients * habits.client_operations + habits.staff * habits.staff_operations
    operations = firms * a_day * habits.busiest_hour / 3600
    documents = firms * habits.documents
    database_cores = cores(operations, measured.database_ms, habits.use)
    database_gib = documents * measured.document_bytes / GIB
    return Estimate(
        firms=firms,
        operations=operations,
        server_cores=cores(operations, measured.server_ms, habits.use),
        database_cores=database_cores,
        database_gib=database_gib,
        store_gib=documents * habits.document_kib * 1024 / GIB,
        nodes=max(math.ceil(database_gib / habits.node_gib), math.ceil(database_cores / habits.node_cores)),
        round_seconds=firms * measured.round_ms / 1000,
    )


def cores(operations: float, milliseconds: float, use: float) -> int:
    """Return how many cores that many operations a second keep busy, as far as they are planned for."""
    return math.ceil(operations * milliseconds / 1000 / use)


HEADINGS: Final = (
    "Firms",
    "Operations a second",
    "Cores of servers",
    "Cores of the database",
    "Database, GiB",
    "Store, GiB",
    "Database nodes",
    "A round of a process, s",
)


def table(found: Sequence[Estimate]) -> str:
    """Return estimates as a Markdown table."""
    rows = [
        f"| {it.firms:,} | {it.operations:,.0f} | {it.server_cores:,} | {it.database_cores:,} "
        f"| {it.database_gib:,.0f} | {it.store_gib:,.0f} | {it.nodes:,} | {it.round_seconds:,.1f} |"
        for it in found
    ]
    return "\n".join([f"| {' | '.join(HEADINGS)} |", "|" + " ---: |" * len(HEADINGS), *rows])
