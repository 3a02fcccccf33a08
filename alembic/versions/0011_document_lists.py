"""What lists of documents are found by, however many there are."""

from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
# Indexes that begin with what a list is narrowed by, in the order of its last changes.
INDEXES = {"document_created_by_index": "created_by", "document_business_unit_index": "business_unit_id"}
DATE = sa.literal_column("coalesce(document_date, '-infinity'::date)", sa.Date())
# By what lists are sorted, and what stood beside it.
ORDERS: dict[str, tuple[Any, list[str]]] = {
    "document_created_index": ("created_at", []),
    "document_date_index": (DATE, ["document_date"]),
    "document_description_index": ("description_folded", []),
}
# As resolvers/wording.py cuts a description into words: 64 letters at most, every 32.
FILL = (
    """
    UPDATE document SET category_ids = chosen.ids
    FROM (
      SELECT document_id, array_agg(category_id ORDER BY category_id) AS ids
      FROM document_category WHERE licence_id = :licence GROUP BY document_id
    ) AS chosen
    WHERE licence_id = :licence AND chosen.document_id = document.id
    """,
    """
    INSERT INTO description_word (licence_id, document_id, word)
    SELECT DISTINCT licence_id, id, substr(whole, at + 1, 64)
    FROM document, unnest(string_to_array(description_folded, ' ')) AS whole,
         generate_series(0, greatest(0, length(whole) - 33), 32) AS at
    WHERE licence_id = :licence AND whole <> ''
    """,
    """
    INSERT INTO word_suffix (licence_id, suffix, word)
    SELECT licence_id, substr(word, at), word
    FROM (SELECT DISTINCT licence_id, word FROM description_word WHERE licence_id = :licence) AS known,
         generate_series(1, length(word)) AS at
    """,
)


def upgrade() -> None:
    op.add_column(
        "document",
        sa.Column("category_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )
    create_words()
    fill()
    for name, column in INDEXES.items():
        op.create_index(name, "document", ["licence_id", column, "updated_at", "id"])
    op.create_index(
        "document_uncategorised_index",
        "document",
        ["licence_id", "updated_at", "id"],
        postgresql_where=sa.text("category_ids = '{}'"),
    )

    make_orders(beside=["updated_at"])


def make_orders(beside: list[str]) -> None:
    """Make the indexes of the orders anew, with something more beside each."""
    for name, (key, kept) in ORDERS.items():
        op.drop_index(name, table_name="document")
        columns = ["licence_id", key, "id"]
        op.create_index(name, "document", columns, postgresql_include=[*kept, *beside])


def create_words() -> None:
    op.create_table(
        "description_word",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("description_word_document_id_document"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("description_word__licence")),
        sa.PrimaryKeyConstraint("licence_id", "document_id", "word", name=op.f("description_word_key")),
    )
    op.create_index("description_word_word_index", "description_word", ["licence_id", "word", "document_id"])
    op.create_table(
        "word_suffix",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("word_suffix__licence")),
        sa.PrimaryKeyConstraint("licence_id", "suffix", "word", name=op.f("word_suffix_key")),
    )
    for table in ("description_word", "word_suffix"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY licence_wall ON {table} USING (licence_id = {LICENCE})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kluis_app")


def fill() -> None:
    """Write for the documents of today what new ones come with."""
    connection = op.get_bind()
    # The owner is held by the wall as well: each licence is filled by itself.
    for licence in connection.execute(sa.text("SELECT id FROM licence")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL kluis.licence = '{licence}'"))
        for statement in FILL:
            connection.execute(sa.text(statement), {"licence": licence})


def downgrade() -> None:
    make_orders(beside=[])
    op.drop_index("document_uncategorised_index", table_name="document")
    for name in INDEXES:
        op.drop_index(name, table_name="document")
    op.drop_table("word_suffix")
    op.drop_table("description_word")
    op.drop_column("document", "category_ids")
