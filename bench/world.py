"""The database that the bench asks: firms with their people and their documents, of a size to choose."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, cast
from uuid import UUID

import asyncpg

from auth import sessions
from bench.firms import Firm, Household, People
from bench.papers import SPAN, Paper, add, papers
from bench.rows import Ids, Rows
from core.tokens import Token
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports
from server.settings import DRIVER

# How many documents make a firm need one household more.
FOR_EACH_HOUSEHOLD: Final = 40
AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class World:
    """Who asks, by role and with the token of a session; and what they ask for."""

    tokens: dict[str, str]
    dossier: str
    document: str


async def write(ports: Ports, url: str, *, documents: int, licences: int) -> World:
    """Write the firms into an empty database, and sign one client and one advisor in."""
    until = ports.clock.now()
    founded = [await found_licence(ports.database, f"firm-{at}", f"Firm {at}") for at in range(licences)]
    ids = Ids()
    async with as_owner(url) as connection:
        each = documents // licences
        firms = [await write_firm(connection, ids, it, each, until - SPAN) for it in founded]
        shown = await write_papers(connection, papers(firms, documents, until, ids), firms[0].households[0])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    first = firms[0]
    licence_id = first.founded.licence_id
    return World(
        tokens={
            "client": await signed_in(ports, licence_id, first.households[0].clients[0]),
            "advisor": await signed_in(ports, licence_id, first.staff[1]),
        },
        dossier=ports.ids.write("Dossier", [first.households[0].dossier])[0],
        document=ports.ids.write("Document", [shown])[0],
    )


@asynccontextmanager
async def as_owner(url: str) -> AsyncGenerator[Any]:
    """Yield a connection that passes row level security: the embedded database's owner is a superuser."""
    # asyncpg tells no types.
    connection = await cast("Any", asyncpg).connect(url.replace(DRIVER, "postgresql://", 1))
    try:
        yield connection
    finally:
        await connection.close()


async def write_firm(connection: Any, ids: Ids, founded: Founded, each: int, moment: datetime) -> Firm:
    """Write the people of a firm with so many documents."""
    rows = Rows()
    people = People(rows, ids, founded, moment)
    staff = people.staff()
    # Relations name the staff, and clients name relations.
    await rows.copy(connection)
    households = [
        people.household(number, staff[number % len(staff)])
        for number in range(max(1, each // FOR_EACH_HOUSEHOLD))
    ]
    await rows.copy(connection)
    return Firm(founded, staff, households)


async def write_papers(connection: Any, found: Iterable[Paper], household: Household) -> UUID:
    """Write the documents; return the last one that was shared with a household."""
    rows = Rows()
    shown: UUID | None = None
    arriving = iter(found)
    while some := list(islice(arriving, AT_ONCE)):
        for paper in some:
            add(rows, paper)
            if paper.household is household and paper.is_shared:
                shown = paper.id
        async with connection.transaction():
            await rows.copy(connection)
    assert shown
    return shown


async def signed_in(ports: Ports, licence_id: UUID, account: UUID) -> str:
    """Open a session for an account, and return its token."""
    token = Token.new(licence_id)
    async with ports.database.change(licence_id) as change:
        sessions.open_session(change, account, token, ports.clock.now(), "bench")
    return str(token)
