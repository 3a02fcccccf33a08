"""The rounds: each case in every database in turn, so that noise hits all sizes alike."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, null, select

from bench.access_cost import Explaining, Sent
from bench.access_world import ALL, BETWEEN, MANY_OF_CLIENT, OF_EVERY_SIZE
from bench.ratios import Ratio, ratio_of
from models import Document, DocumentVersion
from models.tables import LICENCE, AnySelect
from permissions.access import Plan
from resolvers import document_lists, document_rows
from resolvers.document_lists import DocumentsAsked, OrderField
from resolvers.document_pages import page_statement
from resolvers.document_rows import OF_VERSION, is_current, of_document
from resolvers.document_shapes import Shape
from resolvers.paging import Cut, PageAsked
from resolvers.reading import Reading

FIRST: Final = PageAsked(first=50)
READERS: Final = (*(it.name for it in OF_EVERY_SIZE), ALL)
TOTAL: Final = "totalCount"
# After so many executions PostgreSQL has chosen whether it keeps a plan.
UNTIL_KEPT: Final = 6
ALONE: Final = "by its key"
WITH_VERSION: Final = "by its key, with its version"
CHECK: Final = "document(id)"
CHECKED: Final = (MANY_OF_CLIENT.name, ALL)
# So many executions are one measurement.
AT_ONCE: Final = 10
CHECKS_AT_ONCE: Final = 20
NO_BOUND: Final = 2**31 - 1
Ask = Callable[[Reading], Awaitable[object]]


@dataclass(slots=True)
class Series:
    """One thing that is asked for in each of the databases: pages looked at, and milliseconds by round."""

    sent: dict[int, list[Sent]]
    buffers: dict[int, int] = field(default_factory=dict[int, int])
    cpu: dict[int, list[float]] = field(default_factory=dict[int, list[float]])

    def milliseconds(self, size: int) -> float:
        """Return what it cost, in the median."""
        return median(self.cpu[size])

    def ratio(self, size: int, to: int) -> Ratio:
        """Return what it cost in one database against another, in the same round."""
        return ratio_of([one / other for one, other in zip(self.cpu[size], self.cpu[to], strict=True)])


@dataclass(frozen=True, slots=True)
class Check:
    """What three ways to look at one document cost: in microseconds of CPU, and of time, round by round."""

    cpu: dict[str, list[float]]
    took: dict[str, list[float]]

    def ratio(self, name: str, figures: dict[str, list[float]]) -> Ratio:
        """Return what one way costs against the document by its key, with its version."""
        pairs = zip(figures[name], figures[WITH_VERSION], strict=True)
        return ratio_of([one / other for one, other in pairs])


async def compare(
    databases: Sequence[Explaining], series: Sequence[Series], rounds: int, times: int = AT_ONCE
) -> None:
    """Measure each of the series in each of the databases that it is asked in, so often in each round."""
    for one, database in product(series, databases):
        size = database.subject.size
        if size in one.sent:
            await database.cpu(one.sent[size], UNTIL_KEPT)
            one.buffers[size] = (await database.explained(one.sent[size])).buffers
            one.cpu[size] = []
    for number in range(rounds):
        at = number % len(databases)
        for one, database in product(series, [*databases[at:], *databases[:at]]):
            size = database.subject.size
            if size in one.sent:
                one.cpu[size].append(await database.cpu(one.sent[size], times))


async def first_pages(databases: Sequence[Explaining], who: str) -> dict[str, Series]:
    """Return what a reader asks for, by its name: the first page in every order, and the total."""
    asked: dict[str, Ask] = {
        f"{order.value}{' DESC' if descending else ''}": page(order, descending=descending)
        for order, descending in product(OrderField, (True, False))
    }
    found = {name: await series_of(databases, who, ask) for name, ask in asked.items()}
    with_total = await series_of(databases, who, total)
    # What the total costs is its own statement, the last one.
    return found | {TOTAL: Series({size: sent[-1:] for size, sent in with_total.sent.items()})}


async def series_of(databases: Sequence[Explaining], who: str, ask: Ask, **bounds: Any) -> Series:
    """Return what is sent to each of the databases in which there is such a reader."""
    there = [it for it in databases if who in it.subject.viewers]
    return Series({it.subject.size: await it.overheard(who, ask, **bounds) for it in there})


def page(order: OrderField, *, descending: bool) -> Ask:
    """Return what asks for the first page, as `documents(first: 50)` does."""
    asked = DocumentsAsked(FIRST, order=order, descending=descending)
    return lambda request: document_lists.documents(request, asked)


async def total(request: Reading) -> object:
    """Ask for a page and its total."""
    return await document_lists.totals(
        request, [await document_lists.documents(request, DocumentsAsked(FIRST))]
    )


async def between(database: Explaining) -> dict[str, dict[str, Series]]:
    """Return the first page of readers between few and all: as the product finds it, and in each way."""
    newest = page(OrderField.UPDATED_AT, descending=True)
    ways: dict[str, tuple[Ask, dict[str, Any]]] = {
        "the product": (newest, {}),
        "each looked up": (found(Plan.FROM_GRANTS), {"sifted_from": NO_BOUND}),
        "sifted": (found(Plan.FROM_GRANTS), {"sifted_from": 0}),
        "walked along": (found(Plan.WALKING), {}),
    }
    readers = [it.name for it in BETWEEN if it.name in database.subject.viewers]
    return {
        who: {name: await series_of([database], who, ask, **bounds) for name, (ask, bounds) in ways.items()}
        for who in readers
    }


def found(plan: Plan) -> Ask:
    """Return what asks for the newest documents by one plan, whatever suits the reader."""
    shape = Shape(plan, True, None, frozenset(), OrderField.UPDATED_AT, Cut(descending=True), is_far=True)  # noqa: FBT003  for staff
    return lambda request: request.rows(page_statement(shape), page_size=51)


async def check(database: Explaining, who: str, rounds: int) -> Check:
    """Measure what it costs to look at the documents of a first page, one at a time."""
    keys: list[UUID] = []

    async def first(request: Reading) -> None:
        rows = await document_lists.documents(request, DocumentsAsked(FIRST))
        keys.extend(row.id for row in rows.edges.rows)

    await database.overheard(who, first)
    is_staff = not database.subject.viewers[who].is_client
    asked: dict[str, Callable[[UUID], Ask]] = {
        ALONE: lambda key: lambda request: request.rows(ITSELF, id=key),
        WITH_VERSION: lambda key: lambda request: request.rows(with_version(for_staff=is_staff), id=key),
        CHECK: lambda key: lambda request: document_rows.by_ids(request, [key]),
    }
    sent = {
        name: [(await database.overheard(who, ask(key)))[0] for key in keys] for name, ask in asked.items()
    }
    measured = Check({name: [] for name in sent}, {name: [] for name in sent})
    for number in range(1 + rounds):
        for name, statements in sent.items():
            used = median([await database.cpu([it], CHECKS_AT_ONCE) for it in statements])
            took = median([(await database.explained([it])).milliseconds for it in statements])
            if number > 0:
                measured.cpu[name].append(used * 1e3)
                measured.took[name].append(took * 1e3)
    return measured


OF_KEY: Final = (Document.licence_id == LICENCE, Document.id == bindparam("id", type_=Uuid()))
ITSELF: Final[AnySelect] = select(Document.__table__).where(*OF_KEY)


def with_version(*, for_staff: bool) -> AnySelect:
    """Return the statement of the row that the check returns, without the rule of access."""
    document = Document.__table__
    columns = of_document(document, null(), document.c.updated_at, for_staff=for_staff)  # pyright: ignore[reportArgumentType]  no rights are read
    source = document.join(DocumentVersion, is_current(document))
    return select(*columns, *OF_VERSION).select_from(source).where(*OF_KEY)
