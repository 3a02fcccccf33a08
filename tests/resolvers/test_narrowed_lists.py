"""Narrowed lists hold what the rule says, in whichever way they are found, and are walked without a gap."""

from dataclasses import replace
from itertools import product
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from permissions.access import Plan
from resolvers import document_lists, document_narrowing
from resolvers.document_filters import bound
from resolvers.document_lists import DocumentsAsked, OrderField
from resolvers.document_narrowing import begin_of
from resolvers.document_pages import page_statement
from resolvers.document_sets import LARGE, TEXT, UPDATED, sets_of
from resolvers.document_shapes import Shape
from resolvers.paging import PageAsked
from resolvers.ports import Ports
from tests.resolvers.shelf_changes import Changing
from tests.resolvers.shelves import Narrowed, Paper, Shelf, narrowings, papers, write
from tests.resolvers.test_document_pages import Tight, cuts, expected

SLOW: Final = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ORDERS: Final = tuple(product(OrderField, (True, False)))
# Bounds for a few documents, so that each way is taken: how many are looked up, also for who may read some,
# the fewest and the most grants that are begun with, what is large, how many are walked along. Of what a page
# begins with, four at most are tried.
TRIED: Final = 4
BOUNDS: Final = {
    "the grants are few": (100, 100, 100, 100, 100, 100),
    "a set is few": (1, 1, 1, 100, 100, 3),
    "a set is few, for one who may read some": (1, 1, 100, 100, 100, 3),
    "all are walked along": (-1, -1, -1, 100, 100, 100),
    "it is walked along, and then begun with sets": (-1, -1, -1, -1, 100, 1),
    "it is walked along, and then begun with large sets": (-1, -1, -1, -1, 1, 1),
    "it is walked along, and then begun with sets and grants": (-1, -1, -1, 100, 100, 1),
    "grants and sets are both many": (-1, -1, 100, 100, 100, 1),
    "grants and sets are both large": (-1, -1, 100, 100, 0, 1),
}
WAYS: Final = tuple(BOUNDS)


PAPER: Final = Paper(0, 2, 2, None, "een akte", frozenset(), 0, 0, 0, 0, is_given=True, is_deleted=False)
# Of the dates of the content and of the sharing either may be the later one.
DATED: Final = [
    replace(PAPER, changed=changed, shared=shared) for changed, shared in product((2, 3, 5), repeat=2)
]


class Bounded:
    """The product with other bounds than its own."""

    def __init__(self, ports: Ports, shelf: Shelf, *, for_staff: bool, way: str) -> None:
        looked_up, few_of_many, few, some, large, walked = BOUNDS[way]
        self.bounds: dict[str, Any] = {
            "LOOKED_UP": looked_up,
            "FEW_OF_MANY": few_of_many,
            "FEW": few,
            "SOME": some,
        }
        self.bounds["LARGE"] = large
        within = {"looked_up": looked_up, "walked": walked, "sifted_from": looked_up + 1, "tried": TRIED}
        self.request = Tight(ports, shelf.viewers[for_staff], **within)

    async def page(self, asked: DocumentsAsked) -> document_lists.DocumentPage:
        """Return a page, found by these bounds."""
        with patch.multiple(document_narrowing, **self.bounds):
            return await document_lists.documents(self.request, asked)


@pytest.mark.parametrize("for_staff", [True, False])
@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
@given(shelf=st.lists(papers, max_size=12), narrowed=st.lists(narrowings(), min_size=6, max_size=6))
async def test_a_narrowed_list_is_the_same_however_it_is_found(
    ports: Ports,
    for_staff: bool,  # noqa: FBT001  pytest gives it by name
    shelf: list[Paper],
    narrowed: list[Narrowed],
) -> None:
    written = await write(ports, shelf)
    for turn, (one, way) in enumerate(product(narrowed, WAYS)):
        order, descending = ORDERS[turn % len(ORDERS)]
        found = Bounded(ports, written, for_staff=for_staff, way=way)
        asked = DocumentsAsked(PageAsked(first=3), written.things.filter_of(one), order, descending)
        page = await found.page(asked)
        listed = written.listed(one, order, for_staff=for_staff)[:: -1 if descending else 1]
        assert [(row.sort_key, row.id) for row in page.edges.rows] == listed[:3]
        assert page.edges.has_next is (len(listed) > 3)
        assert await document_lists.totals(found.request, [page]) == [len(listed)]
        await found.request.close()


