"""Pages of the feed of changes: their cursors, how far back they go, and what they cost."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

import pytest

from models import Feed, FeedEntry
from models.feed import ChangeKind
from resolvers import operating
from resolvers.entering import acting, steward
from resolvers.feed import remove_old
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.answers import refusals
from tests.journeys.feeding import CHANGES, EXPIRED, enter, give_numbers, head, page, paper, told
from tests.journeys.people import account
from tests.journeys.programs import shares
from tests.journeys.rows import row, writing
from tests.statements import counting

INVALID: Final = [("INVALID", ["after"])]
RELATIONS: Final = "query ($after: String) { relations(after: $after) { totalCount } }"


# pages ------------------------------------------------------------------------------------------------------


async def test_pages_follow_each_other_without_gap_or_double(api: Api) -> None:
    relations = [it.id for it in api.world.relations.values()]
    await enter(api, ChangeKind.CHANGED, "Relation", *relations)
    ids, after, sizes = list[str](), None, list[int]()
    while True:
        got = await page(api, "anna", after, first=2)
        info = got["pageInfo"]
        ids += [it["nodeId"] for it in got["nodes"]]
        sizes.append(len(got["nodes"]))
        assert info["hasPreviousPage"] is (after is not None)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert ids == [api.id("Relation", it) for it in relations]
    assert sizes == [2, 2, 1]
    assert after == await head(api, "anna")
    nothing = await page(api, "anna", after)
    assert (nothing["nodes"], nothing["pageInfo"]) == (
        [],
        {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": after},
    )


EDGES: Final = """query ($after: String) {
  changes(after: $after) { edges { cursor node { nodeId } } pageInfo { startCursor endCursor } }
}"""


async def test_one_goes_on_from_each_change(api: Api) -> None:
    relations = [it.id for it in api.world.relations.values()]
    await enter(api, ChangeKind.CHANGED, "Relation", *relations)
    await give_numbers(api)
    got = (await api.gets("anna", EDGES))["changes"]
    cursors = [it["cursor"] for it in got["edges"]]
    assert (cursors[0], cursors[-1]) == (got["pageInfo"]["startCursor"], got["pageInfo"]["endCursor"])
    for at, cursor in enumerate(cursors, 1):
        found = (await api.gets("anna", EDGES, after=cursor))["changes"]["edges"]
        assert [it["node"]["nodeId"] for it in found] == [api.id("Relation", it) for it in relations[at:]]


async def test_a_page_may_be_empty_though_there_is_more(api: Api) -> None:
    # given
    others = [api.world.dossier.id] * 200
    await enter(api, ChangeKind.CHANGED, "Dossier", *others)
    await enter(api, ChangeKind.CHANGED, "Relation", api.world.relations["dirk"].id)
    # when
    got = await page(api, "dirk")
    # then
    assert (got["nodes"], got["pageInfo"]["hasNextPage"]) == ([], True)
    got = await page(api, "dirk", got["pageInfo"]["endCursor"])
    assert ([it["nodeType"] for it in got["nodes"]], got["pageInfo"]["hasNextPage"]) == (["Relation"], False)


@pytest.mark.parametrize("entries", [199, 200])
async def test_the_last_page_knows_that_it_is_the_last(api: Api, entries: int) -> None:
    await enter(api, ChangeKind.CHANGED, "Dossier", *[api.world.dossier.id] * entries)
    got = await page(api, "dirk")
    assert (got["nodes"], got["pageInfo"]["hasNextPage"]) == ([], False)
    assert got["pageInfo"]["endCursor"] == got["headCursor"]


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_changes(api: Api, first: int) -> None:
    assert await refusals(api, "anna", CHANGES, first=first) == [("INVALID", ["first"])]


async def test_before_anything_changed_there_is_a_place_to_begin(api: Api) -> None:
    got = await page(api, "anna")
    assert (got["nodes"], got["pageInfo"]["hasNextPage"]) == ([], False)
    assert await told(api, "anna", got["headCursor"]) == []


# cursors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cursor", ["", "no cursor", "A" * 32, "A" * 22])
async def test_what_is_no_cursor_is_refused(api: Api, cursor: str) -> None:
    assert await refusals(api, "anna", CHANGES, after=cursor) == INVALID


async def test_a_cursor_of_another_list_or_of_another_firm_is_refused(api: Api) -> None:
    listed = await api.gets("anna", "{ documents { pageInfo { endCursor } } }")
    cursors = [listed["documents"]["pageInfo"]["endCursor"], await head(api, "eva")]
    for cursor in cursors:
        assert await refusals(api, "anna", CHANGES, after=cursor) == INVALID
    after = await head(api, "anna")
    assert await refusals(api, "anna", CHANGES, after=f"{after}AAAA") == INVALID
    assert await refusals(api, "anna", RELATIONS, after=after) == INVALID


async def test_firms_are_not_told_of_each_other(api: Api) -> None:
    world = api.world
    await enter(api, ChangeKind.CHANGED, "BusinessUnit", world.firm.business_unit)
    assert (len(await told(api, "anna")), await told(api, "eva")) == (1, [])
    licence_id = world.other_firm.licence_id
    async with acting(api.ports, steward(licence_id, api.ports.clock.now())) as change:
        # As if it had come from there.
        await change.note(ChangeKind.CHANGED, "Document", world.document.id)
        await change.note(ChangeKind.CHANGED, "BusinessUnit", world.firm.business_unit)
    assert (len(await told(api, "anna")), await told(api, "eva")) == (1, [])


async def test_two_places_show_neither_which_is_later_nor_how_far_they_are_apart(api: Api) -> None:
    places = [await head(api, "anna")]
    for _ in range(3):
        await enter(api, ChangeKind.CHANGED, "Dossier", api.world.dossier.id)
        places.append(await head(api, "anna"))
    assert {len(it) for it in places} == {len(places[0])}
    # The first 21 letters are of one encrypted block.
    for one, other in pairwise(places):
        alike = [a == b for a, b in zip(one[:21], other[:21], strict=True)]
        assert sum(alike) < 10


# what is kept -----------------------------------------------------------------------------------------------


async def test_a_cursor_from_before_what_is_kept_has_expired(api: Api, clock: SetClock) -> None:
    await operating.set_rules(api.ports, "de-linde", changes_kept_days=7)
    begin = await head(api, "bert")
    await shares(api, api.world.document.id, account(api, "bert"), "READ", "UPDATE")
    middle = await head(api, "bert")
    clock.advance(timedelta(days=7))
    api.tokens.clear()
    await shares(api, api.world.document.id, account(api, "bert"), "READ")
    end = await head(api, "bert")
    assert await refusals(api, "bert", CHANGES, after=begin) == []
    assert await remove_old(api.ports.database, api.world.firm.licence_id, clock.now()) == 1
    (error,) = (await api.ask("bert", CHANGES, after=begin))["errors"]
    assert error["extensions"]["code"] == "EXPIRED"
    assert (
        error["message"]
        == "Wijzigingen na deze cursor worden niet meer bewaard. Begin opnieuw met de lijsten."
    )
    found = [("CHANGED", paper(api))]
    assert (await told(api, "bert", middle), await told(api, "bert")) == (found, found)
    assert await told(api, "bert", end) == []


async def test_a_cursor_from_beyond_the_newest_change_has_expired(api: Api) -> None:
    """As after the database was restored from a copy."""
    await enter(api, ChangeKind.CHANGED, "Dossier", api.world.dossier.id)
    after = await head(api, "anna")
    async with writing(api) as firm:
        entry = await firm.session.get_one(
            FeedEntry, (firm.founded.licence_id, (await row(api, FeedEntry)).id)
        )
        await firm.session.delete(entry)
        await firm.session.delete(await firm.session.get_one(Feed, firm.founded.licence_id))
    assert await refusals(api, "anna", CHANGES, after=after) == EXPIRED


# statements -------------------------------------------------------------------------------------------------


async def test_a_page_costs_a_statement_for_each_type_that_changed_however_much_did(api: Api) -> None:
    world = api.world
    await api.token("anna")
    await page(api, "anna")
    for times in (1, 60):
        await enter(api, ChangeKind.CHANGED, "Relation", *[it.id for it in world.relations.values()] * times)
        await enter(api, ChangeKind.CHANGED, "Document", *[world.document.id] * times)
        await enter(api, ChangeKind.CHANGED, "Dossier", *[world.dossier.id] * times)
        await give_numbers(api)
        async with counting(api.ports.database) as statements:
            await api.gets("anna", CHANGES, first=100)
        # session, how far the feed has come, entries, relations, documents, dossiers; and the categories and
        # the dossiers of documents
        assert len([it for it in statements if "throttle" not in it]) == 8
