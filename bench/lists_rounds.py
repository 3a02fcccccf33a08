"""The rounds of the lists: each list in both databases in turn, so that noise hits both alike."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, product
from statistics import median, quantiles
from typing import Any, Final

from bench.access_cost import Explaining, Sent, buffers_of
from bench.access_rounds import UNTIL_KEPT, Ask
from bench.access_world import ALL
from bench.lists_world import READERS, Offer
from bench.ratios import Ratio, ratio_of
from resolvers import document_lists
from resolvers.document_filters import DocumentFilter
from resolvers.document_lists import DocumentPage, DocumentsAsked, OrderField
from resolvers.document_pages import page_statement
from resolvers.paging import PageAsked
from resolvers.reading import Reading

SIZE: Final = 50
LAST: Final = 100
# Pairs are asked for newest first, as lists are without an order, and by what has no order in time.
ORDERS_OF_PAIRS: Final = (OrderField.UPDATED_AT, OrderField.DESCRIPTION)
WHOLE: Final = "all"
AND: Final = " + "
NO_BOUND: Final = 2**31 - 1
AT_ONCE: Final = 5
WAITS: Final = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One page of one list, and what asks for it in each of the databases, by their sizes."""

    who: str
    listed: str
    order: str
    page: int
    asks: dict[int, Ask]


@dataclass(slots=True)
class Cost:
    """What a page cost in one database."""

    sent: list[Sent]
    buffers: int = 0
    """Of the dearest statement."""
    index: str = ""
    """Of which that statement read the most entries."""
    cpu: list[float] = field(default_factory=list[float])
    waits: list[float] = field(default_factory=list[float])


@dataclass(frozen=True, slots=True)
class Measured:
    """A case and what it cost, by the size of the database."""

    case: Case
    costs: dict[int, Cost]

    def milliseconds(self, size: int) -> float:
        """Return the CPU, in the median."""
        return median(self.costs[size].cpu)

    def p95(self, size: int) -> float:
        """Return the time within which 19 of 20 came."""
        return quantiles(self.costs[size].waits, n=20)[-1]

    @property
    def ratio(self) -> Ratio:
        """Return what it cost in the largest database against the smallest, in the same round."""
        small, large = self.costs[min(self.costs)], self.costs[max(self.costs)]
        return ratio_of([one / other for one, other in zip(large.cpu, small.cpu, strict=True)])

    @property
    def buffers(self) -> int:
        """Return how many pages the dearest statement looked at in the largest database."""
        return self.costs[max(self.costs)].buffers


# What is listed: yields the cases of one kind of list. Lists of other things stand beside `documents`.
Listed = Callable[[Sequence[Explaining], Sequence[Offer]], AsyncGenerator[Case]]


async def documents(databases: Sequence[Explaining], offers: Sequence[Offer]) -> AsyncGenerator[Case]:
    """Yield the pages of lists of documents: the first, and the hundredth where there are so many."""
    names = list(offers[0].narrowed)
    for who in (*(it.name for it in READERS), ALL):
        for listed, order, descending in (*singles(names), *pairs(names)):
            asked = {
                it.subject.size: DocumentsAsked(PageAsked(first=SIZE), by(it, listed), order, descending)
                for it in offers
            }
            ordered = f"{order.value}{' DESC' if descending else ''}"
            yield Case(who, listed, ordered, 1, {size: partial(ask, it) for size, it in asked.items()})
            if AND not in listed and (deep := await hundredth(databases, who, asked)):
                yield Case(who, listed, ordered, LAST, deep)


def singles(names: Sequence[str]) -> Iterator[tuple[str, OrderField, bool]]:
    """Yield the whole list and each that is narrowed once, in every order."""
    return product((WHOLE, *names), OrderField, (True, False))


def pairs(names: Sequence[str]) -> Iterator[tuple[str, OrderField, bool]]:
    """Yield each list that is narrowed by two filters, in some orders."""
    different = [AND.join(it) for it in combinations(names, 2) if kind(it[0]) != kind(it[1])]
    return product(different, ORDERS_OF_PAIRS, (True,))


def kind(name: str) -> str:
    """Return which filter it is, whatever it is narrowed to; of dates there are two."""
    return name if name.startswith("changed") else name.partition(",")[0]


def by(offer: Offer, listed: str) -> DocumentFilter:
    """Return the filter of a list in one of the databases."""
    values: dict[str, Any] = {}
    for name in [] if listed == WHOLE else listed.split(AND):
        values |= offer.narrowed[name]
    return DocumentFilter(**values)


async def ask(asked: DocumentsAsked, request: Reading) -> DocumentPage:
    """Ask for a page."""
    return await document_lists.documents(request, asked)


async def hundredth(
    databases: Sequence[Explaining], who: str, asked: Mapping[int, DocumentsAsked]
) -> dict[int, Ask]:
    """Return what asks for the hundredth page, as large as there are so many; empty where there are none."""
    edges = {it.subject.size: await cursors(it, who, asked[it.subject.size]) for it in databases}
    size = min(SIZE, *(len(it) // LAST for it in edges.values()))
    if size == 0:
        return {}
    return {
        number: partial(
            ask, replace(asked[number], page=PageAsked(first=size, after=found[size * (LAST - 1) - 1]))
        )
        for number, found in edges.items()
    }


async def cursors(database: Explaining, who: str, asked: DocumentsAsked) -> list[str]:
    """Return the cursors of the first documents of a list, as many as a hundred pages have."""
    found: list[str] = []

    async def all_pages(request: Reading) -> None:
        page = await document_lists.documents(request, asked)
        # Beyond what a page has at most, which is cut off.
        rows = await request.rows(page_statement(page.listing.shape), **page.listing.values)
        found.extend(map(page.cursors.write, rows))

    await database.overheard(who, all_pages, page_size=SIZE * LAST, walked=NO_BOUND)
    return found


async def measured(
    databases: Sequence[Explaining], cases: AsyncGenerator[Case], rounds: int
) -> AsyncGenerator[Measured]:
    """Yield what each of the cases costs."""
    async for case in cases:
        costs = {it.subject.size: await cost(it, case) for it in databases}
        for _, database in product(range(rounds), databases):
            one = costs[database.subject.size]
            one.cpu.append(await database.cpu(one.sent, AT_ONCE))
            one.waits += await database.waits(one.sent, WAITS // rounds)
        yield Measured(case, costs)


async def cost(database: Explaining, case: Case) -> Cost:
    """Return what is sent, once PostgreSQL has chosen whether it keeps a plan, and its dearest statement."""
    sent = await database.overheard(case.who, case.asks[database.subject.size])
    await database.cpu(sent, UNTIL_KEPT)
    plans = [await database.plan(it) for it in sent]
    dearest = max(plans, key=buffers_of)
    return Cost(sent, buffers_of(dearest), index_of(dearest["Plan"])[1])


def index_of(plan: dict[str, Any]) -> tuple[float, str]:
    """Return the index of which a plan reads the most entries, and how many."""
    own = [(plan["Actual Rows"] * plan["Actual Loops"], plan["Index Name"])] if "Index Name" in plan else []
    return max([*own, *map(index_of, plan.get("Plans", []))], default=(0, ""))
