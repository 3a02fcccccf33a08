"""How the tables are spread over a Citus cluster: by the licence, so that a firm is on one node."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ForeignKeyConstraint, MetaData
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.schema import AddConstraint, DropConstraint

from models.tables import metadata

LICENCES: Final = "licence"
"""The one table that every node has whole: others refer to it, and it refers to none."""
BY: Final = "licence_id"
SHARDS: Final = 128
"""Into how many pieces the firms fall, which whole nodes take; later nodes take some of them."""
PREPARED: Final = (
    # SET LOCAL kluis.licence must hold on the node that has the firm, or its wall lets no row through.
    (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET citus.propagate_set_commands = ''local''', "
        "current_database()); END $$"
    ),
    # Nodes ask each other in the name of the role that a statement runs as.
    "ALTER ROLE kluis_app LOGIN",
)


def statements(known: MetaData = metadata, shards: int = SHARDS) -> Iterator[str]:
    """Yield what spreads the tables; what is spread already stays as it is.

    A table comes after those that it refers to. Where tables refer to each other, one reference is taken away
    first, and comes back when all are spread.
    """
    tables = known.sorted_tables
    others = [it for it in tables if it.name != LICENCES]
    circles = sorted(circular(known), key=lambda it: str(it.name))
    yield from PREPARED
    yield from (compiled(DropConstraint(it, if_exists=True)) for it in circles)
    yield unless_spread(LICENCES, f"create_reference_table('{LICENCES}')")
    for at, table in enumerate(others):
        beside = "none" if at == 0 else others[0].name
        said = f"'{table.name}', '{BY}', colocate_with => '{beside}'"
        yield unless_spread(
            table.name, f"create_distributed_table({said}{f', shard_count => {shards}' if at == 0 else ''})"
        )
    yield from (compiled(AddConstraint(it)) for it in circles)


def circular(known: MetaData) -> list[ForeignKeyConstraint]:
    """Return the references that close a circle of tables."""
    return [it for table in known.tables.values() for it in table.foreign_key_constraints if it.use_alter]


def unless_spread(table: str, call: str) -> str:
    """Return a statement that makes the call unless Citus knows the table."""
    known = f"SELECT FROM pg_dist_partition WHERE logicalrelid = '{table}'::regclass"
    return f"SELECT {call} WHERE NOT EXISTS ({known})"


def compiled(change: AddConstraint | DropConstraint) -> str:
    """Return a change of a table as PostgreSQL reads it."""
    return " ".join(str(change.compile(dialect=dialect())).split())
