"""Lists by name: searched as people search, paged by name, and counted no further than it matters."""

import pytest

from resolvers import dossiers, named_lists, relations
from resolvers.entering import acting, steward
from tests.api import Api
from tests.models.catalogue import asked

LIST = """
query ($search: String, $first: Int, $after: String, $last: Int, $before: String) {
  relations(search: $search, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { displayName } edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
DOSSIERS = (
    "query ($search: String) { dossiers(search: $search) { totalCount nodes { name } edges { cursor } } }"
)
EVERYBODY = ["Bert Callewaert", "Carla Verlinden", "Dirk Schyns", "Femke Dupont", "Noor Callewaert"]
MANY = """
    INSERT INTO relation (licence_id, kind, display_name, display_name_folded)
    SELECT :licence, 'PERSON', 'Extra ' || n, 'extra ' || n FROM generate_series(1, :many) AS n
"""
MANY_WORDS = """
    INSERT INTO relation_word (licence_id, id, position, sort_key, words)
    SELECT licence_id, id, 1, 'extra ' || display_name_folded, ' extra' FROM relation
    WHERE display_name_folded LIKE 'extra %'
"""


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, EVERYBODY),
        ("CALLEWAERT", ["Bert Callewaert", "Noor Callewaert"]),
        ("dûp", ["Femke Dupont"]),
        ("lle", []),
        ("call ber", ["Bert Callewaert"]),
        ("call carla", []),
        ("bert@callewaert.example", ["Bert Callewaert"]),
        # Two words of an e-mail address, of which the first is met first: in the order of the words.
        ("exam", ["Bert Callewaert", "Carla Verlinden", "Dirk Schyns", "Femke Dupont"]),
        # By `bert`, by `bert@callewaert.example`: he is there once.
        ("bert", ["Bert Callewaert"]),
        ("%%%", []),
        ("___", []),
        ("\\\\\\", []),
        ("eva", []),
    ],
)
async def test_relations_are_found_by_the_beginnings_of_their_words(
    api: Api, search: str | None, found: list[str]
) -> None:
    page = (await api.gets("anna", LIST, search=search))["relations"]
    assert [it["displayName"] for it in page["nodes"]] == found
    assert page["totalCount"] == len(found)


@pytest.mark.parametrize("search", ["", "  ca ", "%"])
async def test_fewer_than_three_characters_are_told_so(api: Api, search: str) -> None:
    answer = await api.ask("anna", LIST, search=search)
    (error,) = answer["errors"]
    assert (error["message"], error["extensions"]["code"]) == (
        "Type at least 3 characters to search.",
        "INVALID",
    )
    assert (error["path"], error["extensions"]["argument"]) == (["relations"], ["search"])


async def test_a_client_finds_his_dossiers_by_the_names_in_them_alone(api: Api) -> None:
    for search, names in {
        "klanten": ["Test klantenportaal"],
        "verlinden": ["Test klantenportaal"],
        "carla@": [],
        "example": [],
        "schyns": [],
    }.items():
        page = (await api.gets("bert", DOSSIERS, search=search))["dossiers"]
        assert [it["name"] for it in page["nodes"]] == names
        assert page["totalCount"] == len(names)


async def test_staff_find_every_dossier_and_no_e_mail_address_in_it(api: Api) -> None:
    for search, names in {"schyns": ["Schyns"], "dirk": ["Schyns"], "dirk@schyns": []}.items():
        assert [
            it["name"] for it in (await api.gets("anna", DOSSIERS, search=search))["dossiers"]["nodes"]
        ] == names


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


@pytest.mark.parametrize("search", [None, "example"])
async def test_pages_come_from_the_end_too(api: Api, search: str | None) -> None:
    everybody = EVERYBODY[:4] if search else EVERYBODY
    seen: list[str] = []
    before, more = None, True
    while more:
        page = (await api.gets("anna", LIST, last=2, before=before, search=search))["relations"]
        assert page["pageInfo"]["hasNextPage"] is bool(seen)
        seen = [it["displayName"] for it in page["nodes"]] + seen
        before, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]
    assert seen == everybody


async def test_a_cursor_belongs_to_its_search(api: Api) -> None:
    by_name = (await api.gets("anna", LIST))["relations"]["edges"][0]["cursor"]
    found = (await api.gets("anna", LIST, search="call"))["relations"]["edges"][0]["cursor"]
    assert await api.codes("anna", LIST, search="call", after=found) == []
    for search, cursor in (("call", by_name), (None, found), ("exam", found)):
        assert await api.codes("anna", LIST, search=search, after=cursor) == ["INVALID"]
        assert await api.codes("anna", LIST, search=search, before=cursor) == ["INVALID"]


async def test_a_row_tells_where_it_stands_in_its_list(api: Api) -> None:
    licence_id = api.world.firm.licence_id
    lists = {
        "relations": (relations.BY_NAME, relations.by_ids, api.world.relations["dirk"].id, LIST, 2),
        "dossiers": (dossiers.BY_NAME, dossiers.by_ids, api.world.dossier.id, DOSSIERS, 1),
    }
    async with acting(api.ports, steward(licence_id, api.ports.clock.now())) as change:
        for name, (listed, by_ids, key, query, place) in lists.items():
            (row,) = await by_ids(change, [key])
            assert row is not None
            told = (await api.gets("anna", query))[name]["edges"][place]["cursor"]
            assert named_lists.cursor_of(change, listed, row) == told


@pytest.mark.parametrize(("many", "total"), [(10_000 - len(EVERYBODY), 10_000), (9_996, None)])
async def test_a_list_is_counted_up_to_ten_thousand(
    api: Api, database_url: str, many: int, total: int | None
) -> None:
    await asked(database_url, MANY, licence=api.world.firm.licence_id, many=many)
    page = (await api.gets("anna", LIST, search=None, first=1))["relations"]
    assert page["totalCount"] == total
    named = (await api.gets("anna", LIST, search="callewaert"))["relations"]
    assert named["totalCount"] == 2


@pytest.mark.parametrize(("many", "total"), [(10_000, 10_000), (10_001, None)])
async def test_what_is_found_is_counted_up_to_ten_thousand(
    api: Api, database_url: str, many: int, total: int | None
) -> None:
    await asked(database_url, MANY, licence=api.world.firm.licence_id, many=many)
    await asked(database_url, MANY_WORDS)
    page = (await api.gets("anna", LIST, search="extra", first=1))["relations"]
    assert page["totalCount"] == total
