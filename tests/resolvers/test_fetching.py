"""Fetching: a statement of SQLAlchemy's, asked of the driver itself, gives what SQLAlchemy would give."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    ARRAY,
    DateTime,
    Float,
    Integer,
    Numeric,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from core.errors import TookTooLong
from models import DossierMember, Licence
from models.tables import AnySelect
from resolvers.database import Database
from resolvers.fetching import Prepared, fetched, prepared, reads
from resolvers.founding import Founded, found_licence

KEYS = [uuid4(), uuid4()]
NOON = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
ALL_KINDS = select(
    bindparam("key", type_=Uuid()).label("key"),
    bindparam("keys", type_=ARRAY(Uuid())).label("keys"),
    bindparam("moment", type_=DateTime(timezone=True)).label("moment"),
    bindparam("word", type_=Text()).label("word"),
    bindparam("number", type_=Integer()).label("number"),
    cast(bindparam("details", type_=JSONB()), JSONB()).label("details"),
    # The driver gives a decimal, and the type says that it is read as a float.
    cast(literal("1.5"), Numeric(asdecimal=False)).label("part"),
    cast(literal("1.5"), Numeric()).label("exact"),
    cast(literal("1.5"), Float()).label("rough"),
    literal("said once").label("fixed"),
    null().label("nothing"),
)
VALUES: dict[str, Any] = {
    "key": KEYS[0],
    "keys": KEYS,
    "moment": NOON,
    "word": "é",
    "number": 7,
    "details": {"a": [1, None]},
}


@pytest.fixture
async def founded(database: Database) -> Founded:
    return await found_licence(database, "de-linde", "Kantoor De Linde")


async def test_values_of_all_kinds_come_back_as_sqlalchemy_gives_them(
    database: Database, founded: Founded
) -> None:
    async with database.snapshot(founded.licence_id) as connection:
        (row,) = await fetched(connection, ALL_KINDS, VALUES)
        expected = (await connection.execute(ALL_KINDS, VALUES)).one()
    assert tuple(row) == tuple(expected)
    assert [type(it) for it in row] == [type(it) for it in expected]
    assert type(row.part) is float
    assert (row.word, row.fixed, row.nothing, row.details) == ("é", "said once", None, {"a": [1, None]})


async def test_columns_are_attributes_and_rows_can_be_taken_apart(
    database: Database, founded: Founded
) -> None:
    async with database.snapshot(founded.licence_id) as connection:
        (row,) = await reads(connection)(select(Licence.id, Licence.slug), {})
    key, slug = row
    assert (row.id, row.slug, row[1]) == (key, slug, "de-linde")
    assert isinstance(key, UUID)


async def test_a_column_without_a_name_has_its_place(database: Database, founded: Founded) -> None:
    async with database.snapshot(founded.licence_id) as connection:
        (row,) = await fetched(connection, select(func.count(), func.count()).select_from(Licence), {})
    assert tuple(row) == (1, 1)


async def test_values_that_a_statement_does_not_name_are_left_out(
    database: Database, founded: Founded
) -> None:
    async with database.snapshot(founded.licence_id) as connection:
        found = await fetched(connection, select(Licence.slug), {"principals": [], "now": NOON})
    assert [it.slug for it in found] == ["de-linde"]


async def test_a_value_that_is_missing_is_an_error(database: Database, founded: Founded) -> None:
    statement = select(Licence.slug).where(Licence.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    async with database.snapshot(founded.licence_id) as connection:
        with pytest.raises(KeyError, match="ids"):
            await fetched(connection, statement, {})


def test_a_list_of_values_is_written_as_an_array() -> None:
    """IN would be written anew for each number of values."""
    assert prepared_text(DossierMember.role == any_(array(["PARTNER", "CHILD"]))).endswith(
        "= ANY (ARRAY[$1::VARCHAR, $2::VARCHAR])"
    )
    with pytest.raises(AssertionError):
        prepared_text(DossierMember.role.in_(["PARTNER", "CHILD"]))


def prepared_text(condition: Any) -> str:
    statement: AnySelect = select(DossierMember.role).where(condition)
    return Prepared(statement).text


def test_a_statement_is_compiled_once() -> None:
    statement: AnySelect = select(Licence.slug)
    assert prepared(statement) is prepared(statement)


async def test_a_statement_that_the_database_gives_up_took_too_long(
    database: Database, founded: Founded
) -> None:
    slow: AnySelect = select(func.pg_sleep(30).label("slept"))
    async with database.snapshot(founded.licence_id) as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 20"))
        with pytest.raises(TookTooLong):
            await fetched(connection, slow, {})
