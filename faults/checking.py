"""What is left of the promises: documents as they were sent, grants, letters, and nothing twice."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path
from typing import Final

from faults.ledger import Ledger
from faults.stand import Stand
from faults.traffic import Person

DOCUMENT: Final = """query ($id: ID!) {
  document(id: $id) { contentUrl grants { principal { ... on Account { id } } rights } } }"""
# What is there more than once, though its name is of one thing alone.
TWICE: Final = """
    SELECT description FROM document WHERE description ~ '^(administrator|advisor|client)-'
      GROUP BY description HAVING count(*) > 1
    UNION ALL SELECT email FROM relation WHERE email ~ '@clients' GROUP BY email HAVING count(*) > 1
    UNION ALL SELECT username FROM account GROUP BY username HAVING count(*) > 1
    UNION ALL SELECT document_id::text FROM document_grant
      GROUP BY licence_id, document_id, principal_id HAVING count(*) > 1
"""
OK: Final = 200
LETTERS_WITHIN: Final = 150.0
"""In seconds: how long promised letters may be under way. What a killed worker had claimed waits for 120."""
LOOKS_EVERY: Final = 0.2


@dataclass(frozen=True, slots=True)
class Findings:
    """What is not as it was promised: all of it empty where all is well."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    said: tuple[str, ...]
    """What commands that check the vault complain of."""
    letters_twice: int
    """Letters that came more than once, recognisable by their Message-ID: that is no fault."""

    @property
    def is_well(self) -> bool:
        """Tell whether every promise was kept."""
        return not (self.lost or self.twice or self.said)


async def check(stand: Stand, ledger: Ledger, people: Mapping[str, Person]) -> Findings:
    """Compare what is there with what was acknowledged; `people` are those who may read, by user name."""
    lost = [
        *[it async for it in lost_documents(ledger, people)],
        *await lost_letters(stand.mail, ledger),
    ]
    twice = (await asyncio.to_thread(stand.backend.ask, TWICE)).splitlines()
    told = [await asyncio.to_thread(stand.command, it) for it in ("verify", "verify-audit")]
    said = [it.stdout + it.stderr for it in told if it.returncode]
    several, strange = letters_twice(stand.mail, ledger)
    return Findings(tuple(lost), (*twice, *strange), tuple(said), several)


async def lost_documents(ledger: Ledger, people: Mapping[str, Person]) -> AsyncGenerator[str]:
    """Yield which documents are not there as they were sent, or not shared as they were."""
    shared: dict[str, set[str]] = {}
    for document, account in ledger.grants:
        shared.setdefault(document, set()).add(account)
    for id_, sent in ledger.uploads.items():
        person = people[sent.sender]
        found = await person.reads(DOCUMENT, id_)
        if found is None:
            yield f"document {sent.description}"
            continue
        answer = await person.http.get(found["contentUrl"])
        if answer.status_code != OK or sha256(answer.content).digest() != sent.digest:
            yield f"bytes of {sent.description}"
        readers = {it["principal"].get("id") for it in found["grants"] or () if it["rights"] == ["READ"]}
        if not shared.get(id_, set()) <= readers:
            yield f"grant of {sent.description}"


async def lost_letters(mail: Path, ledger: Ledger) -> list[str]:
    """Return the addresses to which fewer letters came than were promised, after having waited for them."""
    until = time.monotonic() + LETTERS_WITHIN
    while True:
        there = letters_in(mail)
        missing = [it for it, number in ledger.letters.items() if len(set(there.get(it, ()))) < number]
        if not missing or time.monotonic() > until:
            return [f"letter to {it}" for it in missing]
        await asyncio.sleep(LOOKS_EVERY)


def letters_twice(mail: Path, ledger: Ledger) -> tuple[int, list[str]]:
    """Return how many letters came again, and the addresses that got more letters than were promised."""
    there = {it: found for it, found in letters_in(mail).items() if it in ledger.letters}
    again = sum(len(found) - len(set(found)) for found in there.values())
    return again, [f"letters to {it}" for it, found in there.items() if len(set(found)) > ledger.letters[it]]


def letters_in(mail: Path) -> dict[str, list[str]]:
    """Return the Message-IDs of the letters that came, by whom they are to."""
    found: dict[str, list[str]] = {}
    for it in mail.glob("*.eml"):
        letter = message_from_bytes(it.read_bytes())
        found.setdefault(str(letter["To"]), []).append(str(letter["Message-ID"]))
    return found
