"""Firms whose people have passwords and sessions, and whose clients' newest documents have files."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import count, groupby
from typing import Any, Final
from uuid import UUID

from auth import sessions
from bench import world
from core.tokens import Token
from resolvers.file_rows import Place
from resolvers.ports import Ports

PASSWORD: Final = "the same for everybody"  # noqa: S105  of invented people
LICENCES: Final = 10
DOCUMENTS: Final = 5_000
"""In each of them; a couple with its dossier for each forty."""
FILE_BYTES: Final = 100 << 10
WITH_FILES: Final = 2
AT_ONCE: Final = 8
# The addresses of benchmarks (RFC 2544, appendix C.2.2), one for each client.
FIRST_ADDRESS: Final = IPv4Address("198.18.0.0")
NEWEST: Final = 10
GIVE: Final = "UPDATE account SET password_hash = $1"
CLIENTS: Final = f"""
    SELECT a.licence_id, l.slug, a.id, a.username, ARRAY(
        SELECT g.document_id FROM document_grant g
        WHERE g.licence_id = a.licence_id AND g.principal_id = a.id AND g.rights & 1 <> 0
        ORDER BY g.document_id DESC LIMIT {NEWEST}) AS documents
    FROM account a JOIN licence l ON l.id = a.licence_id
    WHERE a.role = 'CLIENT' AND EXISTS (SELECT FROM document_grant g
        WHERE g.licence_id = a.licence_id AND g.principal_id = a.id AND g.rights & 1 <> 0)
    ORDER BY a.licence_id, a.id
"""  # noqa: S608  a number
STAFF: Final = "SELECT licence_id, id FROM account WHERE role = 'STAFF' ORDER BY licence_id, id"
DOSSIERS: Final = """
    SELECT m.licence_id, m.dossier_id, m.relation_id, a.id AS client_id
    FROM dossier_member m JOIN account a ON a.licence_id = m.licence_id AND a.relation_id = m.relation_id
    WHERE m.role = 'MAIN_PERSON' ORDER BY m.licence_id, m.dossier_id
"""
CATEGORIES: Final = "SELECT licence_id, id FROM category ORDER BY licence_id, id"
UNGRANTED: Final = """
    SELECT d.licence_id, d.id AS document_id, a.id AS client_id
    FROM document d JOIN document_relation r ON r.licence_id = d.licence_id AND r.document_id = d.id
    JOIN account a ON a.licence_id = d.licence_id AND a.relation_id = r.relation_id AND a.role = 'CLIENT'
    WHERE NOT EXISTS (SELECT FROM document_grant g WHERE g.licence_id = d.licence_id
        AND g.document_id = d.id AND g.principal_id = a.id)
    ORDER BY d.licence_id, d.id LIMIT 1000
"""
HAS_FILE: Final = """
    UPDATE document_version SET object_key = $3, sealed_key = $4, byte_size = $5, sha256 = $6
    WHERE licence_id = $1 AND document_id = $2 AND number = 1
"""


@dataclass(slots=True)
class Client:
    """A client, where he calls from, and the newest of his documents, the first of which have files."""

    slug: str
    username: str
    address: str
    token: str
    documents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A dossier, its main person and that person's account."""

    dossier: str
    relation: str
    client: str


@dataclass(frozen=True, slots=True)
class Office:
    """A firm: the sessions of its advisors, and what they work with."""

    advisors: Sequence[str]
    folders: Sequence[Folder]
    categories: Sequence[str]
    clients: Sequence[Client]


