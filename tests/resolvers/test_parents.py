"""Lists that belong to parents: a page and a count for each of a level, by one statement for all of them."""

from typing import Any

import pytest

from tests.api import Api
from tests.journeys.answers import refusals
from tests.journeys.people import add_account, add_group
from tests.journeys.rows import writing
from tests.statements import counting

MEMBERS = """
query ($first: Int, $after: String) {
  groups {
    name
    members(first: $first, after: $after) {
      totalCount edges { cursor node { displayName } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
NAMES = ("aaa", "bbb", "ccc", "ddd")


@pytest.fixture
async def groups(api: Api) -> Api:
    """Three groups of the firm's own: with four members, with one of these, and with none."""
    for name in NAMES:
        await add_account(api, name)
    await add_group(api, "Four", *NAMES)
    await add_group(api, "One", "ccc")
    await add_group(api, "None")
    return api


async def pages(api: Api, **asked: Any) -> dict[str, dict[str, Any]]:
    """Return a page of the members of each of the firm's own groups."""
    found = (await api.gets("anna", MEMBERS, **asked))["groups"]
    return {it["name"]: it["members"] for it in found if it["name"] not in {"Users", "Administrators"}}


def names(page: dict[str, Any]) -> list[str]:
    return [it["node"]["displayName"] for it in page["edges"]]


async def test_each_parent_has_a_page_of_its_own_in_the_lists_order(groups: Api) -> None:
    found = await pages(groups)
    assert {name: names(page) for name, page in found.items()} == {
        "Four": ["Aaa", "Bbb", "Ccc", "Ddd"],
        "One": ["Ccc"],
        "None": [],
    }
    assert {name: page["totalCount"] for name, page in found.items()} == {"Four": 4, "One": 1, "None": 0}


async def test_each_page_says_whether_there_is_more_of_its_own(groups: Api) -> None:
    found = await pages(groups, first=2)
    assert {name: names(page) for name, page in found.items()} == {
        "Four": ["Aaa", "Bbb"],
        "One": ["Ccc"],
        "None": [],
    }
    assert {name: page["pageInfo"]["hasNextPage"] for name, page in found.items()} == {
        "Four": True,
        "One": False,
        "None": False,
    }
    # the count is that of the whole list, and the cursors are those of the first and the last
    assert found["Four"]["totalCount"] == 4
    for page in found.values():
        cursors = [it["cursor"] for it in page["edges"]] or [None]
        assert page["pageInfo"]["startCursor"] == cursors[0]
        assert page["pageInfo"]["endCursor"] == cursors[-1]


async def test_a_cursor_cuts_the_list_of_every_parent_in_the_same_place(groups: Api) -> None:
    after = (await pages(groups, first=2))["Four"]["pageInfo"]["endCursor"]
    found = await pages(groups, first=1, after=after)
    assert {name: names(page) for name, page in found.items()} == {
        "Four": ["Ccc"],
        "One": ["Ccc"],
        "None": [],
    }
    assert found["Four"]["pageInfo"]["hasNextPage"] is True
    assert found["One"]["pageInfo"]["hasPreviousPage"] is True
    last = await pages(groups, after=found["Four"]["pageInfo"]["endCursor"])
    assert {name: names(page) for name, page in last.items()} == {"Four": ["Ddd"], "One": [], "None": []}


async def test_members_whose_names_fold_alike_are_each_listed_once(groups: Api) -> None:
    async with writing(groups) as firm:
        for who, name in (("z1", "Zoe"), ("z2", "ZOË")):
            added = await firm.account(f"{who}@de-linde.example", "STAFF", display_name=name)
            groups.world.accounts[who] = added
    await add_group(groups, "Namesakes", "z1", "z2")
    first = (await pages(groups, first=1))["Namesakes"]
    second = (await pages(groups, first=1, after=first["pageInfo"]["endCursor"]))["Namesakes"]
    assert sorted(names(first) + names(second)) == ["ZOË", "Zoe"]
    assert second["pageInfo"]["hasNextPage"] is False


async def test_all_parents_share_one_statement_for_their_pages_and_one_for_their_counts(groups: Api) -> None:
    await groups.gets("anna", "{ groups { name } }")
    async with counting(groups.ports.database) as statements:
        await groups.gets("anna", MEMBERS, first=2)
    asked = [it for it in statements if "account_group_member" in it and "unnest" in it]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("asked", "argument"),
    [({"first": 0}, "first"), ({"after": "x"}, "after")],
)
async def test_a_page_that_cannot_be_is_refused(groups: Api, asked: dict[str, Any], argument: str) -> None:
    refused = await refusals(groups, "anna", MEMBERS, **asked)
    assert refused
    assert all(it == ("INVALID", [argument]) for it in refused)
