"""Signing in: passkeys, known networks, idempotency keys, and what a licence chooses of it."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
NEW = ("passkey", "known_network", "idempotency_key")


def upgrade() -> None:
    op.add_column(
        "licence", sa.Column("first_secret", sa.Text(), server_default=sa.text("'PASSWORD'"), nullable=False)
    )
    op.create_check_constraint(
        op.f("licence_first_secret_check"), "licence", "first_secret IN ('PASSWORD', 'LINK')"
    )
    op.add_column(
        "licence",
        sa.Column("staff_need_two_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("api_key", sa.Column("networks", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("challenge", sa.Column("nonce", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("challenge_step_check"), "challenge")
    op.create_check_constraint(
        op.f("challenge_step_check"),
        "challenge",
        "step IN ('TWO_FACTOR', 'PASSWORD_CHANGE', 'FIRST_PASSWORD', 'PASSKEY_ENROLMENT')",
    )
    op.create_index("challenge_account_index", "challenge", ["licence_id", "account_id"])
    create_passkeys()
    create_known_networks()
    create_idempotency_keys()
    for table in NEW:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY licence_wall ON {table} USING (licence_id = {LICENCE})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kluis_app")


def of_account(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f(f"{table}_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f(f"{table}__licence")),
    )


def create_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        *of_account("passkey"),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("passkey_key")),
        sa.UniqueConstraint(
            "licence_id", "credential_id", name=op.f("passkey_licence_id_credential_id_unique")
        ),
    )
    op.create_index("passkey_account_index", "passkey", ["licence_id", "account_id"])


def create_known_networks() -> None:
    op.create_table(
        "known_network",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        *of_account("known_network"),
        sa.PrimaryKeyConstraint("licence_id", "account_id", "network", name=op.f("known_network_key")),
    )


def create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("made", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *of_account("idempotency_key"),
        sa.PrimaryKeyConstraint("licence_id", "account_id", "key", name=op.f("idempotency_key_key")),
    )
    op.create_index("idempotency_key_created_index", "idempotency_key", ["licence_id", "created_at"])


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    op.drop_index("challenge_account_index", table_name="challenge")
    # What is between two steps begins anew.
    op.execute("DELETE FROM challenge")
    op.drop_constraint(op.f("challenge_step_check"), "challenge")
    op.create_check_constraint(
        op.f("challenge_step_check"), "challenge", "step IN ('TWO_FACTOR', 'PASSWORD_CHANGE')"
    )
    op.drop_column("challenge", "nonce")
    op.drop_column("api_key", "networks")
    op.drop_column("licence", "staff_need_two_factor")
    op.drop_constraint(op.f("licence_first_secret_check"), "licence")
    op.drop_column("licence", "first_secret")
