"""How connections to the database are made: how many, within which limits, and by which way.

Behind a pooler that lends a connection for one transaction (pgbouncer) nothing may outlast a transaction:
each begins with the settings of a session, and no statement stays prepared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from resolvers.hosts import Hosts
from resolvers.silence import Silence

# The role that row level security holds for. Compiling a statement takes longer than any of ours runs.
SERVER_SETTINGS = {
    "role": "kluis_app",
    "application_name": "kluis",
    "jit": "off",
    # Statements are written so that one plan is good for all values.
    "plan_cache_mode": "force_generic_plan",
}
# In seconds. Of several hosts each has so long to answer.
CONNECTING: Final = 5.0
SLACK: Final = 5.0
"""How much longer than a statement may run its answer is waited for: the network may be gone silently."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an operator can set of the connections; times are in seconds."""

    pool_size: int = 20
    """Of connections at most: they are made as they are needed, and kept."""
    statement_within: float = 5.0
    idle_within: float = 10.0
    """How long a transaction may do nothing."""
    pooler_url: str | None = None
    """A pgbouncer in transaction mode that everything goes through but listening and migrations."""

    @property
    def session(self) -> dict[str, str]:
        """Return the settings of PostgreSQL under which everything is carried out."""
        return SERVER_SETTINGS | {
            "statement_timeout": str(int(self.statement_within * 1000)),
            "idle_in_transaction_session_timeout": str(int(self.idle_within * 1000)),
            # The chain of events looks back for a quarter of an hour (resolvers/sealing.py).
            "transaction_timeout": "600000",
        }

    @property
    def preamble(self) -> str:
        """Return what comes behind each BEGIN: nothing where connections have their settings already."""
        if not self.pooler_url:
            return ""
        return "".join(f"; SET LOCAL {name} = '{value}'" for name, value in self.session.items())


def engine_of(url: str, terms: Terms, silence: Silence) -> AsyncEngine:
    """Return the pool of connections to lend, none of which has kept silent."""
    engine = create_async_engine(
        terms.pooler_url or url,
        # AUTOCOMMIT leaves BEGIN to us, so that the licence travels in the same round trip.
        isolation_level="AUTOCOMMIT",
        pool_size=terms.pool_size,
        # What is made in need and closed again costs the most when there is the least to spare.
        max_overflow=0,
        # Those that rest do not push the statements and pages of the others out of their caches.
        pool_use_lifo=True,
        # What was bound may be a secret: it stays out of errors, and so out of the log.
        hide_parameters=True,
        connect_args=answers_within(terms) | (by_pooler() if terms.pooler_url else directly(terms.session)),
    )
    event.listen(engine.sync_engine, "connect", silence.begin)
    event.listen(engine.sync_engine, "checkout", silence.require_open)
    if terms.pooler_url:
        event.listen(engine.sync_engine, "connect", end_of_beginning)
    return engine


def engine_past_pooler(url: str, terms: Terms) -> AsyncEngine:
    """Return what makes a connection of its own for each who listens."""
    return create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args=answers_within(terms) | directly(terms.session),
    )


def answers_within(terms: Terms) -> dict[str, float]:
    """Return how long the driver waits for an answer."""
    return {"command_timeout": terms.statement_within + SLACK}


def directly(session: Mapping[str, str]) -> dict[str, Any]:
    """Return how the driver connects to whichever host will do, with the settings of a session."""
    return {"async_creator_fn": Hosts().connected, "timeout": CONNECTING, "server_settings": session}


async def begun(hosts: Hosts, *where: Any, **said: Any) -> Any:
    """Return a connection through the pooler, held by a transaction as long as the driver prepares it."""
    connection = await hosts.connected(*where, **said)
    await connection.execute("BEGIN")
    return connection


def end_of_beginning(connection: Any, *_: object) -> None:
    """Give the connection behind the pooler back."""
    connection.run_async(committed)


async def committed(driver: Any) -> None:
    """End a transaction of the driver's connection."""
    await driver.execute("COMMIT")


def unnamed() -> str:
    """Return the name of every prepared statement: none, which the next one replaces."""
    return ""


def by_pooler() -> dict[str, Any]:
    """Return how the driver connects to a pooler."""
    return {
        "async_creator_fn": partial(begun, Hosts()),
        "timeout": CONNECTING,
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": unnamed,
    }