@pytest.mark.at_length
@pytest.mark.parametrize("for_staff", [True, False])
@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
@given(shelf=st.lists(papers, max_size=12), narrowed=narrowings())
@example(shelf=DATED, narrowed=Narrowed(after=4))
@example(shelf=DATED, narrowed=Narrowed(before=4))
async def test_a_page_of_it_is_the_same_in_every_form_order_and_cut(
    ports: Ports,
    for_staff: bool,  # noqa: FBT001  pytest gives it by name
    shelf: list[Paper],
    narrowed: Narrowed,
) -> None:
    written = await write(ports, shelf)
    given_ = written.things.filter_of(narrowed).given()
    request = Tight(ports, written.viewers[for_staff])
    for order in OrderField:
        whole = written.listed(narrowed, order, for_staff=for_staff)
        for cut, edges in cuts(whole):
            for form, values in forms(Shape(Plan.WALKING, for_staff, None, frozenset(given_), order, cut)):
                found = await request.rows(
                    page_statement(form), page_size=3, **bound(given_), **values, **edges
                )
                wanted = expected(whole, cut, edges)[:3]
                if form.then and len(found) < len(wanted):
                    continue  # it was tried in vain, so that it is done once more
                assert [(row.sort_key, row.id) for row in found] == wanted
    await request.close()


def forms(shape: Shape) -> list[tuple[Shape, dict[str, Any]]]:
    """Return every form that a list with these filters is found in, with what is bound for each."""
    names = [it for it in sets_of(shape.filters) if shape.for_staff or it != UPDATED]
    begins = {frozenset(names), *(frozenset({it}) for it in names)} - {frozenset()}
    found: list[tuple[Shape, dict[str, Any]]] = [(shape, {})] if shape.is_walked else []
    for begin, sifted_from in product([*begins], (0, 100)):
        found.append((replace(shape, begin=begin, is_far=True), {"sifted_from": sifted_from}))
    for begin, sifted_from in product([frozenset[str](), *begins], (0, 100)):
        held = replace(shape, plan=Plan.FROM_GRANTS, begin=begin)
        found.append((held, {"sifted_from": sifted_from}))
        if not shape.for_staff:
            dated = begin | (sets_of(shape.filters).keys() & {UPDATED})
            found.append((replace(held, begin=dated), {"sifted_from": sifted_from}))
    return found + [
        (replace(form, then=frozenset(names)), {"sifted_from": 0, "tried": tried})
        for (form, values), tried in product(found, (3, 5))
        if names and values == {"sifted_from": 0}
    ]


OTHER: Final = Paper(
    0, 5, 5, None, "brief", frozenset({"wills"}), 1, 1, 1, 1, is_given=True, is_deleted=False
)
ONE_OF_TWO: Final = (
    (Narrowed(categories=frozenset({"wills", "deeds"})), OTHER),
    (Narrowed(uncategorised=True), PAPER),
    (Narrowed(text="kt"), PAPER),
    (Narrowed(dossier=1), OTHER),
    (Narrowed(relation=0), PAPER),
    (Narrowed(unit=1), OTHER),
    (Narrowed(maker=0), PAPER),
    (Narrowed(after=4), OTHER),
    (Narrowed(before=4), PAPER),
)


@pytest.mark.parametrize("way", WAYS)
async def test_each_filter_lets_one_through_and_keeps_another_out(ports: Ports, way: str) -> None:
    shelf = await write(ports, [PAPER, OTHER])
    for narrowed, paper in ONE_OF_TWO:
        found = Bounded(ports, shelf, for_staff=True, way=way)
        page = await found.page(DocumentsAsked(by=shelf.things.filter_of(narrowed)))
        assert [shelf.papers[row.id] for row in page.edges.rows] == [paper]
        await found.request.close()


async def test_a_page_that_was_tried_with_all_that_there_is_is_not_tried_again(ports: Ports) -> None:
    shelf = await write(ports, [PAPER, OTHER])
    asked = DocumentsAsked(by=shelf.things.filter_of(Narrowed(unit=1)))
    costs = list[int]()
    for sifted_from in (0, 100):
        found = Bounded(ports, shelf, for_staff=True, way="grants and sets are both large")
        found.request.bounds["sifted_from"] = sifted_from
        page = await found.page(asked)
        assert [shelf.papers[row.id] for row in page.edges.rows] == [OTHER]
        costs.append(found.request.count)
        await found.request.close()
    assert costs[0] == costs[1] + 1


