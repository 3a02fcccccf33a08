"""Small firms with papers of every kind, and the rule of what a narrowed list of them holds, said plainly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from core.rights import Right
from core.viewer import Language, Role, Viewer
from demo.firm import Firm
from models import Account, BusinessUnit, DocumentRelation, Dossier, Relation
from resolvers.document_filters import DocumentFilter
from resolvers.document_lists import OrderField
from resolvers.founding import Founded, found_licence
from resolvers.ports import Ports

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NO_DAY: Final = datetime(1, 1, 1, tzinfo=UTC).date()
CATEGORIES: Final = ("contracts", "deeds", "wills")
TEXTS: Final = ("akte", "een akte van verkoop", "verkoopakte 100% zeker", "brief")
PIECES: Final = (
    "akte",
    "kte",
    "e",
    "een akte",
    "akte van",
    "100%",
    "0",
    "brief",
    "x",
    "AKTE",
    " ",
    "aktes",
    "_",
)
slugs = (f"shelf-{number}" for number in count())


@dataclass(frozen=True)
class Paper:
    """What a document is; times are in minutes, and people and things are numbers."""

    created: int
    changed: int
    shared: int
    day: int | None
    text: str
    categories: frozenset[str]
    unit: int | None
    maker: int
    dossier: int | None
    relation: int | None
    is_given: bool
    is_deleted: bool


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to, in the same numbers."""

    categories: frozenset[str] | None = None
    uncategorised: bool | None = None
    text: str | None = None
    dossier: int | None = None
    relation: int | None = None
    unit: int | None = None
    maker: int | None = None
    after: int | None = None
    before: int | None = None

    def takes(self, paper: Paper, seen: int) -> bool:
        """Return whether a paper is in the list; `seen` is the date that the reader sees it under."""
        belongs = {paper.dossier, MEMBER_OF.get(paper.relation)}
        text = " ".join((self.text or "").lower().split())
        return (
            (self.categories is None or bool(self.categories & paper.categories))
            and (not self.uncategorised or not paper.categories)
            and text in paper.text
            and (self.dossier is None or self.dossier in belongs)
            and self.relation in (None, paper.relation)
            and self.unit in (None, paper.unit)
            and self.maker in (None, paper.maker)
            and (self.after is None or seen > self.after)
            and (self.before is None or seen < self.before)
        )


# The first relation is in the first dossier.
MEMBER_OF: Final[Mapping[int | None, int]] = {0: 0}
small, minutes = st.integers(0, 1), st.integers(0, 6)
papers: Final = st.builds(
    Paper,
    created=minutes,
    changed=minutes,
    shared=minutes,
    day=st.none() | minutes,
    text=st.sampled_from(TEXTS),
    categories=st.frozensets(st.sampled_from(CATEGORIES), max_size=2),
    unit=st.none() | small,
    maker=small,
    dossier=st.none() | small,
    relation=st.none() | small,
    is_given=st.booleans(),
    is_deleted=st.booleans(),
)
EACH: Final[dict[str, st.SearchStrategy[Any]]] = {
    "categories": st.frozensets(st.sampled_from(CATEGORIES), max_size=2),
    "uncategorised": st.just(True),  # noqa: FBT003  a value
    "text": st.sampled_from(PIECES),
    "dossier": small,
    "relation": small,
    "unit": small,
    "maker": small,
    "after": minutes,
    "before": minutes,
}


@st.composite
def narrowings(draw: st.DrawFn) -> Narrowed:
    """Draw a filter, or two."""
    names = draw(st.lists(st.sampled_from(sorted(EACH)), min_size=1, max_size=2, unique=True))
    return Narrowed(**{name: draw(EACH[name]) for name in names})


@dataclass(frozen=True)
class Things:
    """What the numbers stand for."""

    founded: Founded
    units: list[UUID]
    makers: list[Account]
    dossiers: list[Dossier]
    relations: list[Relation]

    def filter_of(self, narrowed: Narrowed) -> DocumentFilter:
        """Return a filter as the product is given it."""
        it = narrowed
        return DocumentFilter(
            category_ids=None
            if it.categories is None
            else [self.founded.categories[k] for k in it.categories],
            uncategorised=it.uncategorised,
            description_contains=it.text,
            dossier_id=None if it.dossier is None else self.dossiers[it.dossier].id,
            relation_id=None if it.relation is None else self.relations[it.relation].id,
            business_unit_id=None if it.unit is None else self.units[it.unit],
            created_by_id=None if it.maker is None else self.makers[it.maker].id,
            updated_after=None if it.after is None else at(it.after),
            updated_before=None if it.before is None else at(it.before),
        )


