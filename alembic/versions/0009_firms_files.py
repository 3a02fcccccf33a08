"""Relations, dossiers, holdings and categories as people change them."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTED = ("holding", "category")


def upgrade() -> None:
    now = sa.text("now()")
    op.add_column("holding", sa.Column("external_reference", sa.Text(), nullable=True))
    created_at = sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
    op.add_column("holding", created_at)
    for table in COUNTED:
        moment = sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
        op.add_column(table, moment)
        count = sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False)
        op.add_column(table, count)
    op.create_unique_constraint(
        op.f("holding_licence_id_external_reference_unique"), "holding", ["licence_id", "external_reference"]
    )
    # Serves the look for whom somebody is the accountant of, before he is deleted.
    op.create_index(
        "relation_accountant_index",
        "relation",
        ["licence_id", "accountant_id"],
        postgresql_where=sa.text("accountant_id IS NOT NULL"),
    )
    op.drop_index("holding_dossier_index", table_name="holding")
    op.create_index("holding_dossier_index", "holding", ["licence_id", "dossier_id", "name_folded", "id"])


def downgrade() -> None:
    op.drop_index("holding_dossier_index", table_name="holding")
    op.create_index("holding_dossier_index", "holding", ["licence_id", "dossier_id"])
    op.drop_index("relation_accountant_index", table_name="relation")
    op.drop_constraint(op.f("holding_licence_id_external_reference_unique"), "holding")
    for table in COUNTED:
        op.drop_column(table, "revision")
        op.drop_column(table, "updated_at")
    op.drop_column("holding", "created_at")
    op.drop_column("holding", "external_reference")
