"""What all tables share: naming, column kinds, and the licence at the head of every key.

`licence_id` leads every primary key, unique constraint, foreign key and list index, so that the database
itself refuses a reference from one firm to another, and the tables can be distributed over nodes by licence.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Row,
    Select,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_unique",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_1_name)s_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

Created = Annotated[datetime, mapped_column(server_default=func.now())]
NewId = Annotated[UUID, mapped_column(primary_key=True, server_default=func.uuidv7())]
LicenceKey = Annotated[UUID, mapped_column(ForeignKey("licence.id"), primary_key=True)]
Small = Annotated[int, mapped_column(SmallInteger)]
Details = Annotated[dict[str, Any], mapped_column(JSONB, server_default=text("'{}'"))]


AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of a statement whose columns the type checker does not know."""
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A SELECT, likewise."""
Rows: TypeAlias = Callable[[AnySelect, Mapping[str, Any]], Awaitable[Sequence[AnyRow]]]
"""What finds the rows of a SELECT with these values."""
LICENCE = bindparam("licence", type_=Uuid())
"""The viewer's licence, which every statement names."""


class Entity(DeclarativeBase):
    """A row that belongs to a licence."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text(), datetime: DateTime(timezone=True)}


class Keyed(Entity):
    """A row with an id of its own within its licence."""

    __abstract__ = True

    licence_id: Mapped[LicenceKey] = mapped_column(sort_order=-2)
    id: Mapped[NewId] = mapped_column(sort_order=-1)


class Linked(Entity):
    """A row whose key is made of the rows it ties together."""

    __abstract__ = True

    licence_id: Mapped[LicenceKey] = mapped_column(sort_order=-2)


def refers_to(column: str, table: str, *, use_alter: bool = False) -> ForeignKeyConstraint:
    """Return a foreign key from `column` to the id of a row of the same licence.

    `use_alter` breaks a circle of tables that refer to each other.
    """
    columns = [f"{table}.licence_id", f"{table}.id"]
    return ForeignKeyConstraint(["licence_id", column], columns, use_alter=use_alter)


def unique(*columns: str, **options: Any) -> UniqueConstraint:
    """Return a constraint: these columns are unique within a licence."""
    return UniqueConstraint("licence_id", *columns, **options)


def index(name: str, *columns: Any, **options: Any) -> Index:
    """Return an index within a licence."""
    return Index(f"{name}_index", "licence_id", *columns, **options)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return a constraint: the column holds one of these words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)
