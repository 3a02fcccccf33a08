"""Names of accounts, folded, for their lists; and who last changed what every reader sees of a document."""

import sqlalchemy as sa

from alembic import op
from core.folding import fold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("display_name_folded", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("content_updated_by", sa.Uuid(), nullable=True))
    op.add_column(
        "document", sa.Column("content_revision", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.create_foreign_key(
        "document_content_updated_by_account",
        "document",
        "account",
        ["licence_id", "content_updated_by"],
        ["licence_id", "id"],
    )
    connection = op.get_bind()
    # The owner is held by the wall as well: each licence fills in its own.
    for licence in connection.execute(sa.text("SELECT id FROM licence")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL kluis.licence = '{licence}'"))
        connection.execute(
            sa.text("UPDATE document SET content_updated_by = updated_by, content_revision = revision")
        )
        accounts = connection.execute(sa.text("SELECT id, display_name FROM account")).all()
        for account in accounts:
            connection.execute(
                sa.text("UPDATE account SET display_name_folded = :folded WHERE id = :id"),
                {"folded": fold(account.display_name), "id": account.id},
            )
    op.alter_column("account", "display_name_folded", nullable=False)
    op.create_index("account_name_index", "account", ["licence_id", "display_name_folded", "id"])


def downgrade() -> None:
    op.drop_index("account_name_index", table_name="account")
    op.drop_column("account", "display_name_folded")
    op.drop_constraint("document_content_updated_by_account", "document", type_="foreignkey")
    op.drop_column("document", "content_revision")
    op.drop_column("document", "content_updated_by")
