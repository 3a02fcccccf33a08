"""How PostgreSQL finds lists of people and what is searched in them, whatever is asked: by an index."""

from collections.abc import AsyncGenerator, Iterator
from itertools import product
from typing import Any, Final

import pytest
import pytest_asyncio
from sqlalchemy import select

from models import Relation
from models.tables import LICENCE, AnySelect
from resolvers import accounts, dossiers, relations, word_searches
from resolvers.database import Database
from resolvers.fetching import driver_of, prepared
from resolvers.founding import found_licence
from resolvers.named_lists import NamedList, cut_by_name, cut_by_words
from resolvers.paging import Cut
from tests import databases
from tests.models.catalogue import asked

MANY: Final = 4_000
# Relations with two words each, an account and a dossier for each, in two firms.
WRITE: Final = (
    """
    INSERT INTO relation (licence_id, kind, display_name, display_name_folded)
    SELECT l.id, 'PERSON', 'Anna ' || n, 'anna ' || n FROM licence l, generate_series(1, :many) AS n
    """,
    """
    INSERT INTO principal (licence_id, kind)
    SELECT l.id, 'ACCOUNT' FROM licence l, generate_series(1, :many) AS n
    """,
    """
    INSERT INTO account (
        licence_id, id, role, username, username_folded, display_name, display_name_folded, language
    )
    SELECT licence_id, id, 'CLIENT', id, id, 'Anna ' || id, 'anna ' || id, 'NL' FROM principal
    WHERE kind = 'ACCOUNT'
    """,
    """
    INSERT INTO dossier (licence_id, name, name_folded)
    SELECT l.id, 'Anna ' || n, 'anna ' || n FROM licence l, generate_series(1, :many) AS n
    """,
    """
    INSERT INTO dossier_member (licence_id, dossier_id, relation_id, role)
    SELECT d.licence_id, d.id, r.id, 'MAIN_PERSON' FROM dossier d
    JOIN relation r ON r.licence_id = d.licence_id AND r.display_name = d.name
    """,
    *(
        f"""
        INSERT INTO {kind}_word (licence_id, id, position, sort_key, words)
        SELECT t.licence_id, t.id, w.ordinality, w.word || ' ' || {name}, ' ' || {name}
        FROM {kind} t, string_to_table({name}, ' ') WITH ORDINALITY AS w (word, ordinality)
        """  # noqa: S608
        for kind, name in (
            ("relation", "display_name_folded"),
            ("account", "display_name_folded"),
            ("dossier", "name_folded"),
        )
    ),
)
LARGE: Final = {"relation", "account", "dossier", "dossier_member"} | {
    f"{kind}_word" for kind in ("relation", "account", "dossier")
}
LISTS: Final[dict[str, tuple[NamedList, str]]] = {
    "relations": (relations.BY_NAME, "relation"),
    "dossiers": (dossiers.BY_NAME, "dossier"),
    "accounts": (accounts.BY_NAME, "account"),
}
CUTS: Final = [Cut(*flags) for flags in product([False], *[[False, True]] * 3)]
over_one_database = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database() -> AsyncGenerator[Database]:
    """Two firms with some thousands of people, and what PostgreSQL knows of them."""
    async with databases.fresh() as url:
        opened = Database(url, databases.PATIENT)
        for slug in ("de-linde", "het-ander"):
            await found_licence(opened, slug, slug)
        for statement in WRITE:
            await asked(url, statement, **({"many": MANY} if ":many" in statement else {}))
        await databases.count_rows(url)
        yield opened
        await opened.close()


