"""Plans of the statements of lists, in a database whose statistics are the same in every run."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import product
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from demo.firm import Firm
from models import Document
from models.tables import AnySelect
from permissions.access import Plan
from resolvers import founding
from resolvers.database import Database
from resolvers.document_lists import OrderField
from resolvers.document_pages import count_statement, page_statement
from resolvers.document_sets import SETS, UPDATED, Scope, more_than_few, sizes_statement
from resolvers.document_shapes import Shape
from resolvers.fetching import driver_of, prepared
from resolvers.founding import Founded
from resolvers.paging import Cut
from tests import databases
from tests.resolvers.shelves import START

# So many that no index is dearer than its table.
DOCUMENTS: Final = {"ours": 6_000, "theirs": 2_000}
EACH: Final = 40
NEWEST: Final = Cut(descending=True)
NEXT: Final = Cut(descending=True, has_after=True)
BEYOND: Final = "beyond a cursor"
DATES: Final = frozenset({"updated_after", "updated_before"})
FILL: Final = (
    """
    INSERT INTO document (licence_id, description, description_folded, document_date, business_unit_id,
                          dossier_id, category_ids, created_at, created_by, updated_at, content_updated_at)
    SELECT CAST(:licence AS uuid), 'Akte nr. ' || n, 'akte nr. ' || n, '2026-01-01'::date + n % 300,
           (CAST(:units AS uuid[]))[1 + n % 2], (CAST(:dossiers AS uuid[]))[1 + n % CAST(:each AS int)],
           CASE WHEN n % 50 = 0 THEN '{}' ELSE ARRAY[(CAST(:categories AS uuid[]))[1 + n % 9]] END,
           moment, (CAST(:makers AS uuid[]))[1 + n % 3], moment, moment
    FROM (SELECT n, CAST(:start AS timestamptz) + n * interval '1 minute' AS moment
          FROM generate_series(1, CAST(:documents AS int)) AS n)
    """,
    """
    INSERT INTO document_category (licence_id, document_id, category_id)
    SELECT licence_id, id, unnest(category_ids) FROM document WHERE licence_id = :licence
    """,
    """
    INSERT INTO document_relation (licence_id, document_id, relation_id)
    SELECT licence_id, document.id, relation_id
    FROM document JOIN dossier_member USING (licence_id, dossier_id) WHERE licence_id = :licence
    """,
    """
    INSERT INTO document_version (licence_id, document_id, number, file_name, media_type, byte_size, sha256,
                                  object_key, scan_state, created_at)
    SELECT licence_id, id, 1, 'a.pdf', 'application/pdf', 1, sha256(CAST(CAST(id AS text) AS bytea)),
           CAST(id AS text), 'CLEAN', created_at FROM document WHERE licence_id = :licence
    """,
    """
    INSERT INTO document_grant (licence_id, document_id, principal_id, rights, source, granted_at)
    SELECT licence_id, id, unnest(CAST(:readers AS uuid[])), 1, 'MANUAL', created_at
    FROM document WHERE licence_id = :licence
    """,
    """
    INSERT INTO description_word (licence_id, document_id, word)
    SELECT licence_id, id, unnest(string_to_array(description_folded, ' ')) FROM document
    WHERE licence_id = :licence
    """,
    """
    INSERT INTO word_suffix (licence_id, suffix, word)
    SELECT licence_id, substr(word, at), word
    FROM (SELECT DISTINCT licence_id, word FROM description_word WHERE licence_id = :licence) AS known,
         generate_series(1, length(word)) AS at
    """,
)


async def fill(database: Database, url: str) -> UUID:
    """Write two firms, and let PostgreSQL count all of it; return the licence of the larger one."""
    licences: list[UUID] = []
    for name, documents in DOCUMENTS.items():
        # Which licence stands first changes how PostgreSQL sees the order of all rows.
        with patch.object(founding, "uuid4", return_value=UUID(int=1 + len(licences))):
            founded = await founding.found_licence(database, name, name)
        licences.append(founded.licence_id)
        async with database.change(founded.licence_id) as session:
            await fill_one(session, founded, documents)
    await databases.count_rows(url)
    return licences[0]


async def fill_one(session: AsyncSession, founded: Founded, documents: int) -> None:
    """Write one firm."""
    firm = Firm(session, founded, now=START, password_hash="-")
    relations = [await firm.relation(f"Relation {it}", "Shelf") for it in range(EACH)]
    dossiers = [await firm.dossier(f"Dossier {n}", {"MAIN_PERSON": it}) for n, it in enumerate(relations)]
    staff = [await firm.staff(f"{it}@{founded.licence_id}.example", "Of", f"Staff {it}") for it in range(3)]
    values: dict[str, Any] = {
        "licence": founded.licence_id,
        "documents": documents,
        "each": EACH,
        "start": START,
        "units": [founded.business_unit, founded.business_unit],
        "dossiers": [it.id for it in dossiers],
        "categories": sorted(founded.categories.values()),
        "makers": [it.id for it in staff],
        "readers": sorted([founded.users, founded.administrators, staff[0].id]),
    }
    connection = await session.connection()
    for statement in FILL:
        await connection.execute(text(statement), values)


def statements() -> Iterator[tuple[str, AnySelect]]:
    """Yield every kind of statement of lists of documents, by its name."""
    for order, (who, plan, for_staff) in product(OrderField, READERS):
        shape = Shape(plan, for_staff, None, frozenset(), order, NEWEST)
        yield f"{who}: all by {order.value}", page_statement(shape)
        yield f"{who}: all by {order.value}, {BEYOND}", page_statement(replace(shape, cut=NEXT))
    for name in FILTERS:
        filters = DATES if name == UPDATED else frozenset({name})
        begin = frozenset({name})
        yield f"how much meets {name}", sizes_statement(filters)
        for order in (OrderField.UPDATED_AT, OrderField.DESCRIPTION):
            walked = Shape(Plan.WALKING, for_staff=True, scope=None, filters=filters, order=order, cut=NEWEST)
            yield f"{name} by {order.value}, walked", page_statement(walked)
            begun = replace(walked, begin=begin, is_far=True)
            yield f"{name} by {order.value}, begun with", page_statement(begun)
        client = replace(BY_CHANGE, plan=Plan.FROM_GRANTS, for_staff=False, filters=filters, begin=begin)
        yield f"a client: {name}, with his grants", page_statement(client)
        yield f"a client: {name}, counted", count_statement(client)
    for scope in Scope:
        shape = replace(BY_CHANGE, scope=scope)
        yield f"of each {scope.value}", page_statement(shape)
        yield f"of each {scope.value}, counted", count_statement(shape)
        yield f"of each {scope.value}, which are many", more_than_few(scope)


BY_CHANGE: Final = Shape(
    Plan.WALKING, for_staff=True, scope=None, filters=frozenset(), order=OrderField.UPDATED_AT, cut=NEWEST
)
FILTERS: Final = (*SETS, UPDATED)
READERS: Final = (
    ("one who reads all", Plan.WALKING, True),
    ("staff with some", Plan.FROM_GRANTS, True),
    ("a client", Plan.FROM_GRANTS, False),
)


@asynccontextmanager
async def planning(database: Database, licence_id: UUID) -> AsyncGenerator[Any]:
    """Yield a connection of the application's role that plans for values that it does not know."""
    async with database.snapshot(licence_id) as connection:
        driver = driver_of(connection)
        yield driver


