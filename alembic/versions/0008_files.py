"""Files: sealed at rest, searched for malware, checked again, uploaded in two steps, and their previews."""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LICENCE = "nullif(current_setting('kluis.licence', true), '')::uuid"
SCAN_STATES = "scan_state IN ('PENDING', 'CLEAN', 'INFECTED', 'NOT_SCANNED')"


def upgrade() -> None:
    refuse_clear_files()
    now = sa.text("now()")
    op.add_column(
        "licence",
        sa.Column("accepts_active_files", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        "document_deleted_index",
        "document",
        ["licence_id", "deleted_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.add_column("document_version", sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
    for name in ("scan_due_at", "checked_at"):
        column = sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)
        op.add_column("document_version", column)
    op.add_column("document_version", sa.Column("damage", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("document_version_damage_check"), "document_version", "damage IN ('MISSING', 'DAMAGED')"
    )
    op.create_index(
        "document_version_unscanned_index",
        "document_version",
        ["licence_id", "scan_due_at", "id"],
        postgresql_where=sa.text("scan_state IN ('PENDING', 'NOT_SCANNED')"),
    )
    op.create_index("document_version_checked_index", "document_version", ["licence_id", "checked_at", "id"])
    change_uploads()
    create_previews()


def refuse_clear_files() -> None:
    """Refuse files in the clear, which no release has stored: nothing here seals them. Raise ValueError."""
    connection = op.get_bind()
    # The owner is held by the wall as well: each licence is looked into by itself.
    for licence in connection.execute(sa.text("SELECT id FROM licence")).scalars().all():
        connection.execute(sa.text(f"SET LOCAL kluis.licence = '{licence}'"))
        if connection.execute(sa.text("SELECT 1 FROM document_version LIMIT 1")).first():
            raise ValueError(
                "the database has documents from before files were sealed, which are not taken over: begin "
                "with an empty home"
            )


def change_uploads() -> None:
    op.drop_constraint(op.f("upload_licence_id_digest_unique"), "upload")
    op.drop_column("upload", "digest")
    op.drop_column("upload", "completed_at")
    op.add_column("upload", sa.Column("announced_sha256", sa.LargeBinary(), nullable=True))
    op.add_column("upload", sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
    op.add_column("upload", sa.Column("scan_state", sa.Text(), nullable=True))
    op.add_column("upload", sa.Column("document_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("upload_scan_state_check"), "upload", SCAN_STATES)
    op.create_check_constraint(
        op.f("upload_announced_sha256_check"), "upload", "octet_length(announced_sha256) = 32"
    )
    op.create_check_constraint(op.f("upload_byte_size_check"), "upload", "byte_size > 0")
    op.create_unique_constraint(
        op.f("upload_licence_id_object_key_unique"), "upload", ["licence_id", "object_key"]
    )
    op.create_index("upload_expires_index", "upload", ["licence_id", "expires_at", "id"])
    op.create_index("upload_account_index", "upload", ["licence_id", "account_id", "id"])


def create_previews() -> None:
    op.create_table(
        "preview",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("byte_size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("preview_document_id_document"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("preview__licence")),
        sa.PrimaryKeyConstraint("licence_id", "document_id", "number", "width", name=op.f("preview_key")),
        sa.UniqueConstraint("licence_id", "object_key", name=op.f("preview_licence_id_object_key_unique")),
    )
    op.execute("ALTER TABLE preview ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE preview FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY licence_wall ON preview USING (licence_id = {LICENCE})")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON preview TO kluis_app")


def downgrade() -> None:
    op.drop_table("preview")
    op.drop_index("upload_account_index", table_name="upload")
    op.drop_index("upload_expires_index", table_name="upload")
    op.drop_constraint(op.f("upload_licence_id_object_key_unique"), "upload")
    for name in ("byte_size", "announced_sha256", "scan_state"):
        op.drop_constraint(op.f(f"upload_{name}_check"), "upload")
    for name in ("document_id", "scan_state", "sealed_key", "announced_sha256"):
        op.drop_column("upload", name)
    op.add_column("upload", sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("upload", sa.Column("digest", sa.LargeBinary(), nullable=False))
    op.create_unique_constraint(op.f("upload_licence_id_digest_unique"), "upload", ["licence_id", "digest"])
    op.drop_index("document_version_checked_index", table_name="document_version")
    op.drop_index("document_version_unscanned_index", table_name="document_version")
    for name in ("damage", "checked_at", "scan_due_at", "sealed_key"):
        op.drop_column("document_version", name)
    op.drop_index("document_deleted_index", table_name="document")
    op.drop_column("licence", "accepts_active_files")
