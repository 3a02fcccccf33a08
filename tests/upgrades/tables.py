"""What PostgreSQL says of the tables, as far as a program that reads and writes them can tell."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

OURS: Final = "c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
TABLES: Final = f"""
    SELECT c.relname AS key, pg_relation_filenode(c.oid) AS file,
      ARRAY(
        SELECT concat_ws(' ', p.polpermissive, p.polname, p.polcmd,
          pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
        FROM pg_policy p WHERE p.polrelid = c.oid
      ) || concat_ws(' ', 'shut', c.relrowsecurity, c.relforcerowsecurity) AS wall
    FROM pg_class c WHERE {OURS}
"""  # noqa: S608  of literals
COLUMNS: Final = f"""
    SELECT c.relname || '.' || a.attname AS key, c.relname AS of, a.attnotnull AS is_needed,
      format_type(a.atttypid, a.atttypmod) AS type,
      concat_ws(' ', nullif(a.attidentity, ''), nullif(a.attgenerated, ''), pg_get_expr(d.adbin, c.oid))
        AS otherwise
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE {OURS}
"""  # noqa: S608  of literals
# Not those of kind n, which `is_needed` tells already.
CONSTRAINTS: Final = f"""
    SELECT c.relname || ': ' || o.conname AS key, c.relname AS of, o.contype IN ('p', 'u', 'x') AS is_unique,
      replace(pg_get_constraintdef(o.oid), ' NOT VALID', '') AS said,
      ARRAY(SELECT c.relname || '.' || a.attname FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = ANY (o.conkey)) AS columns
    FROM pg_class c JOIN pg_constraint o ON o.conrelid = c.oid AND o.contype <> 'n'
    WHERE {OURS}
"""  # noqa: S608  of literals
INDEXES: Final = f"""
    SELECT c.relname || ': ' || n.relname AS key, c.relname AS of, i.indisunique AS is_unique,
      pg_get_indexdef(i.indexrelid) AS said,
      ARRAY(SELECT c.relname || '.' || a.attname FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)) AS columns
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class n ON n.oid = i.indexrelid
    WHERE {OURS}
"""  # noqa: S608  of literals
GRANTS: Final = """
    SELECT concat_ws(' ', privilege_type, table_name) AS key
    FROM information_schema.role_table_grants WHERE grantee = 'kluis_app'
"""
Rows = Mapping[str, Mapping[str, Any]]


class Tables(NamedTuple):
    """Each kind of thing, by its name."""

    tables: Rows
    columns: Rows
    constraints: Rows
    indexes: Rows
    grants: Rows


async def tables_of(connection: AsyncConnection) -> Tables:
    """Return what a database has now."""
    found: list[Rows] = []
    for statement in (TABLES, COLUMNS, CONSTRAINTS, INDEXES, GRANTS):
        rows = (await connection.execute(text(statement))).mappings().all()
        found.append({it["key"]: dict(it) for it in rows})
    return Tables(*found)
