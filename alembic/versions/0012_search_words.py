"""The words that relations, dossiers, holdings and accounts are found by."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from alembic import op
from core.words import digits_in, entries

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
AT_ONCE = 1_000
# What is found, its name, and the texts whose words it is found by.
FOUND_BY = {
    "relation": """
        SELECT id, display_name_folded AS name, national_register_number AS number,
          ARRAY[display_name, given_name, family_name, company_name, email] AS texts
        FROM relation WHERE deleted_at IS NULL
    """,
    "dossier": """
        SELECT id, name_folded AS name, NULL AS number, name || ARRAY(
          SELECT r.display_name FROM dossier_member m
          JOIN relation r ON r.licence_id = m.licence_id AND r.id = m.relation_id
          WHERE m.licence_id = d.licence_id AND m.dossier_id = d.id AND r.deleted_at IS NULL
          ORDER BY r.id
        ) AS texts
        FROM dossier d
    """,
    "holding": """
        SELECT id, name_folded AS name, NULL AS number, ARRAY[name, reference] AS texts FROM holding
    """,
    "account": """
        SELECT id, display_name_folded AS name, NULL AS number, ARRAY[display_name, username] AS texts
        FROM account
    """,
}


def upgrade() -> None:
    for kind in FOUND_BY:
        create(f"{kind}_word")
    connection = op.get_bind()
    # The owner is held by the wall as well: each licence fills in its own.
    for licence in connection.execute(sa.text("SELECT id FROM licence")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL kluis.licence = '{licence}'"))
        for kind, found_by in FOUND_BY.items():
            fill(connection, f"{kind}_word", connection.execute(sa.text(found_by)).all())


def create(table: str) -> None:
    op.create_table(
        table,
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f(f"{table}__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", "position", name=op.f(f"{table}_key")),
    )
    op.create_index(
        f"{table}_sought_index",
        table,
        ["licence_id", "sort_key", "id"],
        postgresql_include=["words", "position"],
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY licence_wall ON {table} USING (licence_id = {LICENCE})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kluis_app")


def fill(connection: sa.Connection, table: str, things: Sequence[Any]) -> None:
    """Write the words of things that are there already."""
    written = sa.text(
        f"INSERT INTO {table} (licence_id, id, position, sort_key, words) "  # noqa: S608
        f"SELECT {LICENCE}, * FROM unnest("
        "CAST(:ids AS uuid[]), CAST(:positions AS smallint[]), CAST(:sort_keys AS text[]), "
        "CAST(:words AS text[]))"
    )
    arriving = rows_of(things)
    while some := list(islice(arriving, AT_ONCE)):
        ids, positions, sort_keys, words = map(list, zip(*some, strict=True))
        connection.execute(
            written, {"ids": ids, "positions": positions, "sort_keys": sort_keys, "words": words}
        )


def rows_of(things: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for it in things:
        for entry in entries(it.name, [*it.texts, digits_in(it.number)]):
            yield it.id, entry.position, entry.sort_key, entry.words


def downgrade() -> None:
    for kind in FOUND_BY:
        op.drop_table(f"{kind}_word")
