"""Databases of several firms, the largest of which has three documents of ten, and who reads there."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from bench.access_world import (
    ALL,
    FEW_OF_CLIENT,
    FIRST_NUMBER,
    MANY_OF_CLIENT,
    Reader,
    Subject,
    share,
    viewer,
)
from bench.firms import Firm, People
from bench.papers import SPAN, Paper, add, household_of
from bench.rows import Ids, Rows
from bench.world import AT_ONCE, as_owner, write_firm
from models import BusinessUnit
from resolvers.first_categories import CATEGORIES
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports
from resolvers.wording import LONGEST_PIECE, LONGEST_WORD
from server import migrations, running
from server.house import open_house
from server.settings import Settings

# Whose the documents are that come in one after the other: three of ten are the first firm's.
TURNS: Final = (0, 1, 2, 0, 3, 4, 0, 5, 6, 7)
# A million documents have about 100,000 relations, two and a third in a household.
FOR_EACH_RELATION: Final = 23
# The one with 5,000 has half of what there is in the smaller one; the one with 1,000 has as many in either.
SOME_OF_CLIENT: Final = Reader("A client with 1,000 documents", "CLIENT", 1_000)
READERS: Final = (FEW_OF_CLIENT, SOME_OF_CLIENT, MANY_OF_CLIENT)
# So many documents of each firm, however large it is, have what is rare.
RARE: Final = 20
SENT_IN_EVERY: Final = 1000
# Whatever is rare or half rare stands elsewhere.
RARE_MAKER, RARE_UNIT, RARE_CATEGORY, RARE_TEXT = 7, 11, 13, 17
SOME_CATEGORY, SOME_TEXT = 3, 5
FREQUENT_WORD, SOME_WORD, RARE_WORD = "Jaaroverzicht", "Aandachtspunt", "Onzeldzaamheid"
WORDS: Final = f"""
    INSERT INTO description_word (licence_id, document_id, word)
    SELECT DISTINCT licence_id, id, substr(whole, at + 1, {LONGEST_WORD})
    FROM document, unnest(string_to_array(description_folded, ' ')) AS whole,
         generate_series(0, greatest(0, length(whole) - {LONGEST_PIECE + 1}), {LONGEST_PIECE}) AS at
    WHERE whole <> '';
    INSERT INTO word_suffix (licence_id, suffix, word)
    SELECT licence_id, substr(word, at), word
    FROM (SELECT DISTINCT licence_id, word FROM description_word) AS known,
         generate_series(1, length(word)) AS at
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Varied(Paper):
    """A document with what many have, and now and then with what one in a hundred has, or only a few."""

    units: tuple[UUID, ...]
    each: int
    """How many its firm has."""

    def is_rare(self, place: int) -> bool:
        """Return whether it is one of the few that have something, which is spread over all of them."""
        return self.number % max(1, self.each // RARE) == place

    @property
    def category_ids(self) -> list[UUID]:
        """Return what it is put into: seven categories are frequent, the last two are not."""
        *frequent, some, rare = (self.firm.founded.categories[it.key] for it in CATEGORIES)
        if self.is_sent_in:
            return []
        chosen = [frequent[self.number % len(frequent)]]
        chosen += [some] if self.number % 100 == SOME_CATEGORY else []
        chosen += [rare] if self.is_rare(RARE_CATEGORY) else []
        return sorted(chosen)

    @property
    def is_sent_in(self) -> bool:
        """Return whether a client sent it in, and nobody has put it anywhere yet."""
        return self.number % SENT_IN_EVERY == 0

    @property
    def description(self) -> str:
        """Return what is said of it."""
        words = [CATEGORIES[self.number % len(CATEGORIES)].nl, str(self.moment.year)]
        words += [FREQUENT_WORD] if self.number % 3 == 0 else []
        words += [SOME_WORD] if self.number % 100 == SOME_TEXT else []
        words += [RARE_WORD] if self.is_rare(RARE_TEXT) else []
        return " ".join([*words, "nr.", str(self.number)])

    @property
    def business_unit(self) -> UUID:
        """Return the part of the firm that it belongs to; the last one has few."""
        *frequent, rare = self.units
        return rare if self.is_rare(RARE_UNIT) else frequent[self.number % len(frequent)]

    @property
    def maker(self) -> UUID:
        """Return who brought it in; one client has brought a few."""
        if self.is_rare(RARE_MAKER):
            return self.firm.households[0].clients[0]
        # Written out: a dataclass with slots is another class than the one that `super()` looks for.
        return Paper.maker.__get__(self)


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the databases, and what lists of its largest firm can be narrowed to, by name."""

    subject: Subject
    narrowed: dict[str, dict[str, Any]]


@asynccontextmanager
async def offer_of(settings: Settings, url: str, size: int) -> AsyncGenerator[Offer]:
    """Write a database with so many documents, and yield it with the readers of its largest firm."""
    name = f"lists_{size}"
    async with as_owner(url) as connection:
        await connection.execute(f"CREATE DATABASE {name}")
    own = url.replace("@/kluis?", f"@/{name}?", 1)
    await migrations.upgrade(own)
    async with open_house(settings, own, running.NO_RELAY) as (ports, _):
        founded = [await found_licence(ports.database, f"firm-{at}", f"Firm {at}") for at in set(TURNS)]
        async with as_owner(own) as connection:
            firm, units, accounts = await write(connection, founded, ports, size)
        accounts[ALL] = firm.staff[1]
        viewers = {who: await viewer(ports, firm, account) for who, account in accounts.items()}
        yield Offer(Subject(size, ports, viewers), narrowed(firm, units, size, ports.clock.now()))


def narrowed(firm: Firm, units: tuple[UUID, ...], size: int, until: datetime) -> dict[str, dict[str, Any]]:
    """Return the arguments of filters, by what is said of them."""
    category = firm.founded.categories
    half, few = until - SPAN / 2, SPAN * RARE * len(TURNS) / TURNS.count(0) / size
    return {
        "category": {"category_ids": [category["contracts"]]},
        "category, 1 in 100": {"category_ids": [category["advice"]]},
        "category, few": {"category_ids": [category["property_photos"]]},
        "uncategorised": {"uncategorised": True},
        "text": {"description_contains": FREQUENT_WORD[1:]},
        "text, 1 in 100": {"description_contains": SOME_WORD[1:-2]},
        "text, few": {"description_contains": RARE_WORD[2:-2]},
        "dossier": {"dossier_id": firm.households[1].dossier},
        "relation": {"relation_id": firm.households[1].relations[0]},
        "unit": {"business_unit_id": units[0]},
        "unit, few": {"business_unit_id": units[-1]},
        "maker": {"created_by_id": firm.staff[2]},
        "maker, few": {"created_by_id": firm.households[0].clients[0]},
        "changed since, half": {"updated_after": half},
        "changed since, few": {"updated_after": until - few},
        "changed before, few": {"updated_before": until - SPAN + few},
    }


async def write(
    connection: Any, founded: list[Founded], ports: Ports, size: int
) -> tuple[Firm, tuple[UUID, ...], dict[str, UUID]]:
    """Write the firms, their documents and the readers; return the largest firm, its units, the readers."""
    ids, until = Ids(), ports.clock.now()
    each = [size * TURNS.count(at) // len(TURNS) for at in range(len(founded))]
    firms = [
        await write_firm(connection, ids, it, number * 40 // FOR_EACH_RELATION, until - SPAN)
        for it, number in zip(founded, each, strict=True)
    ]
    units = {it.founded.licence_id: await write_units(connection, ids, it, until - SPAN) for it in firms}
    accounts = await write_readers(connection, ids, firms[0], until - SPAN)
    arriving = papers(firms, units, each, until, ids)
    rows = Rows()
    while some := list(islice(arriving, AT_ONCE)):
        for paper in some:
            add(rows, paper)
            for reader, account in zip(READERS, accounts, strict=True):
                if paper.firm is firms[0] and reader.reads(paper, each[0]):
                    share(rows, paper, account)
        async with connection.transaction():
            await rows.copy(connection)
    await connection.execute(WORDS)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    readers = {it.name: account for it, account in zip(READERS, accounts, strict=True)}
    return firms[0], units[firms[0].founded.licence_id], readers


async def write_units(connection: Any, ids: Ids, firm: Firm, moment: datetime) -> tuple[UUID, ...]:
    """Write the business units of a firm beside its first one; return all of them."""
    rows, units = Rows(), [ids.new(moment) for _ in range(3)]
    for number, unit in enumerate(units):
        rows.add(BusinessUnit, licence_id=firm.founded.licence_id, id=unit, name=f"UNIT {number}")
    await rows.copy(connection)
    return (firm.founded.business_unit, *units)


async def write_readers(connection: Any, ids: Ids, firm: Firm, moment: datetime) -> list[UUID]:
    """Write the clients who read; return their accounts."""
    rows = Rows()
    people = People(rows, ids, firm.founded, moment)
    numbers = [FIRST_NUMBER + at for at in range(len(READERS))]
    relations = [people.relation(it, firm.staff[0]) for it in numbers]
    await rows.copy(connection)
    accounts = [
        people.account("CLIENT", it, relation) for it, relation in zip(numbers, relations, strict=True)
    ]
    await rows.copy(connection)
    return accounts


def papers(
    firms: list[Firm], units: dict[UUID, tuple[UUID, ...]], each: list[int], until: datetime, ids: Ids
) -> Iterator[Varied]:
    """Yield the documents of all firms, in the order in which they came in."""
    numbers, documents = Counter[int](), sum(each)
    for number in range(documents):
        at = TURNS[number % len(TURNS)]
        turn, firm = numbers[at], firms[at]
        numbers[at] += 1
        moment = until - SPAN + SPAN * number / documents
        household = household_of(firm, turn, each[at])
        yield Varied(ids.new(moment), turn, moment, firm, household, units[firm.founded.licence_id], each[at])
