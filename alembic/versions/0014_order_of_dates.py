"""The index of dates is bounded by cursors: COALESCE is not leakproof to row level security."""

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = "coalesce(document_date, '-infinity'::date)"
NOW = "greatest(document_date, '-infinity'::date)"


def upgrade() -> None:
    make(NOW)


def downgrade() -> None:
    make(BEFORE)


def make(key: str) -> None:
    """Make the index anew, over this expression."""
    op.drop_index("document_date_index", table_name="document")
    columns = ["licence_id", sa.literal_column(key, sa.Date()), "id"]
    op.create_index(
        "document_date_index", "document", columns, postgresql_include=["document_date", "updated_at"]
    )