@pytest.mark.parametrize(
    ("sets", "plan", "begin", "whole"),
    [
        ("dossier_id=5 category_ids=LARGE", Plan.WALKING, "dossier_id", "dossier_id category_ids"),
        ("dossier_id=5 category_ids=6", Plan.WALKING, "dossier_id category_ids", "dossier_id category_ids"),
        ("dossier_id=5 text=MORE", Plan.WALKING, "dossier_id", "dossier_id"),
        ("category_ids=LARGE text=LARGE", Plan.WALKING, "category_ids text", "category_ids text"),
        ("category_ids=LARGE text=MORE", Plan.WALKING, "category_ids", "category_ids"),
        ("text=MORE", Plan.WALKING, "text", "text"),
        ("text=MORE updated=LARGE", Plan.WALKING, "text", "text"),
        ("updated=LARGE", Plan.WALKING, "", ""),
        ("updated=7", Plan.WALKING, "updated", "updated"),
        ("category_ids=LARGE", Plan.FROM_GRANTS, "", "category_ids"),
        ("category_ids=LARGE updated=LARGE", Plan.FROM_GRANTS, "", "category_ids"),
        (
            "category_ids=LARGE created_by_id=5",
            Plan.FROM_GRANTS,
            "created_by_id",
            "category_ids created_by_id",
        ),
        ("text=MORE", Plan.FROM_GRANTS, "", ""),
    ],
)
def test_a_page_begins_with_what_is_not_large(sets: str, plan: Plan, begin: str, whole: str) -> None:
    bounds = {"LARGE": LARGE, "MORE": LARGE + 1}
    counted = dict(it.split("=") for it in sets.replace("text", TEXT).split())
    sizes = {name: bounds.get(size) or int(size) for name, size in counted.items()}
    wanted = [frozenset(it.replace("text", TEXT).split()) for it in (begin, whole)]
    assert [*begin_of(sizes, plan)] == wanted


async def walked_through(found: Bounded, asked: DocumentsAsked, *, backwards: bool) -> list[Any]:
    """Return the rows of all pages, one after the other, from the start or from the end."""
    rows: list[Any] = []
    while True:
        page = await found.page(asked)
        edges = page.edges
        rows += edges.rows[::-1] if backwards else edges.rows
        if not (edges.has_previous if backwards else edges.has_next):
            return rows
        cursor = page.cursors.write(edges.rows[0 if backwards else -1])
        size = asked.page.first or asked.page.last
        turned = PageAsked(last=size, before=cursor) if backwards else PageAsked(first=size, after=cursor)
        asked = replace(asked, page=turned)


@pytest.mark.parametrize("for_staff", [True, False])
@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(
    shelf=st.lists(papers, min_size=4, max_size=12),
    changes=st.lists(
        st.tuples(st.sampled_from(["add", "change", "remove"]), papers, st.integers(0, 11)), max_size=8
    ),
    narrowed=st.just(Narrowed()) | narrowings(),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 4),
    way=st.sampled_from(WAYS),
)
async def test_a_list_is_walked_without_a_gap_while_others_change_it(  # noqa: PLR0917  what is drawn
    ports: Ports,
    for_staff: bool,  # noqa: FBT001  pytest gives it by name
    shelf: list[Paper],
    changes: list[tuple[str, Paper, int]],
    narrowed: Narrowed,
    order: tuple[OrderField, bool],
    size: int,
    way: str,
) -> None:
    for backwards in (False, True):
        written = await write(ports, shelf)
        changing = Changing(ports, written, changes)
        found = Bounded(ports, written, for_staff=for_staff, way=way)
        seen_while = Interrupted(found, changing)
        page = PageAsked(last=size) if backwards else PageAsked(first=size)
        asked = DocumentsAsked(page, written.things.filter_of(narrowed), *order)
        rows = await walked_through(seen_while, asked, backwards=backwards)
        keys = [(row.sort_key, row.id) for row in rows]
        assert keys == sorted(set(keys), reverse=order[1] != backwards)
        untouched = written.listed(narrowed, order[0], for_staff=for_staff)
        assert {key for key in untouched if key[1] not in changing.touched} <= set(keys)
        await found.request.close()


class Interrupted(Bounded):
    """Pages between each two of which something is changed."""

    def __init__(self, found: Bounded, changing: "Changing") -> None:
        self.bounds, self.request = found.bounds, found.request
        self.changing = changing

    async def page(self, asked: DocumentsAsked) -> document_lists.DocumentPage:
        """Return a page; each is read as of its own moment."""
        page = await super().page(asked)
        await self.request.release()
        await self.changing.go_on()
        return page
