"""The list of who can sign in: by name, as people search, and for the firm alone."""

from typing import Any

import pytest

from tests.api import Api
from tests.journeys.answers import refusals, refused_fields
from tests.journeys.people import add_account, add_client
from tests.journeys.rows import block

ACCOUNTS = """
query ($first: Int, $after: String, $search: String) {
  accounts(first: $first, after: $after, search: $search) {
    totalCount nodes { displayName role status } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
EVERYBODY = ["Anna Lindeman", "Arthur Maes", "Bert Callewaert", "Carla Verlinden", "Dirk Schyns"]


async def found(api: Api, who: str, **asked: Any) -> tuple[int, list[str]]:
    page = (await api.gets(who, ACCOUNTS, **asked))["accounts"]
    return page["totalCount"], [it["displayName"] for it in page["nodes"]]


async def test_staff_and_clients_are_listed_by_name_with_what_they_are(api: Api) -> None:
    await block(api, "carla")
    await add_account(api, "aron", "AUDITOR")
    page = (await api.gets("anna", ACCOUNTS))["accounts"]
    assert [(it["displayName"], it["role"], it["status"]) for it in page["nodes"]] == [
        ("Anna Lindeman", "STAFF", "ACTIVE"),
        ("Aron", "AUDITOR", "ACTIVE"),
        ("Arthur Maes", "ADMINISTRATOR", "ACTIVE"),
        ("Bert Callewaert", "CLIENT", "ACTIVE"),
        ("Carla Verlinden", "CLIENT", "BLOCKED"),
        ("Dirk Schyns", "CLIENT", "ACTIVE"),
    ]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        (None, EVERYBODY),
        ("ÁNNA", ["Anna Lindeman"]),
        ("lind ann", ["Anna Lindeman"]),
        ("anna@de-linde", ["Anna Lindeman"]),
        # By the first part of their addresses' last one.
        ("linde", ["Anna Lindeman", "Arthur Maes"]),
        ("erli", []),
        ("eva", []),
        ("%%%", []),
    ],
)
async def test_accounts_are_found_by_the_beginnings_of_their_words(
    api: Api, search: str | None, names: list[str]
) -> None:
    assert await found(api, "arthur", search=search) == (len(names), names)


async def test_case_and_accents_do_not_move_a_name_in_the_list(api: Api) -> None:
    await add_client(api, "éloïse")
    await add_client(api, "eliane")
    _, names = await found(api, "anna", search="Peeters")
    assert names == ["Eliane Peeters", "Éloïse Peeters"]


async def test_pages_follow_one_another(api: Api) -> None:
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await api.gets("anna", ACCOUNTS, first=2, after=after))["accounts"]
        assert (page["totalCount"], page["pageInfo"]["hasPreviousPage"]) == (5, bool(seen))
        seen += [it["displayName"] for it in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == EVERYBODY


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"first": 0}, ("INVALID", ["first"])),
        ({"after": "x"}, ("INVALID", ["after"])),
        ({"search": "x" * 201}, ("TOO_LONG", ["search"])),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_its_place(
    api: Api, asked: dict[str, Any], refused: tuple[str, list[str]]
) -> None:
    assert await refusals(api, "anna", ACCOUNTS, **asked) == [refused]


async def test_each_firm_lists_its_own(api: Api) -> None:
    assert await found(api, "eva") == (1, ["Eva Claes"])


async def test_the_list_is_for_staff(api: Api) -> None:
    await add_account(api, "olga", "AUDITOR")
    codes = {"bert": "FORBIDDEN", "olga": "FORBIDDEN", "nobody": "UNAUTHENTICATED"}
    for who, code in codes.items():
        assert await refused_fields(api, who, "{ accounts { totalCount } }") == [(code, ["accounts"])]
