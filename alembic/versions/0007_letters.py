"""Letters that tell of several things at once, and whom a firm's letters come from."""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("licence", sa.Column("mail_sender", sa.Text(), nullable=True))
    op.add_column("licence", sa.Column("mail_reply_to", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("news", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("letter", sa.Column("bundle", sa.Text(), nullable=True))
    op.create_index(
        "letter_bundle_index",
        "letter",
        ["licence_id", "account_id", "bundle"],
        unique=True,
        postgresql_where=sa.text("state = 'QUEUED' AND attempts = 0"),
    )
    op.create_index("letter_queued_index", "letter", ["licence_id", "queued_at", "id"])


def downgrade() -> None:
    op.drop_index("letter_queued_index", table_name="letter")
    op.drop_index("letter_bundle_index", table_name="letter")
    op.drop_column("letter", "bundle")
    op.drop_column("letter", "news")
    op.drop_column("licence", "mail_reply_to")
    op.drop_column("licence", "mail_sender")
