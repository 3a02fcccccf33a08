"""Databases of one firm each, of several sizes, with the same few readers: who has how much of how many."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from bench.firms import Firm, People
from bench.papers import SPAN, STRIDE, Paper, add, papers
from bench.rows import Ids, Rows
from bench.world import AT_ONCE, as_owner, signed_in, write_firm
from core.rights import Right
from core.tokens import Token
from core.viewer import Viewer
from models import DocumentGrant
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports
from resolvers.request import Request
from server import migrations, running
from server.house import open_house
from server.settings import Settings

# The readers' numbers are behind those of all others.
FIRST_NUMBER: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read so many of the documents: spread over all of them, or the oldest."""

    name: str
    role: str
    documents: int
    are_oldest: bool = False

    def reads(self, paper: Paper, size: int) -> bool:
        """Return whether a document is among those; no more than half of all are."""
        place = paper.number if self.are_oldest else paper.number * STRIDE % size
        return place < min(self.documents, size // 2)


FEW_OF_CLIENT: Final = Reader("A client with 20 documents", "CLIENT", 20)
MANY_OF_CLIENT: Final = Reader("A client with 5,000 documents", "CLIENT", 5_000)
FEW_OF_STAFF: Final = Reader("Staff in no group, who may read 20", "STAFF", 20)
OF_EVERY_SIZE: Final = (FEW_OF_CLIENT, MANY_OF_CLIENT, FEW_OF_STAFF)
ALL: Final = "Staff in Users, who may read all"
BETWEEN: Final = (
    *(Reader(f"{documents:,}", "STAFF", documents) for documents in (1_000, 3_000, 10_000, 50_000)),
    Reader("3,000, the oldest", "STAFF", 3_000, are_oldest=True),
    Reader("50,000, the oldest", "STAFF", 50_000, are_oldest=True),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the databases, and who reads in it."""

    size: int
    ports: Ports
    viewers: dict[str, Viewer]

    @property
    def licence_id(self) -> UUID:
        """Return the one licence."""
        return self.viewers[ALL].licence_id


@asynccontextmanager
async def subject_of(
    settings: Settings, url: str, size: int, readers: Sequence[Reader]
) -> AsyncGenerator[Subject]:
    """Write a database with so many documents, and yield it."""
    name = f"access_{size}"
    async with as_owner(url) as connection:
        await connection.execute(f"CREATE DATABASE {name}")
    own = url.replace("@/kluis?", f"@/{name}?", 1)
    await migrations.upgrade(own)
    async with open_house(settings, own, running.NO_RELAY) as (ports, _):
        founded = await found_licence(ports.database, "firm", "Firm")
        async with as_owner(own) as connection:
            firm, accounts = await write(connection, founded, ports, size, readers)
        accounts[ALL] = firm.staff[1]
        viewers = {name: await viewer(ports, firm, account) for name, account in accounts.items()}
        yield Subject(size, ports, viewers)


async def write(
    connection: Any, founded: Founded, ports: Ports, size: int, readers: Sequence[Reader]
) -> tuple[Firm, dict[str, UUID]]:
    """Write the firm, its documents, and the readers with their grants; return the readers' accounts."""
    ids, until = Ids(), ports.clock.now()
    firm = await write_firm(connection, ids, founded, size, until - SPAN)
    rows = Rows()
    people = People(rows, ids, founded, until - SPAN)
    relations = [people.relation(FIRST_NUMBER + at, firm.staff[0]) for at in range(len(readers))]
    await rows.copy(connection)
    accounts = [
        people.account(it.role, FIRST_NUMBER + at, relations[at] if it.role == "CLIENT" else None)
        for at, it in enumerate(readers)
    ]
    await rows.copy(connection)
    arriving = papers([firm], size, until, ids)
    while some := list(islice(arriving, AT_ONCE)):
        for paper in some:
            add(rows, paper)
            for reader, account in zip(readers, accounts, strict=True):
                if reader.reads(paper, size):
                    share(rows, paper, account)
        async with connection.transaction():
            await rows.copy(connection)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    return firm, {it.name: account for it, account in zip(readers, accounts, strict=True)}


def share(rows: Rows, paper: Paper, account: UUID) -> None:
    """Let an account read a document."""
    rows.add(
        DocumentGrant,
        licence_id=paper.firm.founded.licence_id,
        document_id=paper.id,
        principal_id=account,
        rights=int(Right.READ),
        source="MANUAL",
        granted_by=paper.maker,
        granted_at=paper.moment,
    )


async def viewer(ports: Ports, firm: Firm, account: UUID) -> Viewer:
    """Return the viewer of an account, as a session makes one."""
    request = Request(ports, Token.parse(await signed_in(ports, firm.founded.licence_id, account)))
    await request.open()
    found = request.viewer
    await request.close()
    return found