async def plan_of(database: Database, statement: AnySelect) -> list[dict[str, Any]]:
    """Return the nodes of the plan for values that are not known, as the application's own role."""
    licence_id = (await database.licence_ids())[0]
    async with database.snapshot(licence_id) as connection:
        driver = driver_of(connection)
        assert await driver.fetchval("SELECT current_user") == "kluis_app"
        ready = await driver.prepare(prepared(statement).text)
        values = ", ".join(["NULL"] * len(ready.get_parameters()))
        (found,) = await driver.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {ready.get_name()}({values})")
        return list(nodes(found["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read_in_order(found: list[dict[str, Any]], index: str) -> dict[str, Any]:
    """Return the node that reads an index, of a plan that sorts nothing and reads no large table whole."""
    assert [it for it in found if it["Node Type"] in {"Sort", "Incremental Sort", "Gather"}] == []
    assert whole_tables(found) == []
    (node,) = (it for it in found if it.get("Index Name") == index)
    return node


def whole_tables(found: list[dict[str, Any]]) -> list[str]:
    return [
        it["Relation Name"] for it in found if "Seq Scan" in it["Node Type"] and it["Relation Name"] in LARGE
    ]


@over_one_database
@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("name", LISTS)
async def test_a_search_reads_the_range_of_a_word_in_the_order_of_one_index(
    database: Database, name: str, cut: Cut
) -> None:
    listed, kind = LISTS[name]
    assert listed.words
    found = await plan_of(database, cut_by_words(listed, listed.words, cut))
    node = read_in_order(found, f"{kind}_word_sought_index")
    assert node["Node Type"] == "Index Only Scan"
    assert node["Scan Direction"] == ("Backward" if cut.backwards else "Forward")
    for bound in ("licence_id = ", "sort_key >= ", "sort_key <= "):
        assert bound in node["Index Cond"]
    # Each thing that is found is looked up by its key: LIMIT, beside that of the page, leaves no other way.
    assert [it["Node Type"] for it in found].count("Limit") == 2
    assert [it["Index Cond"] for it in found if it.get("Index Name") == f"{kind}_key"] == [
        f"((licence_id = $1) AND (id = {kind}_word.id))"
    ]


@over_one_database
@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_read_in_the_order_of_its_index(database: Database, name: str, cut: Cut) -> None:
    listed, kind = LISTS[name]
    node = read_in_order(await plan_of(database, cut_by_name(listed, cut)), f"{kind}_name_index")
    assert node["Scan Direction"] == ("Backward" if cut.backwards else "Forward")
    assert (", id) > ROW(" in node["Index Cond"]) is cut.has_after
    assert (", id) < ROW(" in node["Index Cond"]) is cut.has_before


@over_one_database
@pytest.mark.parametrize("name", LISTS)
async def test_what_a_search_finds_is_counted_in_the_index_alone(database: Database, name: str) -> None:
    listed, kind = LISTS[name]
    assert listed.words
    found = await plan_of(database, word_searches.count_statement(listed.words))
    assert [it["Index Name"] for it in found if "Index Name" in it] == [f"{kind}_word_sought_index"]
    assert whole_tables(found) == []


@over_one_database
@pytest.mark.parametrize("searching", [True, False])
async def test_a_clients_dossiers_are_found_from_those_that_he_is_in(
    database: Database,
    searching: bool,  # noqa: FBT001  pytest gives it by name
) -> None:
    listed = dossiers.OWN_BY_NAME
    assert listed.words
    statements = [cut_by_name(listed, cut) for cut in CUTS]
    if searching:
        statements = [cut_by_words(listed, listed.words, cut) for cut in CUTS]
        statements.append(word_searches.count_statement(listed.words))
    for statement in statements:
        found = await plan_of(database, statement)
        assert whole_tables(found) == []
        read = [it["Index Name"] for it in found if "Index Name" in it]
        assert "dossier_member_relation_index" in read
        assert {"dossier_name_index", "dossier_word_sought_index"}.isdisjoint(read)


@over_one_database
async def test_a_table_that_is_read_whole_would_be_seen(database: Database) -> None:
    everybody = select(Relation.display_name).where(Relation.licence_id == LICENCE)
    assert whole_tables(await plan_of(database, everybody)) == ["relation"]
