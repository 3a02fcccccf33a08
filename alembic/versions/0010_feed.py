"""The feed of changes for partners' programs."""

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
SUBJECTS = "'Account', 'BusinessUnit', 'Category', 'Document', 'Dossier', 'Holding', 'Relation'"
TABLES = ("feed_entry", "feed")


def upgrade() -> None:
    create_entries()
    create_feed()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY licence_wall ON {table} USING (licence_id = {LICENCE})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kluis_app")
    days = sa.Column("changes_kept_days", sa.SmallInteger(), server_default=sa.text("30"), nullable=False)
    op.add_column("licence", days)
    op.create_check_constraint(
        op.f("licence_changes_kept_days_check"), "licence", "changes_kept_days BETWEEN 1 AND 365"
    )


def create_entries() -> None:
    op.create_table(
        "feed_entry",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("principals", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('CREATED', 'CHANGED', 'DELETED')", name=op.f("feed_entry_kind_check")),
        sa.CheckConstraint(f"subject IN ({SUBJECTS})", name=op.f("feed_entry_subject_check")),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("feed_entry__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("feed_entry_key")),
        sa.UniqueConstraint("licence_id", "number", name=op.f("feed_entry_licence_id_number_unique")),
    )
    op.create_index(
        "feed_entry_unnumbered_index",
        "feed_entry",
        ["licence_id", "id"],
        postgresql_where=sa.text("number IS NULL"),
    )
    op.create_index(
        "feed_entry_account_index",
        "feed_entry",
        ["licence_id", "subject_id", "number"],
        postgresql_where=sa.text("subject = 'Account'"),
    )


def create_feed() -> None:
    nothing = sa.text("0")
    op.create_table(
        "feed",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("numbered_up_to", sa.BigInteger(), server_default=nothing, nullable=False),
        sa.Column("removed_up_to", sa.BigInteger(), server_default=nothing, nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("feed__licence")),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("feed_key")),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("licence_changes_kept_days_check"), "licence")
    op.drop_column("licence", "changes_kept_days")
    op.drop_table("feed")
    op.drop_table("feed_entry")
