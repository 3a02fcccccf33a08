"""How many statements it costs to keep the firm's files: as many for a hundred as for one."""

from typing import Any, Final

import pytest

from models import DocumentHolding, Holding, Relation
from tests.api import Api
from tests.journeys.keeping import DELETING, add_holding, dossier, hang, member, mutation, relation
from tests.journeys.rows import rows, set_values, writing
from tests.journeys.test_statement_counts import cost

HOLDINGS: Final = (
    "query ($first: Int) { holdings(first: $first) { totalCount nodes { name dossier { name } } } }"
)
OF_DOCUMENTS: Final = "query ($first: Int) { documents(first: $first) { nodes { holdings { name } } } }"
DOSSIERS: Final = """
query ($first: Int) { relations(first: $first) { nodes { dossiers { totalCount nodes { name } } } } }
"""
WRONG: Final = "userErrors { code ... on InUseError { usedBy { id } } }"


@pytest.fixture
async def full(api: Api) -> Api:
    """Fifty holdings in the cast's dossier, each with a document, and fifty relations in it."""
    async with writing(api) as firm:
        of = {"licence_id": firm.founded.licence_id}
        for at in range(50):
            paper = await firm.document(f"Nr {at}", api.world.accounts["anna"])
            holding = Holding(
                **of, kind="ASSET", name=f"Nr {at}", name_folded=f"nr {at}", dossier_id=api.world.dossier.id
            )
            await firm.keep(holding)
            await firm.keep(DocumentHolding(**of, document_id=paper.id, holding_id=holding.id))
            await firm.relation(f"Nr {at}", "Peeters", accountant_id=api.world.relations["femke"].id)
    return api


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        # session, page, total, dossiers
        (HOLDINGS, 4),
        # session, how much she can reach, page, holdings
        (OF_DOCUMENTS, 4),
        # session, page, dossiers, totals
        (DOSSIERS, 4),
    ],
)
async def test_a_list_costs_as_much_for_fifty_as_for_one(full: Api, query: str, statements: int) -> None:
    for first in (1, 50):
        assert (first, await cost(full, "anna", query, first=first)) == (first, statements)


async def changing(api: Api, name: str, thing: str, /, **said: Any) -> int:
    """Return how many statements a mutation costs whose answer is one row and what went wrong."""
    taken = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation ($input: {taken}!) {{ {name}(input: $input) {{ {thing} {{ id }} {WRONG} }} }}"
    return await cost(api, "anna", query, input=said)


async def test_what_a_relation_costs(api: Api) -> None:
    # session twice, the only unit, itself, event, the feed, its words (itself, those it had, the new ones),
    # the licence held, its dossiers, what is shown of it
    assert await changing(api, "createRelation", "relation", familyName="x") == 12
    # session twice, itself seen, itself held, its change, event, the feed, what is shown of it
    said = {"relationId": relation(api, "femke"), "title": "dr."}
    assert await changing(api, "updateRelation", "relation", **said) == 8


@pytest.mark.parametrize("names", [["bert", "carla"], ["bert", "carla", "dirk", "noor", "femke"]])
async def test_a_dossier_costs_as_much_with_five_members_as_with_two(api: Api, names: list[str]) -> None:
    members = [member(api, it, "OTHER") for it in names]
    members[0]["role"] = "MAIN_PERSON"
    # session twice, the only unit, itself, the relations, who was in it, emptied, members (the driver tells
    # of these by itself too), whose portal it is and the feed for them, event, the feed, its words (the
    # licence held, itself, those it had, the new ones), what is shown of it
    assert await changing(api, "createDossier", "dossier", name="x", members=members) == 18
    # the same without the unit, but itself seen, and held, and its change; the feed for those who join alone
    said = {"dossierId": dossier(api), "members": members}
    joining = "dirk" in names
    assert await changing(api, "updateDossier", "dossier", **said) == 18 + joining


async def test_a_refusal_costs_one_statement_for_each_kind_that_could_use_it(full: Api) -> None:
    name, argument = DELETING["Relation"]
    said = {argument: relation(full, "femke")}
    # session twice, itself seen, itself held, four kinds, what is named
    assert await cost(full, "anna", mutation(name), input=said) == 9
    for it in await rows(full, Relation, accountant_id=full.world.relations["femke"].id):
        await set_values(full, Relation, it.id, accountant_id=None)
    # four kinds, deleted documents, its change, event, the feed, its words (itself, those it had), the
    # licence held, its dossiers
    assert await cost(full, "anna", mutation(name), input=said) == 16


async def test_a_holding_costs_as_much_whatever_hangs_on_it(api: Api) -> None:
    key = await add_holding(api)
    # session twice, itself seen, itself held, its change, event, the feed, its words (itself, those it had,
    # the new ones), what is shown of it
    costs = [
        await changing(api, "updateHolding", "holding", holdingId=api.id("Holding", key), name=it)
        for it in ("Een", "Twee")
    ]
    await hang(api, key)
    costs.append(
        await changing(api, "updateHolding", "holding", holdingId=api.id("Holding", key), name="Drie")
    )
    assert costs == [11, 11, 11]
