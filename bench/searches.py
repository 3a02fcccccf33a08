"""`python -m bench.searches`: what lists of people, and searches in them, cost databases of two sizes."""

import asyncio
import time
from argparse import ArgumentParser
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import machine, report
from bench.access_cost import Explaining
from bench.access_rounds import Ask, Series, compare, series_of
from bench.access_world import ALL, Subject, viewer
from bench.names import FREQUENT, RAREST, RAREST_NUMBER, address_of, family_of, register_number_of
from bench.papers import SPAN
from bench.report import Sheet
from bench.rows import Ids
from bench.world import FOR_EACH_HOUSEHOLD, as_owner, write_firm
from resolvers import accounts, dossiers, named_lists, relations
from resolvers.founding import found_licence
from resolvers.named_lists import NamedPage
from resolvers.paging import PageAsked
from resolvers.reading import Reading
from server import migrations, running
from server.embedded import embedded
from server.house import open_house
from server.settings import Settings

SIZES: Final = (1_000, 100_000)
PAGE: Final = 25
HUNDREDTH: Final = 100
BEGIN: Final = "<!-- written by python -m bench.searches -->"
CLIENT: Final = "A client with one dossier"
MOST_BUFFERS: Final = 2_000
MOST_OF_SIZE: Final = 1.5
FindPage = Callable[[Reading, PageAsked, str | None], Awaitable[NamedPage]]
SEARCHES: Final[dict[str, str | None]] = {
    "by name": None,
    "a frequent name": "sofie",
    "a rare name": RAREST,
    "two words": f"sofie {family_of(RAREST_NUMBER + 1)}",
    "two words, both frequent": f"sofie {FREQUENT}",
    "a frequent word, the beginning of a rare one": f"sofie {RAREST[:4]}",
    "an e-mail address": address_of(RAREST_NUMBER),
    "a number": register_number_of(RAREST_NUMBER),
}
OF_NAMES: Final = tuple(SEARCHES)[:6]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is asked for in databases of two sizes."""

    name: str
    index: str
    """What carries it, as tests/resolvers/test_search_plans.py holds it to be."""
    series: Series

    def cells(self, sizes: Sequence[int]) -> list[str]:
        """Return what the table says of it."""
        small, large = sizes[0], sizes[-1]
        ratio = self.series.ratio(large, to=small)
        is_met = ratio.middle <= MOST_OF_SIZE and self.series.buffers[large] <= MOST_BUFFERS
        return [
            self.name,
            *(f"{self.series.milliseconds(it):.2f}" for it in (small, large)),
            str(ratio),
            f"{self.series.buffers[large]:,}",
            self.index,
            "yes" if is_met else "no",
        ]


def main() -> None:
    """Measure every search in every database, and print the table."""
    parser = ArgumentParser(prog="python -m bench.searches", description="Cost of lists of people.")
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, help="relations, a database for each")
    parser.add_argument("--rounds", type=int, default=15, help="in which each database is measured once")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="kluis-bench-") as folder, embedded(Path(folder), sync=False) as url:
        settings = Settings(home=Path(folder), database_url=url)
        sheet, said = asyncio.run(measured(settings, url, sorted(asked.sizes), asked.rounds))
    if asked.write:
        report.write([sheet], said, begin=BEGIN)


async def measured(settings: Settings, url: str, sizes: Sequence[int], rounds: int) -> tuple[Sheet, str]:
    """Return the table, which is shown, and what was measured."""
    async with AsyncExitStack() as stack:
        began = time.monotonic()
        subjects = [await stack.enter_async_context(subject_of(settings, url, it)) for it in sizes]
        built = time.monotonic() - began
        said = (
            f"One licence with {' or '.join(f'{it:,}' for it in sizes)} relations. {rounds} rounds. "
            f"The databases took {built:.0f} s to write. {machine.described()}"
        )
        report.tell(said)
        found = await rows([Explaining(it) for it in subjects], rounds)
    columns = ("What", *(f"of {it:,}" for it in sizes), "Largest, smallest = 1", "Pages", "Index", "Met")
    title = "Lists of people: ms of CPU, and pages looked at in the largest"
    return report.shown(Sheet(title, columns, [it.cells(sizes) for it in found])), said


async def rows(databases: Sequence[Explaining], rounds: int) -> list[Row]:
    """Return what each list costs in each of the databases: its first page, its hundredth, and its total."""
    found = [
        Row(
            f"{kind}, {name}: {place}",
            index.format("name" if text is None else "word_sought"),
            await series_of(databases, who, ask(find, PAGE, text, place)),
        )
        for who, kind, find, names, index in KINDS
        for name, text in SEARCHES.items()
        if name in names
        for place in PLACES
    ]
    for it in found:
        # What leads to a page is not its own statement.
        it.series.sent.update({size: sent[-1:] for size, sent in it.series.sent.items()})
    await compare(databases, [it.series for it in found], rounds)
    return found


def ask(find: FindPage, size: int, text: str | None, place: str) -> Ask:
    """Return what asks for one page of a list, or for its total, as the last thing."""
    return partial(PLACES[place], find, size, text)


async def first(find: FindPage, size: int, text: str | None, request: Reading) -> NamedPage:
    """Ask for the first page."""
    return await find(request, PageAsked(first=size), text)


async def hundredth(find: FindPage, size: int, text: str | None, request: Reading) -> None:
    """Ask for one page after the other, up to the hundredth or the last one."""
    after: str | None = None
    for _ in range(HUNDREDTH):
        page = await find(request, PageAsked(first=size, after=after), text)
        if not page.edges.has_next:
            break
        after = page.cursors.write(page.edges.rows[-1])


async def total(find: FindPage, size: int, text: str | None, request: Reading) -> None:
    """Ask for the first page and the total."""
    await named_lists.totals(request, [await first(find, size, text, request)])


PLACES: Final = {"first page": first, "100th page": hundredth, "total": total}
KINDS: Final = (
    (ALL, "Relations", relations.search, tuple(SEARCHES), "relation_{}_index"),
    (ALL, "Dossiers", dossiers.search, OF_NAMES, "dossier_{}_index"),
    (ALL, "Accounts", accounts.search, OF_NAMES, "account_{}_index"),
    (CLIENT, "A client's dossiers", dossiers.search, OF_NAMES, "dossier_member_relation_index"),
)


@asynccontextmanager
async def subject_of(settings: Settings, url: str, size: int) -> AsyncGenerator[Subject]:
    """Write a database with a firm of about so many relations, and yield it."""
    name = f"searches_{size}"
    async with as_owner(url) as connection:
        await connection.execute(f"CREATE DATABASE {name}")
    own = url.replace("@/kluis?", f"@/{name}?", 1)
    await migrations.upgrade(own)
    async with open_house(settings, own, running.NO_RELAY) as (ports, _):
        founded = await found_licence(ports.database, "firm", "Firm")
        # Seven relations are in three households.
        each = size * 3 // 7 * FOR_EACH_HOUSEHOLD
        async with as_owner(own) as connection:
            firm = await write_firm(connection, Ids(), founded, each, ports.clock.now() - SPAN)
            await connection.execute("VACUUM ANALYZE")
        people = {ALL: firm.staff[1], CLIENT: firm.households[0].clients[0]}
        viewers = {who: await viewer(ports, firm, account) for who, account in people.items()}
        yield Subject(size, ports, viewers)


if __name__ == "__main__":
    main()
