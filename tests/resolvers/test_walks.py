"""Whoever walks a list meets each thing once and in order, whatever comes, changes and goes meanwhile."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tokens import Token
from demo.firm import Firm
from resolvers.entering import acting, steward
from resolvers.founding import Founded, found_licence
from resolvers.paging import PageAsked
from resolvers.ports import Ports
from resolvers.request import Request
from tests.conftest import START
from tests.resolvers.walked_lists import WALKED, Page, Place, Walked, furnish

slugs = (f"walked-{number}" for number in count())
SLOW: Final = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# Of these some are alike, and some differ by an accent alone.
names = st.sampled_from(["a", "á", "b", "b b", "c", "pee", "peeters"])
ADDED, ALTERED, REMOVED = "added", "altered", "removed"


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else does between two pages: to the how manyth thing, and with which name."""

    what: str
    at: int
    name: str


deeds = st.builds(Meanwhile, st.sampled_from([ADDED, ALTERED, REMOVED]), st.integers(0, 7), names)


@dataclass(slots=True)
class Walk:
    """A list in a firm of its own, and what nobody has touched since the walk began."""

    ports: Ports
    founded: Founded
    place: Place
    listed: Walked
    untouched: list[UUID]

    async def do(self, deed: Meanwhile) -> None:
        """Do something to what is listed, in one transaction."""
        async with acting(self.ports, steward(self.founded.licence_id, START)) as change:
            if deed.what == ADDED:
                self.place.firm = firm_in(change.session, self.founded)
                await self.listed.add(self.place, deed.name)
            elif self.untouched:
                key = self.untouched.pop(deed.at % len(self.untouched))
                if deed.what == ALTERED:
                    await self.listed.alter(self.place, change, key, deed.name)
                else:
                    await self.listed.remove(self.place, change, key)

    async def page(self, asked: PageAsked) -> Page:
        """Return a page as it is at this moment."""
        request = Request(self.ports, Token.new(self.founded.licence_id))
        request.asker = self.place.viewer
        try:
            return await self.listed.find(self.place, request, asked)
        finally:
            request.asker = None
            await request.close()

    async def forwards(self, size: int, doing: Iterator[Meanwhile]) -> list[UUID]:
        """Return whom somebody meets who reads page after page."""
        met: list[UUID] = []
        page = await self.page(PageAsked(first=size))
        while True:
            met += [row.id for row in page.edges.rows]
            if not page.edges.has_next:
                return met
            after = page.cursors.write(page.edges.rows[-1])
            for deed in doing:
                await self.do(deed)
                break
            page = await self.page(PageAsked(first=size, after=after))

    async def backwards(self, size: int, doing: Iterator[Meanwhile]) -> list[UUID]:
        """Return whom somebody meets who reads from the end, in the order of the list."""
        met: list[UUID] = []
        page = await self.page(PageAsked(last=size))
        while True:
            met = [row.id for row in page.edges.rows] + met
            if not page.edges.has_previous:
                return met
            before = page.cursors.write(page.edges.rows[0])
            for deed in doing:
                await self.do(deed)
                break
            page = await self.page(PageAsked(last=size, before=before))


def firm_in(session: object, founded: Founded) -> Firm:
    return Firm(session, founded, now=START, password_hash="-")  # pyright: ignore[reportArgumentType]  a session


async def begun(ports: Ports, listed: Walked, called: Sequence[str]) -> Walk:
    """Write a firm with a list in which so many things stand."""
    founded = await found_licence(ports.database, next(slugs), "Walked")
    async with ports.database.change(founded.licence_id) as session:
        place = await furnish(firm_in(session, founded))
        untouched = [await listed.add(place, name) for name in called]
    return Walk(ports, founded, place, listed, untouched)


@pytest.mark.parametrize("what", WALKED)
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(
    called=st.lists(names, min_size=4, max_size=8),
    doing=st.lists(deeds, max_size=8),
    size=st.integers(1, 4),
    forwards=st.booleans(),
)
async def test_whoever_walks_a_list_meets_each_once_and_in_order(
    ports: Ports,
    what: str,
    called: list[str],
    doing: list[Meanwhile],
    size: int,
    forwards: bool,  # noqa: FBT001  it is drawn
) -> None:
    walk = await begun(ports, WALKED[what], called)
    way = walk.forwards if forwards else walk.backwards
    met = await way(size, iter(doing))
    in_order = [row.id for row in (await walk.page(PageAsked(first=100))).edges.rows]
    assert [key for key in met if key in walk.untouched] == [it for it in in_order if it in walk.untouched]


@pytest.mark.parametrize("what", WALKED)
async def test_where_nothing_happens_both_ways_meet_the_whole_list(ports: Ports, what: str) -> None:
    walk = await begun(ports, WALKED[what], ["b", "a", "b", "á", "peeters", "c", "a"])
    whole = [row.id for row in (await walk.page(PageAsked(first=100))).edges.rows]
    assert set(walk.untouched) <= set(whole)
    for size in (1, 3):
        assert await walk.forwards(size, iter(())) == whole
        assert await walk.backwards(size, iter(())) == whole
