"""Another firm: its lists, searches, cursors and addresses lead to nothing of ours, and nothing joins them.

What it is told of our ids is in `test_every_id.py`.
"""

from uuid import uuid4

import pytest

from core.rights import ALL_RIGHTS
from models import DossierMember
from tests.api import Api
from tests.journeys.rows import writing


async def test_a_right_for_a_foreigner_cannot_even_be_written(api: Api) -> None:
    """The database itself refuses a reference across firms."""

    async def write() -> None:
        async with writing(api) as firm:
            await firm.grant(api.world.document, api.world.accounts["eva"].id, ALL_RIGHTS)

    with pytest.raises(Exception, match="document_grant_principal_id_principal"):
        await write()


async def test_none_of_theirs_becomes_a_member_of_our_dossier(api: Api) -> None:
    async def write() -> None:
        async with writing(api) as firm:
            values = {"dossier_id": api.world.dossier.id, "relation_id": uuid4(), "role": "OTHER"}
            await firm.keep(DossierMember(licence_id=api.world.other_firm.licence_id, **values))

    with pytest.raises(Exception, match="row-level security"):
        await write()


EVERYTHING = """
{
  viewer { account { displayName } licence { slug businessUnits { id } clientLogins { used } } roles }
  documents { totalCount nodes { description relations { id } dossier { id } categories { id } } }
  relations { totalCount nodes { id } }
  dossiers { totalCount nodes { id } }
  categories { id documents { totalCount } }
}
"""


async def test_her_own_lists_hold_nothing_of_ours(api: Api) -> None:
    seen = await api.gets("eva", EVERYTHING)
    assert seen["viewer"] == {
        "account": {"displayName": "Eva Claes"},
        "licence": {
            "slug": "het-ander",
            "businessUnits": [{"id": api.id("BusinessUnit", api.world.other_firm.business_unit)}],
            "clientLogins": {"used": 0},
        },
        "roles": ["STAFF", "ADMINISTRATOR"],
    }
    assert seen["documents"] == {
        "totalCount": 1,
        "nodes": [
            {"description": "Geheim van een ander", "relations": [], "dossier": None, "categories": []}
        ],
    }
    assert seen["relations"] == seen["dossiers"] == {"totalCount": 0, "nodes": []}
    hers = {api.id("Category", it) for it in api.world.other_firm.categories.values()}
    assert {it["id"] for it in seen["categories"]} == hers
    assert {it["documents"]["totalCount"] for it in seen["categories"]} == {0}


@pytest.mark.parametrize("search", ["bert", "klantenportaal", "huwelijk", None, "%%%"])
async def test_her_searches_find_nothing_of_ours(api: Api, search: str | None) -> None:
    query = """
    query ($search: String) {
      documents(filter: {descriptionContains: $search}) { nodes { description } }
      relations(search: $search) { totalCount }
      dossiers(search: $search) { totalCount }
    }
    """
    seen = await api.gets("eva", query, search=search)
    assert seen["relations"] == seen["dossiers"] == {"totalCount": 0}
    found = {it["description"] for it in seen["documents"]["nodes"]}
    assert found <= {"Geheim van een ander"}


async def test_a_cursor_of_ours_leads_her_nowhere(api: Api) -> None:
    query = "query ($after: String) { documents(after: $after) { nodes { description } edges { cursor } } }"
    ours_ = (await api.gets("anna", query))["documents"]["edges"][0]["cursor"]
    found = (await api.gets("eva", query, after=ours_))["documents"]["nodes"]
    assert found in ([], [{"description": "Geheim van een ander"}])


async def test_an_address_of_ours_is_no_address_of_hers(api: Api) -> None:
    await api.upload("anna", "a.txt", b"ours")
    query = "{ documents { nodes { fileName contentUrl } } }"
    hers = (await api.gets("eva", query))["documents"]["nodes"]
    assert [it["fileName"] for it in hers] == [f"{api.world.foreign_document.id}.pdf"]
