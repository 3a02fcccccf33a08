"""Pages of documents: the same in every form in which the database can be asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, product
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable

from core.rights import Right
from core.tokens import Token
from core.viewer import Language, Role, Viewer
from demo.firm import Firm
from models.tables import AnyRow
from permissions.access import Plan
from resolvers import document_lists
from resolvers.document_lists import DocumentsAsked
from resolvers.document_pages import page_statement
from resolvers.document_shapes import OrderField, Shape
from resolvers.founding import found_licence
from resolvers.paging import Cut, PageAsked
from resolvers.ports import Ports
from resolvers.request import Request

START = datetime(2026, 1, 1, tzinfo=UTC)
NO_DAY = date(1, 1, 1)
slugs = (f"shelf-{number}" for number in count())
NARROWED = frozenset({"updated_after"}), {"updated_after": START - timedelta(days=1)}
# Each form of a list, and what is bound so that the few documents here are found in it.
FORMS: Final[dict[str, tuple[Plan, frozenset[str], dict[str, Any]]]] = {
    "each looked up": (Plan.FROM_GRANTS, frozenset(), {}),
    "sifted": (Plan.FROM_GRANTS, frozenset(), {"sifted_from": 0}),
    "a part of those given": (Plan.FROM_GRANTS, *NARROWED),
    "walked along": (Plan.WALKING, frozenset(), {}),
    "a part of all": (Plan.WALKING, *NARROWED),
}


@dataclass(frozen=True)
class Paper:
    """A document of which a few have the same of everything that they are sorted by; times are in minutes."""

    created: int
    changed: int
    shared: int
    day: int | None
    description: str
    is_given: bool
    is_deleted: bool


@dataclass(frozen=True)
class Shelf:
    """Papers that were written, and who may read some of them, by whether he is on the staff."""

    papers: dict[UUID, Paper]
    viewers: dict[bool, Viewer]

    def sorted(self, order: OrderField, *, for_staff: bool) -> list[tuple[Any, UUID]]:
        """Return the keys of what can be read, each after what it is sorted by, in their order."""
        kept = {key: it for key, it in self.papers.items() if it.is_given and not it.is_deleted}
        return sorted((key_of(it, order, for_staff=for_staff), key) for key, it in kept.items())


def key_of(paper: Paper, order: OrderField, *, for_staff: bool) -> Any:
    """Return what a paper is sorted by, as one would say it."""
    day = NO_DAY if paper.day is None else START.date() + timedelta(days=paper.day)
    seen = updated(paper) if for_staff else max(paper.changed, paper.shared)
    return {
        OrderField.UPDATED_AT: at(seen),
        OrderField.CREATED_AT: at(paper.created),
        OrderField.DOCUMENT_DATE: day,
        OrderField.DESCRIPTION: paper.description,
    }[order]


def updated(paper: Paper) -> int:
    return max(paper.changed, paper.shared)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


minutes = st.integers(0, 6)
papers = st.builds(
    Paper,
    minutes,
    minutes,
    minutes,
    st.none() | minutes,
    st.sampled_from("abc"),
    st.booleans(),
    st.booleans(),
)


async def write(ports: Ports, shelf: Sequence[Paper]) -> Shelf:
    """Write the papers, each given to a client and to somebody on the staff, or to neither."""
    founded = await found_licence(ports.database, next(slugs), "Shelf")
    async with ports.database.change(founded.licence_id) as session:
        firm = Firm(session, founded, now=START, password_hash="-")
        accounts = {
            for_staff: await firm.account(f"{role}@{founded.licence_id}.example", role, display_name=role)
            for for_staff, role in ((True, "STAFF"), (False, "CLIENT"))
        }
        written = {await put(firm, paper, [it.id for it in accounts.values()]): paper for paper in shelf}
    viewers = {it: viewer(founded.licence_id, account.id, account.role) for it, account in accounts.items()}
    return Shelf(written, viewers)


async def put(firm: Firm, paper: Paper, readers: Sequence[UUID]) -> UUID:
    """Write one paper."""
    maker = await firm.account(f"{next(slugs)}@shelf.example", "STAFF", display_name="Maker")
    document = await firm.document(
        paper.description,
        maker,
        document_date=None if paper.day is None else START.date() + timedelta(days=paper.day),
        created_at=at(paper.created),
        content_updated_at=at(paper.changed),
        updated_at=at(updated(paper)),
        deleted_at=START if paper.is_deleted else None,
    )
    for reader in readers:
        rights = Right.READ if paper.is_given else Right.UPDATE
        await firm.grant(document, reader, rights, granted_at=at(paper.shared))
    return document.id


def viewer(licence_id: UUID, account_id: UUID, role: str) -> Viewer:
    return Viewer(
        licence_id=licence_id,
        account_id=account_id,
        session_id=UUID(int=0),
        seen_at=START,
        roles=frozenset({Role(role)}),
        language=Language.NL,
        principals=(account_id,),
    )


class Tight(Request):
    """Reads as the product does, with other bounds, and notes how many statements that took."""

    def __init__(self, ports: Ports, asker: Viewer, **bounds: Any) -> None:
        super().__init__(ports, Token.new(asker.licence_id))
        self.asker = asker
        self.bounds = bounds
        self.count = 0

    async def rows(self, statement: Executable, **values: Any) -> Sequence[AnyRow]:
        self.count += 1
        return await super().rows(statement, **{**self.bounds, **values})

    async def close(self) -> None:
        self.asker = None
        await super().close()


async def check_pages(ports: Ports, shelf: Shelf, *, for_staff: bool) -> None:
    """Compare pages in every form, order and direction, after and before each of a few edges."""
    request = Tight(ports, shelf.viewers[for_staff])
    for order, (plan, filters, values) in product(OrderField, FORMS.values()):
        whole = shelf.sorted(order, for_staff=for_staff)
        for cut, edges in cuts(whole):
            shape = Shape(plan, for_staff, None, filters, order, cut)
            found = await request.rows(page_statement(shape), page_size=3, **values, **edges)
            assert [(row.sort_key, row.id) for row in found] == expected(whole, cut, edges)[:3]
    await request.close()


def cuts(whole: Sequence[tuple[Any, UUID]]) -> list[tuple[Cut, dict[str, Any]]]:
    """Return pages from the start and from the end, and between two of the papers."""
    cases = [Cut(descending=down, backwards=back) for down in (True, False) for back in (True, False)]
    found: list[tuple[Cut, dict[str, Any]]] = [(cut, {}) for cut in cases]
    for cut in cases if whole else []:
        first, last = whole[len(whole) // 4], whole[-1 - len(whole) // 4]
        after, before = (last, first) if cut.descending else (first, last)
        bound: dict[str, Any] = {"after_key": after[0], "after_id": after[1]}
        found.append((replace(cut, has_after=True), bound))
        between = bound | {"before_key": before[0], "before_id": before[1]}
        found.append((replace(cut, has_after=True, has_before=True), between))
    return found


def expected(whole: Sequence[tuple[Any, UUID]], cut: Cut, edges: dict[str, Any]) -> list[tuple[Any, UUID]]:
    """Return what stands between the edges, as the statement reads it."""
    rows = list(whole)[::-1] if cut.descending else list(whole)
    if cut.has_after:
        rows = rows[rows.index((edges["after_key"], edges["after_id"])) + 1 :]
    if cut.has_before:
        edge = edges["before_key"], edges["before_id"]
        rows = rows[: rows.index(edge)] if edge in rows else []
    return rows[::-1] if cut.backwards else rows


@pytest.mark.parametrize("for_staff", [True, False])
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(shelf=st.lists(papers, max_size=14))
async def test_a_page_is_the_same_however_it_is_found(
    ports: Ports,
    for_staff: bool,  # noqa: FBT001  pytest gives it by name
    shelf: list[Paper],
) -> None:
    await check_pages(ports, await write(ports, shelf), for_staff=for_staff)


OF_SEVEN = [Paper(it, it, it, it, "a", is_given=it % 3 == 0, is_deleted=False) for it in range(7)]


async def first_page(request: Tight, order: OrderField, size: int) -> list[UUID]:
    """Return the first page as the product finds it."""
    page = await document_lists.documents(request, DocumentsAsked(PageAsked(first=size), order=order))
    return [row.id for row in page.edges.rows]


@pytest.mark.parametrize(("many", "statements"), [(100, 4), (0, 4)])
@pytest.mark.parametrize("order", OrderField)
async def test_what_stands_far_from_where_the_list_begins_is_found(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, order: OrderField, many: int, statements: int
) -> None:
    monkeypatch.setattr(document_lists, "FEW", 0)
    monkeypatch.setattr(document_lists, "MANY", many)
    shelf = await write(ports, OF_SEVEN)
    request = Tight(ports, shelf.viewers[True])
    request.bounds = {"walked": 2}
    wanted = [key for _, key in reversed(shelf.sorted(order, for_staff=True))]
    assert await first_page(request, order, 2) == wanted[:2]
    # how much he reaches, what stands near, how much he reaches once more, the page
    assert request.count == statements
    await request.close()


async def test_what_stands_near_is_found_at_once(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_lists, "FEW", 0)
    shelf = await write(ports, OF_SEVEN)
    request = Tight(ports, shelf.viewers[True])
    wanted = [key for _, key in reversed(shelf.sorted(OrderField.CREATED_AT, for_staff=True))]
    assert await first_page(request, OrderField.CREATED_AT, 2) == wanted[:2]
    # how much he reaches, and the page
    assert request.count == 2
    await request.close()
