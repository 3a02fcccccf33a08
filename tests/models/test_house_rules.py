"""The house rules of the tables, asked of PostgreSQL's own catalogue."""

import pytest

from models.tables import one_of
from tests.models.catalogue import OURS, TABLES, asked, tables

# The first column of every key, by table, constraint and kind (p: primary, u: unique, f: foreign).
KEYS = f"""
    SELECT c.relname AS table, k.conname AS key, k.contype::text AS kind, a.attname AS first,
           other.relname AS refers_to, there.attname AS first_there
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    LEFT JOIN pg_class other ON other.oid = k.confrelid
    LEFT JOIN pg_attribute there ON there.attrelid = other.oid AND there.attnum = k.confkey[1]
    WHERE k.contype IN ('p', 'u', 'f') AND {OURS}
"""  # noqa: S608
INDEXES = f"""
    SELECT c.relname AS table, i.indexrelid::regclass::text AS index, a.attname AS first
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE {OURS}
"""  # noqa: S608
POLICIES = "SELECT polrelid::regclass::text AS table, polname AS name, polcmd::text AS command FROM pg_policy"
ROLE = "SELECT * FROM pg_roles WHERE rolname = 'kluis_app'"
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
MAY = """
    SELECT c.relname AS table, verb
    FROM pg_class c, unnest(
      ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
    ) AS verb
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND has_table_privilege('kluis_app', c.oid, verb)
"""
EXTENSIONS = "SELECT extname FROM pg_extension"


async def test_the_licence_leads_every_key(database_url: str) -> None:
    keys = [it for it in await asked(database_url, KEYS) if it["table"] != "licence"]
    assert len(keys) > 80
    assert [it for it in keys if it["first"] != "licence_id"] == []


async def test_every_reference_names_the_licence_of_the_other_row(database_url: str) -> None:
    keys = [it for it in await asked(database_url, KEYS) if it["kind"] == "f"]
    assert {(it["refers_to"] == "licence", it["first_there"]) for it in keys} == {
        (True, "id"),
        (False, "licence_id"),
    }


async def test_the_licence_leads_every_index(database_url: str) -> None:
    indexes = [it for it in await asked(database_url, INDEXES) if it["table"] != "licence"]
    assert len(indexes) > 50
    assert [it for it in indexes if it["first"] != "licence_id"] == []


async def test_every_table_has_a_primary_key_and_belongs_to_a_licence(database_url: str) -> None:
    keys = await asked(database_url, KEYS)
    assert sorted(it["table"] for it in keys if it["kind"] == "p") == await tables(database_url)
    to_licence = {it["table"] for it in keys if it["refers_to"] == "licence"}
    without = set(await tables(database_url)) - to_licence
    # What happened and what was counted outlives what it was about; their licence is held by the wall.
    assert without <= {"licence", "event", "throttle"}


async def test_a_wall_stands_around_every_table_and_holds_for_its_owner(database_url: str) -> None:
    found = await asked(database_url, TABLES)
    assert [it["relname"] for it in found if not it["relrowsecurity"]] == []
    assert [it["relname"] for it in found if not it["relforcerowsecurity"]] == []


async def test_every_table_has_the_policy_and_licences_can_be_listed(database_url: str) -> None:
    found = await asked(database_url, POLICIES)
    walls = sorted(it["table"] for it in found if (it["name"], it["command"]) == ("licence_wall", "*"))
    assert walls == await tables(database_url)
    others = [(it["table"], it["command"]) for it in found if it["name"] != "licence_wall"]
    kept = [(table, command) for table in ("event", "event_seal") for command in "wd"]
    due = [
        (table, "r")
        for table in ("document_version", "event", "event_chain", "event_seal", "feed_entry", "letter")
    ]
    assert sorted(others) == sorted([*kept, *due, ("licence", "r")])


async def test_the_owner_of_the_database_alone_sees_where_something_is_due(database_url: str) -> None:
    of = "SELECT DISTINCT polroles::regrole[]::text AS of FROM pg_policy WHERE polname = 'due'"
    assert await asked(database_url, of) == [{"of": "{pg_database_owner}"}]


async def test_the_application_cannot_pass_by_the_wall(database_url: str) -> None:
    (role,) = await asked(database_url, ROLE)
    allowed = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication", "rolcanlogin")
    assert [it for it in allowed if role[it]] == []


async def test_the_application_owns_nothing_and_is_nobody_else(database_url: str) -> None:
    owned = "SELECT relname FROM pg_class WHERE relowner = 'kluis_app'::regrole"
    assert await asked(database_url, owned) == []
    member = "SELECT roleid::regrole FROM pg_auth_members WHERE member = 'kluis_app'::regrole"
    assert await asked(database_url, member) == []


async def test_the_application_may_add_events_and_change_none(database_url: str) -> None:
    may = {(it["table"], it["verb"]) for it in await asked(database_url, MAY)}
    for kept in ("event", "event_seal"):
        assert {verb for table, verb in may if table == kept} == {"SELECT", "INSERT"}
    assert {verb for table, verb in may if table == "licence"} == {"SELECT", "INSERT", "UPDATE"}
    assert {table for table, _ in may} == set(await tables(database_url))
    others = {table for table, _ in may} - {"event", "event_seal", "licence"}
    everyday = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {(table, verb) for table, verb in may if table in others} == {
        (table, verb) for table in others for verb in everyday
    }


async def test_there_is_no_trigger(database_url: str) -> None:
    assert await asked(database_url, TRIGGERS) == []


async def test_there_is_no_extension(database_url: str) -> None:
    assert await asked(database_url, EXTENSIONS) == [{"extname": "plpgsql"}]


@pytest.mark.parametrize(("values", "text"), [(("A",), "kind IN ('A')"), (("A", "B"), "kind IN ('A', 'B')")])
def test_one_of_lists_the_words(values: tuple[str, ...], text: str) -> None:
    assert str(one_of("kind", *values).sqltext) == text
