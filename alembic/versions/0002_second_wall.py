"""The second wall: row level security by licence, for an application role that can not pass it by."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "account",
    "account_group",
    "account_group_member",
    "api_key",
    "business_unit",
    "category",
    "category_rule",
    "challenge",
    "document",
    "document_category",
    "document_grant",
    "document_holding",
    "document_relation",
    "document_version",
    "dossier",
    "dossier_member",
    "holding",
    "letter",
    "principal",
    "recovery_code",
    "relation",
    "session",
    "throttle",
    "totp_device",
    "upload",
)
# After the transaction that set it, the setting is '' and not null: both mean no licence, and no row.
LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"


def upgrade() -> None:
    # Roles belong to the whole cluster: another database may have made it already.
    op.execute("""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kluis_app') THEN
            CREATE ROLE kluis_app NOLOGIN;
          END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
    """)
    op.execute("GRANT kluis_app TO CURRENT_USER")
    for table in TABLES:
        wall(table, "licence_id")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kluis_app")
    # Events are only ever added.
    wall("event", "licence_id")
    op.execute("GRANT SELECT, INSERT ON event TO kluis_app")
    # Which licences there are must be known before one is chosen: at sign-in, and by the worker.
    wall("licence", "id")
    op.execute("CREATE POLICY directory ON licence FOR SELECT USING (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE ON licence TO kluis_app")


def wall(table: str, column: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    # Without FORCE the owner of the table would pass by.
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY licence_wall ON {table} USING ({column} = {LICENCE})")


def downgrade() -> None:
    """Take the wall down; the role stays, since other databases of the cluster may use it."""
    op.execute("DROP POLICY directory ON licence")
    for table in (*TABLES, "event", "licence"):
        op.execute(f"DROP POLICY licence_wall ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM kluis_app")
