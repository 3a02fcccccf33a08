"""What PostgreSQL itself says of one database, asked by the owner of its tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

OURS = "c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
TABLES = f"SELECT c.* FROM pg_class c WHERE c.relkind = 'r' AND {OURS} ORDER BY c.relname"  # noqa: S608


async def asked(url: str, statement: str, **values: Any) -> Sequence[dict[str, Any]]:
    """Return what a statement finds, or nothing, carried out by the owner, for whom no wall stands."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        found = await connection.execute(text(statement), values)
        return [dict(row) for row in found.mappings()] if found.returns_rows else []


async def tables(url: str) -> list[str]:
    """Return the names of all tables."""
    return [row["relname"] for row in await asked(url, TABLES)]
