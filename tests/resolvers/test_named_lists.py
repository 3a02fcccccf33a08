"""Lists by name: searched as people search, paged by name, and counted no further than it matters."""

import pytest

from core.errors import TooLong
from resolvers.document_filters import LONGEST_SEARCH
from resolvers.named_lists import searched
from tests.api import Api
from tests.models.catalogue import asked

LIST = """
query ($search: String, $first: Int, $after: String) {
  relations(search: $search, first: $first, after: $after) {
    totalCount nodes { displayName } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
EVERYBODY = ["Bert Callewaert", "Carla Verlinden", "Dirk Schyns", "Femke Dupont", "Noor Callewaert"]
MANY = """
    INSERT INTO relation (licence_id, kind, display_name, display_name_folded)
    SELECT :licence, 'PERSON', 'Extra ' || n, 'extra ' || n FROM generate_series(1, :many) AS n
"""


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Müller", "%muller%"),
        ("", "%%"),
        ("100%", r"%100\%%"),
        ("a_b", r"%a\_b%"),
        ("back\\slash", r"%back\\slash%"),
    ],
)
def test_a_search_finds_its_own_letters_alone(text: str, compared: str) -> None:
    assert searched(text) == compared


def test_a_search_has_at_most_200_letters() -> None:
    assert searched("x" * LONGEST_SEARCH)
    with pytest.raises(TooLong) as caught:
        searched("x" * (LONGEST_SEARCH + 1))
    assert (caught.value.path, caught.value.values) == (("search",), {"limit": 200})


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, EVERYBODY),
        ("", EVERYBODY),
        ("CALLEWAERT", ["Bert Callewaert", "Noor Callewaert"]),
        ("dûp", ["Femke Dupont"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("eva", []),
    ],
)
async def test_a_name_is_found_by_any_part_of_it(api: Api, search: str | None, found: list[str]) -> None:
    page = (await api.gets("anna", LIST, search=search))["relations"]
    assert [it["displayName"] for it in page["nodes"]] == found
    assert page["totalCount"] == len(found)


async def test_pages_follow_one_another_by_name(api: Api) -> None:
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await api.gets("anna", LIST, first=2, after=after))["relations"]
        assert page["totalCount"] == 5
        assert page["pageInfo"]["hasPreviousPage"] is bool(seen)
        seen += [it["displayName"] for it in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == EVERYBODY


@pytest.mark.parametrize(("many", "total"), [(10_000 - len(EVERYBODY), 10_000), (9_996, None)])
async def test_a_list_is_counted_up_to_ten_thousand(
    api: Api, database_url: str, many: int, total: int | None
) -> None:
    await asked(database_url, MANY, licence=api.world.firm.licence_id, many=many)
    page = (await api.gets("anna", LIST, search=None, first=1))["relations"]
    assert page["totalCount"] == total
    named = (await api.gets("anna", LIST, search="callewaert"))["relations"]
    assert named["totalCount"] == 2