@dataclass(frozen=True)
class Shelf:
    """Papers that were written, and who may read those that were given."""

    things: Things
    papers: dict[UUID, Paper]
    viewers: dict[bool, Viewer]

    def listed(self, narrowed: Narrowed, order: OrderField, *, for_staff: bool) -> list[tuple[Any, UUID]]:
        """Return the keys of a narrowed list, each after what it is sorted by, in their order."""
        # A client sees the first dossier and its one member, and is told nothing by the others.
        if not for_staff and (narrowed.dossier == 1 or narrowed.relation == 1):
            return []
        return sorted(
            (key_of(it, order, for_staff=for_staff), key)
            for key, it in self.papers.items()
            if it.is_given and not it.is_deleted and narrowed.takes(it, seen(it, for_staff=for_staff))
        )


def seen(paper: Paper, *, for_staff: bool) -> int:
    """Return when a paper was last changed; for a client in its content, or shared with him."""
    return max(paper.changed, paper.created if for_staff else paper.shared)


def key_of(paper: Paper, order: OrderField, *, for_staff: bool) -> Any:
    """Return what a paper is sorted by, as one would say it."""
    day = NO_DAY if paper.day is None else START.date() + timedelta(days=paper.day)
    return {
        OrderField.UPDATED_AT: at(seen(paper, for_staff=for_staff)),
        OrderField.CREATED_AT: at(paper.created),
        OrderField.DOCUMENT_DATE: day,
        OrderField.DESCRIPTION: paper.text,
    }[order]


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


async def write(ports: Ports, shelf: Sequence[Paper]) -> Shelf:
    """Write the papers, each given to a client and to somebody on the staff, or to neither."""
    founded = await found_licence(ports.database, next(slugs), "Shelf")
    async with ports.database.change(founded.licence_id) as session:
        firm = Firm(session, founded, now=START, password_hash="-")
        things = await things_of(firm)
        accounts = await readers(firm, things.relations[0])
        written = {await put(firm, things, it, [*accounts.values()]): it for it in shelf}
    viewers = {it: viewer(founded.licence_id, account) for it, account in accounts.items()}
    return Shelf(things, written, viewers)


async def readers(firm: Firm, relation: Relation) -> dict[bool, Account]:
    """Add who reads: by whether he is on the staff. The client is in the first dossier."""
    slug = next(slugs)
    return {
        True: await firm.account(f"{slug}@shelf.example", "STAFF", display_name="Reader"),
        False: await firm.account(
            f"client-{slug}@shelf.example", "CLIENT", display_name="Client", relation_id=relation.id
        ),
    }


async def things_of(firm: Firm) -> Things:
    """Add what papers can belong to, two of each."""
    relations = [await firm.relation(f"Relation {it}", "Shelf") for it in range(2)]
    dossiers = [await firm.dossier("First", {"MAIN_PERSON": relations[0]}), await firm.dossier("Second", {})]
    makers = [
        await firm.account(f"{next(slugs)}@shelf.example", "STAFF", display_name="Maker") for _ in range(2)
    ]
    other = BusinessUnit(licence_id=firm.founded.licence_id, name="OTHER")
    await firm.keep(other)
    return Things(firm.founded, [firm.founded.business_unit, other.id], makers, dossiers, relations)


async def put(firm: Firm, things: Things, paper: Paper, given_to: Sequence[Account]) -> UUID:
    """Write one paper."""
    document = await firm.document(
        paper.text,
        things.makers[paper.maker],
        document_date=None if paper.day is None else START.date() + timedelta(days=paper.day),
        dossier=None if paper.dossier is None else things.dossiers[paper.dossier],
        categories=sorted(paper.categories),
        created_at=at(paper.created),
        content_updated_at=at(paper.changed),
        updated_at=at(seen(paper, for_staff=True)),
        deleted_at=START if paper.is_deleted else None,
    )
    document.business_unit_id = None if paper.unit is None else things.units[paper.unit]
    if paper.relation is not None:
        await firm.link(DocumentRelation, document, relation_id=things.relations[paper.relation].id)
    for reader in given_to:
        rights = Right.READ if paper.is_given else Right.UPDATE
        await firm.grant(document, reader.id, rights, granted_at=at(paper.shared))
    return document.id


def viewer(licence_id: UUID, account: Account) -> Viewer:
    return Viewer(
        licence_id=licence_id,
        account_id=account.id,
        session_id=UUID(int=0),
        seen_at=START,
        roles=frozenset({Role(account.role)}),
        language=Language.NL,
        principals=(account.id,),
        relation_id=account.relation_id,
    )
