"""How many statements an operation costs: as many for a hundred documents as for one.

Points are taken ahead, so that most operations need no statement for them, but for the first and the dearest;
those are counted by themselves.
"""

from typing import Any

import pytest

from core.rights import Right
from models import Document, DocumentGrant
from tests.api import Api
from tests.journeys.lists import DOSSIERS, HOME, LIST, RIGHTS_TABS
from tests.journeys.people import add_group
from tests.journeys.routing import EXPLAIN as ROUTING
from tests.journeys.rows import rows, writing
from tests.journeys.rules import APPLY, PREVIEW, standing_rule
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


@pytest.mark.parametrize("who", ["bert", "anna"])
async def test_ten_dossiers_with_their_documents_cost_as_much_as_one(api: Api, who: str) -> None:
    world = api.world
    async with writing(api) as firm:
        for number in range(10):
            dossier = await firm.dossier(f"Dossier {number}", {"MAIN_PERSON": world.relations["bert"]})
            document = await firm.document(
                f"Nr {number}", world.accounts["anna"], dossier=dossier, categories=["wills"]
            )
            await firm.grant(document, world.accounts["bert"].id, Right.READ)
    # session, dossiers, which of them have many documents, documents, totals, categories
    for first in (1, 10):
        assert (first, await cost(api, who, DOSSIERS, first=first)) == (first, 6)


async def test_one_document_costs_one_statement_beside_the_session(api: Api) -> None:
    for who in ("bert", "anna"):
        assert await cost(api, who, ONE, id=api.id("Document", api.world.document.id)) == 2


async def test_one_that_is_not_shown_costs_two_more_to_be_remembered(api: Api) -> None:
    assert await cost(api, "dirk", ONE, id=api.id("Document", api.world.document.id)) == 4


async def test_nobody_costs_no_statement(api: Api) -> None:
    async with counting(api.ports.database) as statements:
        await api.ask("nobody", LIST)
        await api.ask("nobody", "{ viewer { email } }")
    assert statements == []


async def test_a_refused_field_costs_no_statement_but_that_it_is_remembered(api: Api) -> None:
    await api.token("bert")
    async with counting(api.ports.database) as statements:
        await api.ask("bert", "{ relations { totalCount } letters { totalCount } }")
    assert len(points_aside(statements)) == 2


async def test_ids_of_one_kind_are_looked_up_together(api: Api) -> None:
    world = api.world
    ids = [api.id("Relation", it.id) for it in world.relations.values()]
    ids += [api.id("Document", world.document.id), api.id("Document", world.foreign_document.id)]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    # The session, each of the two kinds, and whether the one that is not shown is there.
    assert await cost(api, "anna", query, ids=ids * 5) == 4


async def test_sharing_costs_what_it_says(api: Api) -> None:
    said = {
        "documentId": api.id("Document", api.world.document.id),
        "principalId": api.id("Account", api.world.accounts["carla"].id),
        "rights": ["READ"],
    }
    # session twice, the document locked and read, the principal, the account, the link, what is held,
    # withdraw, give, keepers held and looked for, touch, event, the feed, addressee and letter
    assert await cost(api, "anna", SHARE, input=said) == 17


GROUPS = "{ groups { name members(first: 5) { totalCount nodes { displayName } } } }"


async def test_a_dozen_groups_with_their_members_cost_as_much_as_two(api: Api) -> None:
    # session, groups, members, totals
    assert await cost(api, "anna", GROUPS) == 4
    for number in range(10):
        await add_group(api, f"Nr {number}", "anna", "arthur")
    assert await cost(api, "anna", GROUPS) == 4


RULES = """{ categories { rules {
  rights createdBy { displayName } category { name }
  grantee { ... on Account { displayName } ... on Group { name } }
} } }"""


async def test_the_rules_of_many_categories_cost_as_much_as_those_of_one(api: Api) -> None:
    for key in api.world.firm.categories:
        await standing_rule(api, Right.READ, key)
        await standing_rule(api, Right.READ, key, api.world.firm.users)
        await standing_rule(api, Right.READ, key, api.world.accounts["anna"].id)
    # session, categories, rules, makers (none), their categories, accounts and groups
    assert await cost(api, "anna", RULES) == 6


STAMPED = """
query ($first: Int) { documents(first: $first) { nodes { grants { isLinked rule { rights } } } } }
"""


async def test_why_a_hundred_documents_are_shared_costs_as_much_as_for_one(full: Api) -> None:
    rule = await standing_rule(full, Right.READ)
    async with writing(full) as firm:
        for it in await rows(full, Document):
            carla = full.world.accounts["carla"].id
            await firm.grant(it, carla, Right.READ, source="CATEGORY_RULE", category_rule_id=rule.id)
    # session, reach, page, grants, links, rules
    for first in (1, 100):
        assert (first, await cost(full, "anna", STAMPED, first=first)) == (first, 6)


async def test_a_preview_costs_as_much_for_a_hundred_documents_as_for_one(full: Api) -> None:
    rule = await standing_rule(full, Right.UPDATE)
    # session, rule, count, page
    for first in (1, 100):
        said = {"rule": full.id("CategoryRule", rule.id), "first": first}
        assert (first, await cost(full, "anna", PREVIEW, **said)) == (first, 4)


async def test_an_explanation_costs_what_it_says(api: Api) -> None:
    query = """query ($document: ID!, $principal: ID!) {
      explainAccess(documentId: $document, principalId: $principal) { rights obstacle viaGroups { name } }
    }"""
    ids = {
        "document": api.id("Document", api.world.document.id),
        "principal": api.id("Account", api.world.accounts["anna"].id),
    }
    # session, document, account, group, the groups he is in, rows, what they come to, the groups between
    assert await cost(api, "arthur", query, **ids) == 8


async def test_applying_a_rule_to_a_hundred_documents_reads_no_more_than_for_one(full: Api) -> None:
    rule = await standing_rule(full, Right.UPDATE)
    said = {"ruleId": full.id("CategoryRule", rule.id), "expectedCount": 100}
    statements = await carried_out(full, "anna", APPLY, input=said)
    assert len(await rows(full, DocumentGrant, category_rule_id=rule.id)) == 200
    # session twice, the rule, what to lock, what is due, grants, an event of each, the feed, touch,
    # an event of all; the driver tells by itself of the two that are carried out for each
    assert len(points_aside(statements)) == 12


async def test_why_somebody_is_told_of_an_upload_costs_what_it_says(api: Api) -> None:
    said = {"relation": api.id("Relation", api.world.relations["bert"].id)}
    # session, relation, the chain; and the dossier, where there is one
    assert await cost(api, "arthur", ROUTING, **said) == 3
    said |= {"dossier": api.id("Dossier", api.world.dossier.id)}
    assert await cost(api, "arthur", ROUTING, **said) == 4


@pytest.mark.parametrize("who", ["bert", "dirk"])
async def test_an_upload_costs_the_same_whichever_step_is_told(api: Api, who: str) -> None:
    await api.token(who)
    async with counting(api.ports.database) as statements:
        await api.upload(who, "a.txt", b"words")
    # session twice, what the firm takes, the unit, document, its words (known, learnt, written), version,
    # groups, three rights, the link, event, the feed, who the client is, the chain, addressee and letter, the
    # document as he sees it
    assert len(points_aside(statements)) == 21
