"""From one release to the next the tables only get more, so that both programs can use them meanwhile."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server import migrations
from tests import databases
from tests.models.catalogue import asked
from tests.upgrades.following import following
from tests.upgrades.holding_up import Said, held_up, recorded
from tests.upgrades.narrowing import narrowed
from tests.upgrades.tables import Tables, tables_of

# What the next release does after all, as the test tells it, and why; empty again after `make release`.
ACCEPTED: Final[Mapping[str, str]] = {}
LICENCE: Final = "INSERT INTO licence (slug, name) VALUES ('de-linde', 'De Linde')"


class Upgrade(NamedTuple):
    """The tables of the last release, those of this version, and what was said in between."""

    before: Tables
    after: Tables
    said: list[Said]

    def complaints(self) -> list[str]:
        """Return what is wrong with it."""
        held = [it for said in self.said for it in held_up(said, self.before.tables.keys())]
        return [*narrowed(self.before, self.after), *held]


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[AsyncConnection]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def upgraded() -> Upgrade:
    """Migrate a database of the last release with one licence, and return how."""
    async with databases.fresh("template1") as url:
        await migrations.upgrade(url, migrations.last_release())
        # Whatever is done for each licence is done once.
        await asked(url, LICENCE)
        async with connected(url) as connection:
            before = await tables_of(connection)
        with recorded() as said:
            await migrations.upgrade(url)
        async with connected(url) as connection:
            return Upgrade(before, await tables_of(connection), said)


async def test_the_last_release_serves_while_this_version_migrates() -> None:
    assert set((await upgraded()).complaints()) == set(ACCEPTED), (
        "Mend it, or accept it as CONTRIBUTING.md says."
    )


async def test_what_breaks_the_last_release_would_be_found() -> None:
    steps = (
        "ALTER TABLE letter DROP COLUMN sealed",
        "ALTER TABLE licence RENAME COLUMN name TO title",
        "ALTER TABLE document ADD COLUMN shelf text NOT NULL",
        "UPDATE licence SET slug = slug",
        "CREATE INDEX licence_title_index ON licence (id, title)",
    )
    with following("; ".join(f"op.execute({it!r})" for it in steps)):
        found = (await upgraded()).complaints()
    assert found == [
        "letter.sealed is gone",
        "licence.name is gone",
        "document.shelf must be given, and is not known",
        "licence.title must be given, and is not known",
        "UPDATE licence SET slug = slug: change some rows at a time, in an autocommit_block",
        "CREATE INDEX licence_title_index ON licence (id, title): make the index CONCURRENTLY",
    ]


async def test_what_is_done_by_itself_holds_nobody_up() -> None:
    alone = """with op.get_context().autocommit_block():
        op.execute("UPDATE licence SET slug = slug")
        op.create_index("licence_name_index", "licence", ["id", "name"], postgresql_concurrently=True)"""
    with following(alone):
        found = await upgraded()
    assert any(it.statement.startswith("UPDATE licence") for it in found.said)
    assert found.complaints() == []


KIND: Final = (
    "ALTER TABLE relation DROP CONSTRAINT relation_kind_check, ADD CONSTRAINT relation_kind_check CHECK"
)


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("DROP TABLE passkey", "passkey.created_at is gone"),
        ("ALTER TABLE dossier RENAME TO folder", "dossier.id is gone"),
        ("ALTER TABLE letter ALTER COLUMN attempts TYPE bigint", "letter.attempts is bigint, and was "),
        (
            "ALTER TABLE letter ALTER COLUMN attempts TYPE bigint",
            "letter is written anew, and shut meanwhile",
        ),
        ("ALTER TABLE relation ALTER COLUMN email SET NOT NULL", "relation.email may no longer be empty"),
        ("ALTER TABLE letter ALTER COLUMN attempts DROP DEFAULT", "letter.attempts has another default"),
        ("ALTER TABLE letter ADD COLUMN z uuid NOT NULL", "letter.z must be given, and is not known"),
        ("ALTER TABLE letter ADD COLUMN z uuid DEFAULT uuidv7()", "letter is written anew"),
        ("ALTER TABLE licence ADD CHECK (name <> 'x')", "licence: licence_name_check is a new condition"),
        (f"{KIND} (kind = 'PERSON')", "relation: relation_kind_check is a new condition"),
        (f"{KIND} (kind IN ('PERSON', 'STATE'))", "relation: relation_kind_check is a new condition"),
        ("ALTER TABLE dossier ADD UNIQUE (licence_id, name)", "is a new condition"),
        ("CREATE UNIQUE INDEX z ON dossier (licence_id, name)", "dossier: z is a new condition"),
        (
            "ALTER TABLE dossier ADD COLUMN z int DEFAULT 1, ADD UNIQUE (licence_id, z)",
            "dossier: dossier_licence_id_z_key is a new condition",
        ),
        ("ALTER TABLE dossier ADD COLUMN z int, ADD CHECK (z > 0 OR name <> '')", "dossier_check is a new"),
        ("DROP INDEX document_created_index", "document: document_created_index is gone"),
        (
            "DROP INDEX document_created_index; CREATE INDEX document_created_index ON document (id)",
            "document: document_created_index is another index",
        ),
        ("REVOKE UPDATE ON document FROM kluis_app", "kluis_app has lost UPDATE document"),
        ("DROP POLICY licence_wall ON document", "document has another wall"),
        ("CREATE POLICY z ON document AS RESTRICTIVE USING (true)", "document has another wall"),
        ("ALTER TABLE document NO FORCE ROW LEVEL SECURITY", "document has another wall"),
    ],
)
async def test_what_the_last_release_could_not_go_on_with_is_told(
    database_url: str, statement: str, complaint: str
) -> None:
    found = await complaints_of(database_url, statement)
    assert any(complaint in it for it in found), found


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (licence_id uuid NOT NULL, id uuid NOT NULL UNIQUE, CHECK (id <> licence_id))",
        "ALTER TABLE letter ADD COLUMN z uuid",
        "ALTER TABLE letter ADD COLUMN z int NOT NULL DEFAULT 1 CHECK (z > 0)",
        "ALTER TABLE letter ADD COLUMN z int, ADD UNIQUE (licence_id, z)",
        "ALTER TABLE letter ADD COLUMN z timestamptz NOT NULL DEFAULT now()",
        "ALTER TABLE relation ALTER COLUMN kind DROP NOT NULL",
        "ALTER TABLE relation DROP CONSTRAINT relation_kind_check",
        f"{KIND} (kind IN ('COMPANY', 'PERSON', 'STATE')) NOT VALID",
        "CREATE INDEX z ON dossier (licence_id, name)",
        "GRANT DELETE ON event_seal TO kluis_app",
    ],
)
async def test_what_the_last_release_does_not_notice_is_not_told(database_url: str, statement: str) -> None:
    assert await complaints_of(database_url, statement) == []


async def complaints_of(url: str, statements: str) -> list[str]:
    """Return what becomes narrower by statements, which are taken back."""
    async with connected(url) as connection:
        before = await tables_of(connection)
        for statement in statements.split("; "):
            await connection.execute(text(statement))
        return list(narrowed(before, await tables_of(connection)))


@pytest.mark.parametrize(
    ("statement", "instead"),
    [
        ("CREATE INDEX z ON document (licence_id, id)", "CONCURRENTLY"),
        ('CREATE UNIQUE INDEX "z" ON public."document" (id)', "CONCURRENTLY"),
        ("REINDEX TABLE document", "CONCURRENTLY"),
        ("ALTER TABLE document ADD CONSTRAINT z CHECK (size > 0)", "NOT VALID"),
        ("ALTER TABLE document ADD CHECK (size > 0)", "NOT VALID"),
        ("ALTER TABLE document ADD CONSTRAINT z FOREIGN KEY (a) REFERENCES b (c)", "NOT VALID"),
        ("ALTER TABLE document ADD COLUMN z int CHECK (z > 0)", "NOT VALID"),
        ("ALTER TABLE document ADD CONSTRAINT z UNIQUE (licence_id, name)", "CONCURRENTLY"),
        ("ALTER TABLE document ALTER COLUMN z SET NOT NULL", "the release after"),
        ("LOCK TABLE document", "do without"),
        ("TRUNCATE document", "do without"),
        ("UPDATE document SET z = 1", "some rows at a time"),
        ("DELETE FROM document", "some rows at a time"),
        ("ALTER TABLE document VALIDATE CONSTRAINT z", "autocommit_block"),
        ("DO $$ BEGIN DELETE FROM document; END $$", "can be read"),
    ],
)
def test_a_statement_that_holds_others_up_is_told(statement: str, instead: str) -> None:
    (found,) = held_up(Said(statement, is_alone=False), {"document"})
    assert instead in found


@pytest.mark.parametrize(
    ("statement", "is_alone"),
    [
        ("CREATE INDEX CONCURRENTLY z ON document (licence_id, id)", True),
        ("CREATE INDEX z ON document_shelf (licence_id, id)", False),
        (
            "CREATE TABLE document_shelf (id uuid, CHECK (id IS NOT NULL), FOREIGN KEY (id) REFERENCES x)",
            False,
        ),
        ("ALTER TABLE document ADD CONSTRAINT z CHECK (size > 0) NOT VALID", False),
        ("ALTER TABLE document ADD CONSTRAINT z UNIQUE USING INDEX z", False),
        ("ALTER TABLE document VALIDATE CONSTRAINT z", True),
        ("UPDATE document SET z = 1 WHERE id = ANY ($1)", True),
        ("ALTER TABLE document ADD COLUMN z int DEFAULT 1 NOT NULL", False),
        ("INSERT INTO document_shelf SELECT id FROM document", False),
    ],
)
def test_a_statement_that_holds_nobody_up_is_not_told(statement: str, *, is_alone: bool) -> None:
    assert list(held_up(Said(statement, is_alone), {"document"})) == []
