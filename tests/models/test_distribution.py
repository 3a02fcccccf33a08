"""The tables over a Citus cluster: they obey its rules, and each is spread in its turn."""

import re
from typing import Final

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table

from models import distribution, metadata
from tests import databases
from tests.models.catalogue import OURS, asked, tables

# That a key names the licence first, and that there is no trigger, tests/models/test_house_rules.py asks.
UNIQUE: Final = f"""
    SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE i.indisunique AND {OURS} AND c.relname <> 'licence' AND NOT EXISTS (
      SELECT FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND a.attname = 'licence_id')
"""  # noqa: S608
# Where a firm's row refers to another, both columns of the licence stand at the same place.
REFERENCES: Final = f"""
    SELECT k.conname AS name FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class other ON other.oid = k.confrelid
    WHERE k.contype = 'f' AND {OURS} AND other.relname <> 'licence' AND NOT EXISTS (
      SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = here AND a.attname = 'licence_id'
      JOIN pg_attribute b ON b.attrelid = other.oid AND b.attnum = there AND b.attname = 'licence_id')
"""  # noqa: S608
# Citus changes no licence, and takes no constraint that waits for the end or that excludes.
REFUSED: Final = f"""
    SELECT k.conname AS name FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE {OURS} AND (k.condeferrable OR k.contype = 'x'
      OR k.confdeltype IN ('n', 'd') OR k.confupdtype IN ('n', 'd', 'c')
      OR (c.relname = 'licence' AND k.contype = 'f'))
"""  # noqa: S608
# A number of a sequence is one of a node.
NUMBERED: Final = f"""
    SELECT c.relname AS table, a.attname AS name FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND {OURS} AND a.attnum > 0
      AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval%')
"""  # noqa: S608
# A policy is sent to the node with the rows: it may ask no other table.
POLICIES: Final = """
    SELECT polname AS name FROM pg_policy
    WHERE concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) ~* 'select'
"""
INHERITED: Final = (
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
)
RULES: Final = {
    "unique": UNIQUE,
    "references": REFERENCES,
    "refused": REFUSED,
    "numbered": NUMBERED,
    "policies": POLICIES,
    "inherited": f"{INHERITED} WHERE c.relkind = 'r'",
}


@pytest.mark.parametrize("rule", RULES)
async def test_what_the_database_holds_obeys_the_rules_of_a_cluster(database_url: str, rule: str) -> None:
    assert await asked(database_url, RULES[rule]) == []


BROKEN: Final = {
    "unique": "CREATE UNIQUE INDEX broken ON letter (recipient)",
    "references": "ALTER TABLE letter ADD CONSTRAINT broken FOREIGN KEY (account_id, licence_id) "
    "REFERENCES account (licence_id, id)",
    "refused": "ALTER TABLE letter ADD CONSTRAINT broken_too FOREIGN KEY (licence_id, account_id) "
    "REFERENCES account (licence_id, id) ON DELETE SET NULL",
    "numbered": "ALTER TABLE letter ADD broken bigint GENERATED ALWAYS AS IDENTITY",
    "policies": "CREATE POLICY broken ON letter USING (EXISTS (SELECT FROM licence))",
    "inherited": "CREATE TABLE broken_table () INHERITS (letter)",
}


async def test_what_breaks_a_rule_is_found() -> None:
    async with databases.fresh() as url:
        for rule, broken in BROKEN.items():
            await asked(url, broken)
            assert "broken" in str(await asked(url, RULES[rule])), rule


def spread(statements: list[str]) -> dict[str, str]:
    """Return the call that spreads each table, in their order."""
    calls = [re.match(r"SELECT (create_\w+\('(\w+)'.*\)) WHERE NOT EXISTS", it) for it in statements]
    return {it[2]: it[1] for it in calls if it}


async def test_every_table_is_spread_by_the_licence_once_beside_the_others(database_url: str) -> None:
    found = spread(list(distribution.statements(shards=8)))
    assert sorted(found) == await tables(database_url)
    assert found.pop("licence") == "create_reference_table('licence')"
    first, *others = found
    assert found[first] == (
        f"create_distributed_table('{first}', 'licence_id', colocate_with => 'none', shard_count => 8)"
    )
    assert {found[it] for it in others} == {
        f"create_distributed_table('{it}', 'licence_id', colocate_with => '{first}')" for it in others
    }


def test_a_table_is_spread_after_those_that_it_refers_to() -> None:
    order = list(spread(list(distribution.statements())))
    for table in metadata.tables.values():
        for key in table.foreign_key_constraints:
            here, there = order.index(table.name), order.index(key.referred_table.name)
            assert key.use_alter or table is key.referred_table or there < here, key.name


def test_a_reference_that_closes_a_circle_is_away_meanwhile() -> None:
    said = list(distribution.statements())
    assert (
        said.count("ALTER TABLE relation DROP CONSTRAINT IF EXISTS relation_internal_manager_id_account") == 1
    )
    assert said[-1] == (
        "ALTER TABLE relation ADD CONSTRAINT relation_internal_manager_id_account "
        "FOREIGN KEY(licence_id, internal_manager_id) REFERENCES account (licence_id, id)"
    )
    calls = [at for at, it in enumerate(said) if "create_" in it]
    dropped = [at for at, it in enumerate(said) if "DROP CONSTRAINT" in it]
    added = [at for at, it in enumerate(said) if "ADD CONSTRAINT" in it]
    assert max(dropped) < min(calls) < max(calls) < min(added)
    assert len(dropped) == len(added)


def test_where_no_tables_refer_to_each_other_nothing_is_taken_away() -> None:
    known = MetaData()
    Table("licence", known, Column("id", Integer, primary_key=True))
    Table(
        "thing",
        known,
        Column("licence_id", Integer, primary_key=True),
        ForeignKeyConstraint(["licence_id"], ["licence.id"]),
    )
    assert [it for it in distribution.statements(known) if it.startswith("ALTER TABLE")] == []


async def test_the_changes_of_tables_are_understood_and_leave_them_as_they_were(database_url: str) -> None:
    """PostgreSQL carries out what is not Citus' own."""
    keys = "SELECT conname, pg_get_constraintdef(oid) AS said FROM pg_constraint ORDER BY conname"
    before = await asked(database_url, keys)
    for it in distribution.statements():
        if it.startswith("ALTER TABLE"):
            await asked(database_url, it)
    assert await asked(database_url, keys) == before