async def plan_of(driver: Any, statement: AnySelect) -> dict[str, Any]:
    """Return the plan of a statement, which is not carried out."""
    ready = prepared(statement)
    found = await driver.prepare(ready.text)
    values = ", ".join(["NULL"] * len(ready.bound))
    (said,) = await driver.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {found.get_name()}({values})")
    return said["Plan"]


# They hand rows on as they are.
SILENT: Final = {"Limit", "ProjectSet", "Result", "Subquery Scan"}


def lines_of(plan: dict[str, Any], depth: int = 1) -> Iterator[str]:
    """Yield a line for each step of a plan: what it is, and what it reads."""
    if plan["Node Type"] in SILENT and "Subplan Name" not in plan:
        for it in plan.get("Plans", ()):
            yield from lines_of(it, depth)
        return
    reads = plan.get("Index Name") or plan.get("Relation Name") or plan.get("CTE Name") or ""
    beside = plan["Subplan Name"] + ": " if "Subplan Name" in plan else ""
    yield f"{'  ' * depth}{beside}{plan['Node Type']} {reads}".rstrip()
    for it in plan.get("Plans", ()):
        yield from lines_of(it, depth + 1)


def sequential(plan: dict[str, Any]) -> set[str]:
    """Return the tables that a plan reads from end to end."""
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set[str]()
    return found.union(*(sequential(it) for it in plan.get("Plans", ())))


def passed_by(plan: dict[str, Any]) -> set[str]:
    """Return the indexes whose entries are compared with a cursor, instead of bounded by it."""
    read = "ROW(" in plan.get("Filter", "") and "Index Name" in plan
    found = {plan["Index Name"]} if read else set[str]()
    return found.union(*(passed_by(it) for it in plan.get("Plans", ())))


LARGE: Final = {
    Document.__tablename__,
    "document_category",
    "document_grant",
    "document_relation",
    "document_version",
    "description_word",
    "word_suffix",
}
