"""A search finds what a naive look through all people finds, in the same order, however it is paged."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.folding import fold
from core.tokens import Token
from core.viewer import Language, Role, Viewer
from models import Account, Dossier, DossierMember, Principal, Relation
from resolvers import accounts, dossiers, named_lists, relations, words
from resolvers.change import Change
from resolvers.entering import acting, steward
from resolvers.founding import found_licence
from resolvers.paging import PageAsked
from resolvers.ports import Ports
from resolvers.request import Request
from tests.conftest import START

slugs = (f"searched-{number}" for number in count())
SLOW: Final = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SEARCH: Final = {"relations": relations.search, "dossiers": dossiers.search, "accounts": accounts.search}
# Few beginnings, so that words begin alike, and what names are made of besides letters.
PARTS: Final = (
    "an",
    "ann",
    "anna",
    "Ànna",
    "de",
    "O'Brien",
    "D’Ha",  # noqa: RUF001  it is meant
    "Weiß",
    "weis",
    "Ελένη",
    "Ελ",
    "3-4",
    "34",
)
GLUE: Final = (" ", "  ", "-", "'", "", ".")
names = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(GLUE)), min_size=1, max_size=3).map(
    lambda parts: "".join(part + glue for part, glue in parts)
)
addresses = st.none() | st.sampled_from(["ann@de.example", "anna.de@ann.example", "WEISS@x.example"])
numbers = st.none() | st.sampled_from(["34.01.02-003.04", "34010299999", "850730 033 28", "?"])


@dataclass(frozen=True)
class Person:
    """A relation with an account, in a dossier of his own name or in that of the one before."""

    display_name: str
    family_name: str | None
    email: str | None
    number: str | None
    joins: bool


people = st.builds(Person, names, st.none() | names, addresses, numbers, st.booleans())


@dataclass(frozen=True)
class Thing:
    """What can be found: by its name it is sorted, by its texts it is found."""

    id: UUID
    name: str
    texts: tuple[str, ...]


# The naive look.
def spoken(texts: Iterable[str]) -> set[str]:
    """Return all words of these texts."""
    found: set[str] = set()
    for piece in (piece for text in texts for piece in plain(text).split()):
        runs = ("".join(run) for is_part, run in groupby(piece, str.isalnum) if is_part)
        found |= {piece, asked_for(piece), *runs}
    return found


def plain(text: str) -> str:
    return fold(text).replace("’", "'")  # noqa: RUF001  it is meant


def asked_for(piece: str) -> str:
    is_number = piece[0].isdigit() and all(it.isdigit() or it in ".-" for it in piece)
    return "".join(filter(str.isdigit, piece)) if is_number else piece


def naively(things: Sequence[Thing], search: str) -> list[UUID]:
    """Return the ids of what is found, in order."""
    wanted = [asked_for(it) for it in plain(search).split()]
    longest = max(wanted, key=len)
    placed: list[tuple[str, str, UUID]] = []
    for thing in things:
        of_thing = spoken(thing.texts)
        if all(any(word.startswith(it) for word in of_thing) for it in wanted):
            place = min(word for word in of_thing if word.startswith(longest))
            placed.append((place, fold(thing.name), thing.id))
    return [id_ for *_, id_ in sorted(placed)]


# The product.
async def write(ports: Ports, some: Sequence[Person]) -> tuple[Viewer, dict[str, list[Thing]]]:
    """Write the people with the product's own words; return who may see all of them, and what there is."""
    founded = await found_licence(ports.database, next(slugs), "Searched")
    things: dict[str, list[Thing]] = {"relations": [], "dossiers": [], "accounts": []}
    async with acting(ports, steward(founded.licence_id, START)) as change:
        for number, person in enumerate(some):
            relation = await add_relation(change, person)
            digits = re.sub(r"\D", "", person.number or "")
            texts = (person.display_name, person.family_name or "", person.email or "", digits)
            things["relations"].append(Thing(relation, person.display_name, texts))
            things["accounts"].append(await add_account(change, person, number))
            await add_to_dossier(change, person, relation, things["dossiers"])
        await words.rewrite_relations(change, [it.id for it in things["relations"]])
        await words.rewrite_dossiers(change, [it.id for it in things["dossiers"]])
        await words.rewrite_accounts(change, [it.id for it in things["accounts"]])
    return viewer(founded.licence_id), things


