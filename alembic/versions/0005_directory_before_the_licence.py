"""Which licences there are is seen only where none is chosen: at sign-in, and by the worker."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER POLICY directory ON licence USING (nullif(current_setting('kluis.licence', true), '') IS NULL)"
    )


def downgrade() -> None:
    op.execute("ALTER POLICY directory ON licence USING (true)")
