"""How many statements an operation costs: as many for a hundred documents as for one.

Points are taken ahead, so that most operations need no statement for them, but for the first and the dearest;
those are counted by themselves.
"""

from typing import Any

import pytest

from core.rights import Right
from tests.api import Api
from tests.journeys.lists import DOSSIERS, HOME, LIST, RIGHTS_TABS
from tests.journeys.rows import writing
from tests.statements import counting

ONE = "query ($id: ID!) { document(id: $id) { description } }"
SHARE = """
mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code } } }
"""


def take_points(statement: str) -> bool:
    return "INSERT INTO throttle" in statement


def points_aside(statements: list[str]) -> list[str]:
    return [it for it in statements if not take_points(it)]


async def carried_out(api: Api, who: str, query: str, **variables: Any) -> list[str]:
    """Return the statements of an operation, that of the session included."""
    await api.token(who)
    async with counting(api.ports.database) as statements:
        await api.gets(who, query, **variables)
    return statements


async def cost(api: Api, who: str, query: str, **variables: Any) -> int:
    """Return how many statements an operation costs beside those for points."""
    return len(points_aside(await carried_out(api, who, query, **variables)))


@pytest.fixture
async def full(api: Api) -> Api:
    """A hundred documents, each in a dossier, in two categories and on two relations, that Bert may read."""
    world = api.world
    bert = world.accounts["bert"].id
    async with writing(api) as firm:
        for number in range(100):
            document = await firm.document(
                f"Nr {number}",
                world.accounts["anna"],
                dossier=world.dossier,
                categories=["contracts", "wills"],
                relations=[world.relations["bert"], world.relations["carla"]],
            )
            await firm.grant(document, bert, Right.READ)
    return api


@pytest.mark.parametrize(("who", "statements"), [("bert", 8), ("anna", 9)])
async def test_a_list_costs_as_much_for_a_hundred_documents_as_for_one(
    full: Api, who: str, statements: int
) -> None:
    # session, page, total, and one for each of dossier, categories, relations, makers and units; for staff
    # also how much they can reach
    for first in (1, 2, 100):
        assert (first, await cost(full, who, LIST, first=first)) == (first, statements)


@pytest.mark.parametrize("who", ["bert", "anna"])
async def test_the_home_page_costs_at_most_eight_statements(full: Api, who: str) -> None:
    # session, points, page, total, dossiers, categories, relations; for staff also how much they can reach
    assert len(await carried_out(full, who, HOME, first=50)) <= 8


async def test_the_first_operation_of_an_account_takes_points_ahead(api: Api) -> None:
    one = {"id": api.id("Document", api.world.document.id)}
    # session, points, document
    first = await carried_out(api, "anna", ONE, **one)
    assert list(map(take_points, first)) == [False, True, False]
    assert list(map(take_points, await carried_out(api, "anna", ONE, **one))) == [False, False]


async def test_an_empty_list_costs_no_more_than_itself(api: Api) -> None:
    # session, page, total
    assert await cost(api, "dirk", LIST) == 3


async def test_the_rights_tabs_of_a_hundred_documents_cost_as_much_as_one(full: Api) -> None:
    # session, reach, page, grants, accounts, groups
    for first in (1, 100):
        assert (first, await cost(full, "anna", RIGHTS_TABS, first=first)) == (first, 6)


@pytest.mark.parametrize(("who", "statements"), [("bert", 5), ("anna", 6)])
async def test_ten_dossiers_with_their_documents_cost_as_much_as_one(
    api: Api, who: str, statements: int
) -> None:
    world = api.world
    async with writing(api) as firm:
        for number in range(10):
            dossier = await firm.dossier(f"Dossier {number}", {"MAIN_PERSON": world.relations["bert"]})
            document = await firm.document(
                f"Nr {number}", world.accounts["anna"], dossier=dossier, categories=["wills"]
            )
            await firm.grant(document, world.accounts["bert"].id, Right.READ)
    # session, dossiers, documents, totals, categories; for staff also how much they can reach
    for first in (1, 10):
        assert (first, await cost(api, who, DOSSIERS, first=first)) == (first, statements)


async def test_one_document_costs_one_statement_beside_the_session(api: Api) -> None:
    for who in ("bert", "anna", "dirk"):
        assert await cost(api, who, ONE, id=api.id("Document", api.world.document.id)) == 2


async def test_nobody_costs_no_statement(api: Api) -> None:
    async with counting(api.ports.database) as statements:
        await api.ask("nobody", LIST)
        await api.ask("nobody", "{ viewer { email } }")
    assert statements == []


async def test_a_refused_field_costs_no_statement(api: Api) -> None:
    await api.token("bert")
    async with counting(api.ports.database) as statements:
        await api.ask("bert", "{ relations { totalCount } }")
    assert len(points_aside(statements)) == 1


async def test_ids_of_one_kind_are_looked_up_together(api: Api) -> None:
    world = api.world
    ids = [api.id("Relation", it.id) for it in world.relations.values()]
    ids += [api.id("Document", world.document.id), api.id("Document", world.foreign_document.id)]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert await cost(api, "anna", query, ids=ids * 5) == 3


async def test_sharing_costs_what_it_says(api: Api) -> None:
    said = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": api.id("Account", api.world.accounts["carla"].id),
        "rights": ["READ"],
    }
    # session twice, the locked document, the principal, the account, the link, what is held, withdraw,
    # give, keepers, touch, event, addressee and letter
    assert await cost(api, "anna", SHARE, input=said) == 14
