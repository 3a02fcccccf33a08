"""The migrations: they make the tables of the models, and take all of them away again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from core.folding import fold
from models import metadata
from server import migrations
from tests import databases
from tests.models.catalogue import asked, tables

FOLDED_NAMES = "SELECT display_name, display_name_folded FROM account WHERE licence_id = :licence"
CONTENT = "SELECT updated_by, content_updated_by, content_revision FROM document WHERE licence_id = :licence"
LEFT_BEHIND = """
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT t.typname FROM pg_type t
    WHERE t.typnamespace = 'public'::regnamespace AND t.typname NOT LIKE '%alembic_version'
    UNION ALL SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL SELECT y.polname FROM pg_policy y
"""


@pytest.fixture
async def migrated_url() -> AsyncGenerator[str]:
    """A database that a test may take apart."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture
async def empty_url() -> AsyncGenerator[str]:
    async with databases.fresh("template1") as url:
        yield url


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


async def compared(url: str) -> list[Any]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    return found


async def test_the_migrations_make_the_tables_of_the_models(migrated_url: str) -> None:
    assert await compared(migrated_url) == []
    assert await tables(migrated_url) == sorted(metadata.tables)


async def test_a_difference_would_be_found(migrated_url: str) -> None:
    await asked(migrated_url, "ALTER TABLE letter DROP COLUMN sealed")
    assert [it[0] for it in await compared(migrated_url)] == ["add_column"]


async def test_nothing_is_left_behind_on_the_way_down(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "base")
    assert await asked(migrated_url, LEFT_BEHIND) == []


async def test_the_way_up_goes_on_from_the_way_down(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "base")
    await migrations.upgrade(migrated_url)
    assert await compared(migrated_url) == []


# What the steps above the first two added.
LATER: Final = {
    "account_word",
    "description_word",
    "dossier_word",
    "event_chain",
    "event_seal",
    "feed",
    "feed_entry",
    "holding_word",
    "idempotency_key",
    "known_network",
    "passkey",
    "preview",
    "relation_word",
    "word_suffix",
}


async def test_one_step_down_takes_the_wall_away_and_leaves_the_tables(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "0001")
    assert await asked(migrated_url, "SELECT polname FROM pg_policy") == []
    assert await tables(migrated_url) == sorted(metadata.tables.keys() - LATER)
    granted = "SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'kluis_app'"
    assert await asked(migrated_url, granted) == []


