"""The index of documents' dates holds what is read from it; no content changes without its document."""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATE = sa.literal_column("coalesce(document_date, '-infinity'::date)", sa.Date())


def upgrade() -> None:
    op.drop_index("document_date_index", table_name="document")
    op.create_index(
        "document_date_index", "document", ["licence_id", DATE, "id"], postgresql_include=["document_date"]
    )
    op.create_check_constraint(
        op.f("document_content_updated_at_check"), "document", "content_updated_at <= updated_at"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("document_content_updated_at_check"), "document", type_="check")
    op.drop_index("document_date_index", table_name="document")
    op.create_index("document_date_index", "document", ["licence_id", DATE, "id"])
