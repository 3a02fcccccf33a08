"""The audit trail: events are chained by hash after the commit, and nothing that was written is changed."""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
KEPT = ("event", "event_seal")
# What somebody did, what was done with a document or a relation, one kind, and all of it: the newest first.
INDEXES = {
    "event_time_index": ((), None),
    "event_kind_index": (("kind",), None),
    "event_account_index": (("account_id",), None),
    "event_document_index": (("document_id",), "document_id IS NOT NULL"),
    "event_relation_index": (("relation_id",), "relation_id IS NOT NULL"),
}
BEFORE = {"event_document_index": "document_id", "event_account_index": "account_id"}


def upgrade() -> None:
    create_seals()
    create_chains()
    for table, verbs in (("event_seal", "SELECT, INSERT"), ("event_chain", "SELECT, INSERT, UPDATE, DELETE")):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY licence_wall ON {table} USING (licence_id = {LICENCE})")
        op.execute(f"GRANT {verbs} ON {table} TO kluis_app")
    # The rights were never given; should somebody give them, there is still no row to change or to take away.
    # What is older than it is kept is removed by the owner of the tables.
    for table in KEPT:
        op.execute(f"CREATE POLICY never_changed ON {table} AS RESTRICTIVE FOR UPDATE USING (false)")
        op.execute(
            f"CREATE POLICY never_removed ON {table} AS RESTRICTIVE FOR DELETE "
            "USING (current_user <> 'kluis_app')"
        )
    for name in BEFORE:
        op.drop_index(name, table_name="event")
    for name, (columns, where) in INDEXES.items():
        rows = sa.text(where) if where else None
        op.create_index(name, "event", ["licence_id", *columns, "occurred_at", "id"], postgresql_where=rows)


def create_seals() -> None:
    op.create_table(
        "event_seal",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("event_seal__licence")),
        sa.PrimaryKeyConstraint("licence_id", "number", name=op.f("event_seal_key")),
        sa.UniqueConstraint("licence_id", "event_id", name=op.f("event_seal_licence_id_event_id_unique")),
    )


def create_chains() -> None:
    nothing, no_digest = sa.text("0"), sa.text("'\\x'")
    op.create_table(
        "event_chain",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_up_to", sa.BigInteger(), server_default=nothing, nullable=False),
        sa.Column("digest", sa.LargeBinary(), server_default=no_digest, nullable=False),
        sa.Column("look_from", sa.Uuid(), nullable=True),
        sa.Column("purged_up_to", sa.BigInteger(), server_default=nothing, nullable=False),
        sa.Column("purged_digest", sa.LargeBinary(), server_default=no_digest, nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("event_chain__licence")),
        sa.PrimaryKeyConstraint("licence_id", name=op.f("event_chain_key")),
    )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="event")
    for name, column in BEFORE.items():
        op.create_index(name, "event", ["licence_id", column, "id"])
    for policy in ("never_changed", "never_removed"):
        op.execute(f"DROP POLICY {policy} ON event")
    op.drop_table("event_chain")
    op.drop_table("event_seal")