async def test_migrating_twice_is_migrating_once(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await migrations.upgrade(empty_url)
    assert await compared(empty_url) == []


async def test_alembic_alone_has_no_database_to_work_on() -> None:
    config = migrations.Config(migrations.ROOT / "alembic.ini")
    with pytest.raises(SystemExit, match=r"run.py migrate"):
        migrations.command.upgrade(config, "head")


# A firm of the days before the third migration, written by the owner, whom the wall stops as well.
BEFORE_NAMES = """
    SET kluis.licence = '{licence}';
    INSERT INTO licence (id, slug, name) VALUES ('{licence}', '{slug}', '{slug}');
    INSERT INTO principal (licence_id, id, kind)
    SELECT '{licence}', key::uuid, 'ACCOUNT' FROM unnest({keys}) AS who (key);
    INSERT INTO account (licence_id, id, role, username, username_folded, display_name, language)
    SELECT '{licence}', key::uuid, 'STAFF', name, name, name, 'NL'
    FROM unnest({keys}, {names}) AS who (key, name);
    INSERT INTO document (
        licence_id, description, description_folded, created_at, updated_at, content_updated_at,
        updated_by, revision
    )
    SELECT '{licence}', 'x', 'x', now(), now(), now(), ({keys})[1]::uuid, 7
"""
NAMES = ["Éloïse  D'Hooghe", "STRASSE Weiß", "", "Øyvind Łoś", "anna"]


async def write_firm(url: str, slug: str, names: list[str]) -> UUID:
    """Write a licence with an account for each name, and a document that the first has changed."""
    licence = uuid4()
    keys = ", ".join(f"'{uuid4()}'" for _ in names)
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    values = {"licence": licence, "slug": slug, "keys": f"array[{keys}]", "names": f"array[{quoted}]"}
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in BEFORE_NAMES.format(**values).split(";"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
    return licence


# What owns the tables from now on is no superuser, whom no wall would hold.
GIVE_AWAY = """
    DO $$ DECLARE it text; BEGIN
        EXECUTE format('ALTER DATABASE %I OWNER TO {role}', current_database());
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET role = {role}', session_user, current_database());
        FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER TABLE %I OWNER TO {role}', it);
        END LOOP;
    END $$
"""
TAKE_BACK = """
    DO $$ BEGIN
        SET LOCAL ROLE NONE;
        EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET role', session_user, current_database());
    END $$
"""


@asynccontextmanager
async def owned_by_an_ordinary_role(url: str) -> AsyncGenerator[None]:
    """Let whoever connects meanwhile be the owner of the tables, and nothing more."""
    role = f"owner_{uuid4().hex}"
    await asked(url, f"CREATE ROLE {role} NOLOGIN")
    await asked(url, GIVE_AWAY.format(role=role))
    yield
    await asked(url, TAKE_BACK)
    await asked(url, f"REASSIGN OWNED BY {role} TO session_user")
    await asked(url, f"DROP ROLE {role}")


async def test_accounts_that_were_there_before_are_listed_by_their_folded_names(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "0002")
    firms = {
        await write_firm(migrated_url, "de-linde", NAMES): NAMES,
        await write_firm(migrated_url, "het-ander", ["Ève"]): ["Ève"],
    }
    async with owned_by_an_ordinary_role(migrated_url):
        await migrations.upgrade(migrated_url)
    for licence, names in firms.items():
        found = await asked(migrated_url, FOLDED_NAMES, licence=licence)
        assert {it["display_name"]: it["display_name_folded"] for it in found} == {
            name: fold(name) for name in names
        }
    assert fold("STRASSE Weiß") == "strasse weiss"


async def test_of_documents_that_were_there_before_the_last_change_is_the_one_that_is_shown(
    migrated_url: str,
) -> None:
    await migrations.downgrade(migrated_url, "0002")
    firms = [await write_firm(migrated_url, slug, ["Ève"]) for slug in ("de-linde", "het-ander")]
    async with owned_by_an_ordinary_role(migrated_url):
        await migrations.upgrade(migrated_url)
    for licence in firms:
        (found,) = await asked(migrated_url, CONTENT, licence=licence)
        assert found["content_updated_by"] == found["updated_by"] is not None
        assert found["content_revision"] == 7


A_FILE = """
    SET kluis.licence = '{licence}';
    INSERT INTO document_version (
        licence_id, document_id, number, file_name, media_type, byte_size, sha256, object_key, scan_state,
        created_at
    )
    SELECT licence_id, id, 1, 'a.txt', 'text/plain', 1, decode(repeat('00', 32), 'hex'), 'a key', 'CLEAN',
        now()
    FROM document WHERE licence_id = '{licence}'
"""


async def test_files_from_before_they_were_sealed_are_refused_and_nothing_is_changed(
    migrated_url: str,
) -> None:
    await migrations.downgrade(migrated_url, "0002")
    licences = [await write_firm(migrated_url, slug, ["Ève"]) for slug in ("de-linde", "het-ander")]
    engine = create_async_engine(migrated_url)
    async with engine.begin() as connection:
        for statement in A_FILE.format(licence=licences[1]).split(";"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
    async with owned_by_an_ordinary_role(migrated_url):
        with pytest.raises(ValueError, match="begin with an empty home"):
            await migrations.upgrade(migrated_url)
    # The steps are one transaction.
    assert "preview" not in await tables(migrated_url)
    assert "idempotency_key" not in await tables(migrated_url)


# A firm of the days before the words: as its rows were written then.
BEFORE_WORDS = """
    SET kluis.licence = '{licence}';
    INSERT INTO relation (
        licence_id, id, kind, display_name, display_name_folded, given_name, email, national_register_number
    ) VALUES ('{licence}', '{relation}', 'PERSON', 'Éva D''Hooghe', 'eva d''hooghe', 'Éva', 'eva@x.example',
        '85.07.30-033.28');
    INSERT INTO relation (licence_id, id, kind, display_name, display_name_folded, deleted_at)
    VALUES ('{licence}', '{deleted}', 'COMPANY', 'Weg', 'weg', now());
    INSERT INTO dossier (licence_id, id, name, name_folded)
    VALUES ('{licence}', '{dossier}', 'Plan', 'plan');
    INSERT INTO dossier_member (licence_id, dossier_id, relation_id, role)
    VALUES ('{licence}', '{dossier}', '{relation}', 'MAIN_PERSON'),
        ('{licence}', '{dossier}', '{deleted}', 'OTHER');
    INSERT INTO principal (licence_id, id, kind) VALUES ('{licence}', '{account}', 'ACCOUNT');
    INSERT INTO account (
        licence_id, id, role, username, username_folded, display_name, display_name_folded, language
    ) VALUES ('{licence}', '{account}', 'STAFF', 'anna@x.example', 'anna@x.example', 'Anna', 'anna', 'NL')
"""
WORDS: Final = """
    SELECT id, split_part(sort_key, ' ', 1) AS word, sort_key, words, position FROM {kind}_word
    WHERE licence_id = :licence ORDER BY id, position
"""
EXPECTED: Final = {
    "relation": ["85073003328", "d", "d'hooghe", "eva", "eva@x.example", "example", "hooghe", "x"],
    "dossier": ["d", "d'hooghe", "eva", "hooghe", "plan"],
    "account": ["anna", "anna@x.example", "example", "x"],
}


async def test_people_and_dossiers_that_were_there_before_are_found_by_their_words(migrated_url: str) -> None:
    await migrations.downgrade(migrated_url, "0011")
    firms = {slug: await write_bare_firm(migrated_url, slug) for slug in ("de-linde", "het-ander")}
    async with owned_by_an_ordinary_role(migrated_url):
        await migrations.upgrade(migrated_url)
    for keys in firms.values():
        for kind, words in EXPECTED.items():
            found = await asked(migrated_url, WORDS.format(kind=kind), licence=keys["licence"])
            assert {str(it["id"]) for it in found} == {keys[kind]}
            assert [it["word"] for it in found] == words
            for it in found:
                assert it["words"] == "".join(f" {word}" for word in words)
                assert it["words"][it["position"] - 1 :].startswith(f" {it['word']}")
    (name, *_) = await asked(migrated_url, WORDS.format(kind="dossier"), licence=firms["de-linde"]["licence"])
    assert name["sort_key"] == "d plan"


async def write_bare_firm(url: str, slug: str) -> dict[str, str]:
    """Write a licence with one of each that is found by words; return their keys."""
    keys = {name: str(uuid4()) for name in ("licence", "relation", "deleted", "dossier", "account")}
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            f"INSERT INTO licence (id, slug, name) VALUES ('{keys['licence']}', '{slug}', '{slug}')"  # noqa: S608
        )
        for statement in BEFORE_WORDS.format(**keys).split(";"):
            await connection.exec_driver_sql(statement)
    await engine.dispose()
    return keys