async def add_relation(change: Change, person: Person) -> UUID:
    row = change.add(
        Relation,
        kind="PERSON",
        display_name=person.display_name,
        display_name_folded=fold(person.display_name),
        family_name=person.family_name,
        email=person.email,
        national_register_number=person.number,
    )
    await change.session.flush()
    return row.id


async def add_account(change: Change, person: Person, number: int) -> Thing:
    principal = change.add(Principal, kind="ACCOUNT")
    await change.session.flush()
    username = f"{number}.ann@de.example"
    change.add(
        Account,
        id=principal.id,
        role="STAFF",
        username=username,
        username_folded=username,
        display_name=person.display_name,
        display_name_folded=fold(person.display_name),
        language=Language.NL,
    )
    return Thing(principal.id, person.display_name, (person.display_name, username))


async def add_to_dossier(change: Change, person: Person, relation: UUID, made: list[Thing]) -> None:
    """Put a person into the newest dossier, or into a new one."""
    if not person.joins or not made:
        name = f"{person.display_name} 34"
        dossier = change.add(Dossier, name=name, name_folded=fold(name))
        await change.session.flush()
        made.append(Thing(dossier.id, name, (name,)))
    newest = made.pop()
    change.add(DossierMember, dossier_id=newest.id, relation_id=relation, role="OTHER")
    made.append(Thing(newest.id, newest.name, (*newest.texts, person.display_name)))


def viewer(licence_id: UUID) -> Viewer:
    return Viewer(
        licence_id=licence_id,
        account_id=UUID(int=1),
        session_id=UUID(int=0),
        seen_at=START,
        roles=frozenset({Role.STAFF}),
        language=Language.NL,
        principals=(UUID(int=1),),
    )


async def walked(request: Request, kind: str, search: str, size: int) -> list[list[UUID]]:
    """Return what a search finds: at once, page by page, and page by page from the end."""
    everything = await SEARCH[kind](request, PageAsked(first=100), search)
    assert await named_lists.totals(request, [everything]) == [len(everything.edges.rows)]
    forwards: list[Any] = []
    page = await SEARCH[kind](request, PageAsked(first=size), search)
    forwards += page.edges.rows
    while page.edges.has_next:
        after = page.cursors.write(page.edges.rows[-1])
        page = await SEARCH[kind](request, PageAsked(first=size, after=after), search)
        forwards += page.edges.rows
    page = await SEARCH[kind](request, PageAsked(last=size), search)
    backwards: list[Any] = page.edges.rows
    while page.edges.has_previous:
        before = page.cursors.write(page.edges.rows[0])
        page = await SEARCH[kind](request, PageAsked(last=size, before=before), search)
        backwards = page.edges.rows + backwards
    return [[row.id for row in rows] for rows in (everything.edges.rows, forwards, backwards)]


asking = st.lists(
    st.sampled_from([*PARTS, "ann@de", "340102", "34.01.02", "example", "weiss@x.example", "_nn", "%nn"]),
    min_size=1,
    max_size=3,
).map("  ".join)
BOTH: Final = [
    Person("Anna  Ann-O'Brien", "Weiß", "anna.de@ann.example", "34.01.02-003.04", joins=False),
    Person("Ànna D’Ha", "anna", None, None, joins=True),  # noqa: RUF001  it is meant
    Person("anna d'ha", None, "ann@de.example", "?", joins=True),
    Person("Ελένη 3-4", None, None, "850730 033 28", joins=False),
]


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(
    some=st.lists(people, max_size=8),
    searches=st.lists(asking.filter(lambda it: len(fold(it).replace(" ", "")) >= 3), min_size=1, max_size=4),
    size=st.integers(1, 4),
)
@example(some=BOTH, searches=["ann", "anna  de", "34.01", "d'ha", "ελενη"], size=1)
async def test_a_search_finds_what_a_naive_look_finds(
    ports: Ports, some: list[Person], searches: list[str], size: int
) -> None:
    asker, things = await write(ports, some)
    request = Request(ports, Token.new(asker.licence_id))
    request.asker = asker
    for kind, of_kind in things.items():
        for search in searches:
            expected = naively(of_kind, search)
            assert await walked(request, kind, search, size) == [expected] * 3
    request.asker = None
    await request.close()


async def test_the_naive_look_finds_something_in_the_example(ports: Ports) -> None:
    _, things = await write(ports, BOTH)
    assert [len(naively(things["relations"], it)) for it in ("ann", "d'ha", "34.01", "ελε")] == [3, 2, 1, 1]
