"""How many statements an operation costs: as many for a hundred documents as for one."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from core.rights import Right
from tests.api import Api
from tests.journeys.rows import writing

LIST = """
query ($first: Int) {
  documents(first: $first) {
    totalCount
    nodes {
      description dossier { name } categories { name } relations { displayName }
      createdBy { displayName } businessUnit { name } contentUrl viewerCan
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
RIGHTS_TABS = """
query ($first: Int) {
  documents(first: $first) {
    nodes { grants { rights principal { ... on Account { displayName } ... on Group { name } } } }
  }
}
"""
DOSSIERS = """
query ($first: Int) {
  dossiers(first: $first) {
    nodes { name documents { totalCount nodes { description categories { name } } } }
  }
}
"""
ONE = "query ($id: ID!) { document(id: $id) { description } }"
SHARE = """
mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) { userErrors { code } } }
"""


@contextmanager
def counting(api: Api) -> Generator[list[str]]:
    """Yield the statements that are sent while the block runs."""
    statements: list[str] = []
    engine = api.ports.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def cost(api: Api, who: str, query: str, **variables: Any) -> int:
    """Return how many statements an operation costs, that of the session included."""
    await api.token(who)
    with counting(api) as statements:
        await api.gets(who, query, **variables)
    return len(statements)


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
    with counting(api) as statements:
        await api.ask("nobody", LIST)
        await api.ask("nobody", "{ viewer { email } }")
    assert statements == []


async def test_a_refused_field_costs_no_statement(api: Api) -> None:
    await api.token("bert")
    with counting(api) as statements:
        await api.ask("bert", "{ relations { totalCount } }")
    assert len(statements) == 1


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
    await api.token("anna")
    with counting(api) as statements:
        await api.gets("anna", SHARE, input=said)
    assert len(statements) == 14
