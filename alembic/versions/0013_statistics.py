"""Whoever brings many rows in may tell the planner of them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO kluis_app")


def downgrade() -> None:
    op.execute("REVOKE MAINTAIN ON ALL TABLES IN SCHEMA public FROM kluis_app")