@dataclass(frozen=True, slots=True)
class Ungranted:
    """A document, whom it is to be granted to, and the session of who does it."""

    token: str
    document: str
    client: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the documents that are still to be granted, in turn."""

    offices: Sequence[Office]
    ungranted: deque[Ungranted]


Asked = dict[UUID, list[Any]]
"""Rows by licence."""


async def write(ports: Ports, url: str, *, licences: int = LICENCES, documents: int = DOCUMENTS) -> Cast:
    """Write the firms into an empty database, and return everybody."""
    await world.write(ports, url, documents=documents * licences, licences=licences)
    async with world.as_owner(url) as owner:
        await owner.execute(GIVE, await ports.passwords.hash(PASSWORD))
        clients, staff = await asked(owner, CLIENTS), await asked(owner, STAFF)
        await write_files(ports, owner, clients)
        found = [clients, staff, await asked(owner, DOSSIERS), await asked(owner, CATEGORIES)]
        addresses = count()
        offices = {it: await office_of(ports, it, [some[it] for some in found], addresses) for it in clients}
        ungranted = [
            Ungranted(
                offices[licence_id].advisors[0],
                *ports.ids.write("Document", [it["document_id"]]),
                *ports.ids.write("Account", [it["client_id"]]),
            )
            for licence_id, rows in (await asked(owner, UNGRANTED)).items()
            for it in rows
        ]
        await owner.execute("VACUUM ANALYZE")
    return Cast(list(offices.values()), deque(ungranted))


async def asked(owner: Any, statement: str) -> Asked:
    """Return what a statement finds, by licence."""
    rows = await owner.fetch(statement)
    return {it: list(some) for it, some in groupby(rows, key=lambda row: row["licence_id"])}


async def office_of(
    ports: Ports, licence_id: UUID, rows: Sequence[Sequence[Any]], addresses: Iterator[int]
) -> Office:
    """Return a firm with a session for everybody."""
    clients, staff, dossiers, categories = rows
    tokens = await signed_in(ports, licence_id, [it["id"] for it in (*clients, *staff)])

    def written(kind: str, ids: Sequence[UUID]) -> list[str]:
        return ports.ids.write(kind, ids)

    return Office(
        advisors=tokens[len(clients) :],
        folders=[
            Folder(*written("Dossier", [a]), *written("Relation", [b]), *written("Account", [c]))
            for _, a, b, c in dossiers
        ],
        categories=written("Category", [it["id"] for it in categories]),
        clients=[
            Client(
                it["slug"],
                it["username"],
                str(FIRST_ADDRESS + next(addresses)),
                token,
                written("Document", it["documents"]),
            )
            for it, token in zip(clients, tokens[: len(clients)], strict=True)
        ],
    )


async def signed_in(ports: Ports, licence_id: UUID, accounts: Sequence[UUID]) -> list[str]:
    """Open a session for each account, and return the tokens."""
    tokens = [Token.new(licence_id) for _ in accounts]
    async with ports.database.change(licence_id) as change:
        for account, token in zip(accounts, tokens, strict=True):
            sessions.open_session(change, account, token, ports.clock.now(), "bench")
    return [str(it) for it in tokens]


async def write_files(ports: Ports, owner: Any, clients: Asked) -> None:
    """Give the newest documents of each client their files."""
    wanted = {
        (licence_id, document)
        for licence_id, rows in clients.items()
        for it in rows
        for document in it["documents"][:WITH_FILES]
    }
    turns = asyncio.Semaphore(AT_ONCE)

    async def put(number: int, licence_id: UUID, document: UUID) -> tuple[Any, ...]:
        async with turns:
            stored = await ports.files.put(licence_id, pieces_of(number), limit=2 * FILE_BYTES)
        return (
            licence_id,
            document,
            *Place.of_version(licence_id, document, 1).columns(ports.keys, stored).values(),
        )

    rows = await asyncio.gather(*(put(number, *it) for number, it in enumerate(sorted(wanted))))
    await owner.executemany(HAS_FILE, rows)


async def pieces_of(number: int) -> AsyncGenerator[bytes]:
    """Yield the bytes of a file."""
    yield file_of(number)


def file_of(number: int) -> bytes:
    """Return a file that is another one for each number, and looks like a PDF."""
    lines = f"% page {number} of what nobody reads\n".encode()
    return b"%PDF-1.7\n" + (lines * (FILE_BYTES // len(lines) + 1))[:FILE_BYTES] + b"\nstartxref\n0\n%%EOF\n"
