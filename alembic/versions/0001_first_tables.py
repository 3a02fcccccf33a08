"""The first tables: firms, people, dossiers, documents, grants, letters and events."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client_login_limit", sa.Integer(), server_default=sa.text("50"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("client_login_limit >= 0", name=op.f("licence_client_login_limit_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("licence_key")),
        sa.UniqueConstraint("slug", name=op.f("licence_slug_unique")),
    )
    op.create_table(
        "business_unit",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("business_unit__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("business_unit_key")),
        sa.UniqueConstraint("licence_id", "name", name=op.f("business_unit_licence_id_name_unique")),
    )
    op.create_table(
        "category",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_de", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("category__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("category_key")),
        sa.UniqueConstraint("licence_id", "name_nl", name=op.f("category_licence_id_name_nl_unique")),
    )
    op.create_index("category_position_index", "category", ["licence_id", "position", "id"], unique=False)
    op.create_table(
        "event",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("relation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("event__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("event_key")),
    )
    op.create_index("event_account_index", "event", ["licence_id", "account_id", "id"], unique=False)
    op.create_index("event_document_index", "event", ["licence_id", "document_id", "id"], unique=False)
    op.create_table(
        "principal",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('ACCOUNT', 'GROUP')", name=op.f("principal_kind_check")),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("principal__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("principal_key")),
    )
    op.create_table(
        "throttle",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("throttle__licence")),
        sa.PrimaryKeyConstraint("licence_id", "key", name=op.f("throttle_key")),
    )
    op.create_table(
        "account_group",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("built_in", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "built_in IN ('ADMINISTRATORS', 'USERS')", name=op.f("account_group_built_in_check")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "id"],
            ["principal.licence_id", "principal.id"],
            name=op.f("account_group_id_principal"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("account_group__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("account_group_key")),
        sa.UniqueConstraint("licence_id", "built_in", name=op.f("account_group_licence_id_built_in_unique")),
        sa.UniqueConstraint("licence_id", "name", name=op.f("account_group_licence_id_name_unique")),
    )
    op.create_table(
        "relation",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("display_name_folded", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("internal_manager_id", sa.Uuid(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("second_phone", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("delivery_method", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_place", sa.Text(), nullable=True),
        sa.Column("national_register_number", sa.Text(), nullable=True),
        sa.Column("professional_category", sa.Text(), nullable=True),
        sa.Column("nace_code", sa.Text(), nullable=True),
        sa.Column("profession", sa.Text(), nullable=True),
        sa.Column("retirement_age", sa.Integer(), nullable=True),
        sa.Column("retirement_year", sa.Integer(), nullable=True),
        sa.Column("activity_end_age", sa.Integer(), nullable=True),
        sa.Column("activity_end_year", sa.Integer(), nullable=True),
        sa.Column("life_expectancy_year", sa.Integer(), nullable=True),
        sa.Column("is_deceased", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("identity_card_number", sa.Text(), nullable=True),
        sa.Column("identity_card_valid_until", sa.Date(), nullable=True),
        sa.Column("accountant_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "delivery_method IN ('PAPER', 'EMAIL', 'PORTAL')", name=op.f("relation_delivery_method_check")
        ),
        sa.CheckConstraint("kind IN ('PERSON', 'COMPANY')", name=op.f("relation_kind_check")),
        sa.CheckConstraint("language IN ('NL', 'FR', 'DE', 'EN')", name=op.f("relation_language_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "accountant_id"],
            ["relation.licence_id", "relation.id"],
            name=op.f("relation_accountant_id_relation"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "business_unit_id"],
            ["business_unit.licence_id", "business_unit.id"],
            name=op.f("relation_business_unit_id_business_unit"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("relation__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("relation_key")),
        sa.UniqueConstraint(
            "licence_id", "external_reference", name=op.f("relation_licence_id_external_reference_unique")
        ),
    )
    op.create_index(
        "relation_name_index", "relation", ["licence_id", "display_name_folded", "id"], unique=False
    )
    op.create_table(
        "account",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_folded", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("relation_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("initial_password_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language IN ('NL', 'FR', 'DE', 'EN')", name=op.f("account_language_check")),
        sa.CheckConstraint(
            "role IN ('STAFF', 'AUDITOR', 'CLIENT', 'SERVICE')", name=op.f("account_role_check")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "id"], ["principal.licence_id", "principal.id"], name=op.f("account_id_principal")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "relation_id"],
            ["relation.licence_id", "relation.id"],
            name=op.f("account_relation_id_relation"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("account__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("account_key")),
        sa.UniqueConstraint("licence_id", "relation_id", name=op.f("account_licence_id_relation_id_unique")),
        sa.UniqueConstraint(
            "licence_id", "username_folded", name=op.f("account_licence_id_username_folded_unique")
        ),
    )
    op.create_table(
        "account_group_member",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("account_group_member_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "group_id"],
            ["account_group.licence_id", "account_group.id"],
            name=op.f("account_group_member_group_id_account_group"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("account_group_member__licence")),
        sa.PrimaryKeyConstraint(
            "licence_id", "group_id", "account_id", name=op.f("account_group_member_key")
        ),
    )
    op.create_index(
        "account_group_member_account_index",
        "account_group_member",
        ["licence_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "api_key",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("api_key_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "created_by"],
            ["account.licence_id", "account.id"],
            name=op.f("api_key_created_by_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("api_key__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("api_key_key")),
        sa.UniqueConstraint("licence_id", "digest", name=op.f("api_key_licence_id_digest_unique")),
    )
    op.create_table(
        "category_rule",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("rights", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rights BETWEEN 1 AND 15", name=op.f("category_rule_rights_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "category_id"],
            ["category.licence_id", "category.id"],
            name=op.f("category_rule_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "created_by"],
            ["account.licence_id", "account.id"],
            name=op.f("category_rule_created_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "principal_id"],
            ["principal.licence_id", "principal.id"],
            name=op.f("category_rule_principal_id_principal"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("category_rule__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("category_rule_key")),
    )
    op.create_index(
        "category_rule_grantee_index",
        "category_rule",
        ["licence_id", "category_id", "principal_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "challenge",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step IN ('TWO_FACTOR', 'PASSWORD_CHANGE')", name=op.f("challenge_step_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("challenge_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("challenge__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("challenge_key")),
        sa.UniqueConstraint("licence_id", "digest", name=op.f("challenge_licence_id_digest_unique")),
    )
    op.create_table(
        "dossier",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "business_unit_id"],
            ["business_unit.licence_id", "business_unit.id"],
            name=op.f("dossier_business_unit_id_business_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "manager_id"],
            ["account.licence_id", "account.id"],
            name=op.f("dossier_manager_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("dossier__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("dossier_key")),
        sa.UniqueConstraint(
            "licence_id", "external_reference", name=op.f("dossier_licence_id_external_reference_unique")
        ),
    )
    op.create_index("dossier_name_index", "dossier", ["licence_id", "name_folded", "id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'QUEUED'"), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("language IN ('NL', 'FR', 'DE', 'EN')", name=op.f("letter_language_check")),
        sa.CheckConstraint("state IN ('QUEUED', 'SENT', 'FAILED')", name=op.f("letter_state_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("letter_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("letter__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("letter_key")),
    )
    op.create_index(
        "letter_due_index",
        "letter",
        ["licence_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("recovery_code_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("recovery_code__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("recovery_code_key")),
        sa.UniqueConstraint(
            "licence_id",
            "account_id",
            "digest",
            name=op.f("recovery_code_licence_id_account_id_digest_unique"),
        ),
    )
    op.create_table(
        "session",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("session_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("session__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("session_key")),
        sa.UniqueConstraint("licence_id", "digest", name=op.f("session_licence_id_digest_unique")),
    )
    op.create_index("session_account_index", "session", ["licence_id", "account_id"], unique=False)
    op.create_table(
        "totp_device",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_time_step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("totp_device_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("totp_device__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("totp_device_key")),
    )
    op.create_index("totp_device_account_index", "totp_device", ["licence_id", "account_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id", "account_id"],
            ["account.licence_id", "account.id"],
            name=op.f("upload_account_id_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("upload__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("upload_key")),
        sa.UniqueConstraint("licence_id", "digest", name=op.f("upload_licence_id_digest_unique")),
    )
    op.create_table(
        "document",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_folded", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("current_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("content_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id", "business_unit_id"],
            ["business_unit.licence_id", "business_unit.id"],
            name=op.f("document_business_unit_id_business_unit"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "created_by"],
            ["account.licence_id", "account.id"],
            name=op.f("document_created_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "deleted_by"],
            ["account.licence_id", "account.id"],
            name=op.f("document_deleted_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "dossier_id"],
            ["dossier.licence_id", "dossier.id"],
            name=op.f("document_dossier_id_dossier"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "updated_by"],
            ["account.licence_id", "account.id"],
            name=op.f("document_updated_by_account"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("document_key")),
        sa.UniqueConstraint(
            "licence_id", "external_reference", name=op.f("document_licence_id_external_reference_unique")
        ),
    )
    op.create_index("document_created_index", "document", ["licence_id", "created_at", "id"], unique=False)
    op.create_index(
        "document_date_index",
        "document",
        ["licence_id", sa.literal_column("coalesce(document_date, '-infinity'::date)"), "id"],
        unique=False,
    )
    op.create_index(
        "document_description_index", "document", ["licence_id", "description_folded", "id"], unique=False
    )
    op.create_index(
        "document_dossier_index", "document", ["licence_id", "dossier_id", "updated_at", "id"], unique=False
    )
    op.create_index("document_updated_index", "document", ["licence_id", "updated_at", "id"], unique=False)
    op.create_table(
        "dossier_member",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("relation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('MAIN_PERSON', 'PARTNER', 'CHILD', 'OTHER')", name=op.f("dossier_member_role_check")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "dossier_id"],
            ["dossier.licence_id", "dossier.id"],
            name=op.f("dossier_member_dossier_id_dossier"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "relation_id"],
            ["relation.licence_id", "relation.id"],
            name=op.f("dossier_member_relation_id_relation"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("dossier_member__licence")),
        sa.PrimaryKeyConstraint("licence_id", "dossier_id", "relation_id", name=op.f("dossier_member_key")),
    )
    op.create_index(
        "dossier_member_main_person_index",
        "dossier_member",
        ["licence_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("role = 'MAIN_PERSON'"),
    )
    op.create_index(
        "dossier_member_partner_index",
        "dossier_member",
        ["licence_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("role = 'PARTNER'"),
    )
    op.create_index(
        "dossier_member_relation_index",
        "dossier_member",
        ["licence_id", "relation_id", "dossier_id"],
        unique=False,
    )
    op.create_table(
        "holding",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('ASSET', 'LIABILITY', 'POLICY')", name=op.f("holding_kind_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "dossier_id"],
            ["dossier.licence_id", "dossier.id"],
            name=op.f("holding_dossier_id_dossier"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("holding__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("holding_key")),
    )
    op.create_index("holding_dossier_index", "holding", ["licence_id", "dossier_id"], unique=False)
    op.create_index("holding_name_index", "holding", ["licence_id", "name_folded", "id"], unique=False)
    op.create_table(
        "document_category",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "category_id"],
            ["category.licence_id", "category.id"],
            name=op.f("document_category_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("document_category_document_id_document"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document_category__licence")),
        sa.PrimaryKeyConstraint(
            "licence_id", "document_id", "category_id", name=op.f("document_category_key")
        ),
    )
    op.create_index(
        "document_category_category_index",
        "document_category",
        ["licence_id", "category_id", "document_id"],
        unique=False,
    )
    op.create_table(
        "document_grant",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("rights", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category_rule_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('CREATOR', 'DEFAULT', 'MANUAL', 'UPLOADER', 'CATEGORY_RULE')",
            name=op.f("document_grant_source_check"),
        ),
        sa.CheckConstraint("rights BETWEEN 1 AND 15", name=op.f("document_grant_rights_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "category_rule_id"],
            ["category_rule.licence_id", "category_rule.id"],
            name=op.f("document_grant_category_rule_id_category_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("document_grant_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "granted_by"],
            ["account.licence_id", "account.id"],
            name=op.f("document_grant_granted_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "principal_id"],
            ["principal.licence_id", "principal.id"],
            name=op.f("document_grant_principal_id_principal"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document_grant__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("document_grant_key")),
        sa.UniqueConstraint(
            "licence_id",
            "document_id",
            "principal_id",
            "source",
            "category_rule_id",
            name="document_grant_one_per_source",
            postgresql_nulls_not_distinct=True,
            postgresql_include=["rights", "granted_at"],
        ),
    )
    op.create_index(
        "document_grant_principal_index",
        "document_grant",
        ["licence_id", "principal_id", "document_id"],
        unique=False,
        postgresql_include=["rights", "granted_at"],
    )
    op.create_table(
        "document_holding",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("holding_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("document_holding_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "holding_id"],
            ["holding.licence_id", "holding.id"],
            name=op.f("document_holding_holding_id_holding"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document_holding__licence")),
        sa.PrimaryKeyConstraint("licence_id", "document_id", "holding_id", name=op.f("document_holding_key")),
    )
    op.create_index(
        "document_holding_holding_index",
        "document_holding",
        ["licence_id", "holding_id", "document_id"],
        unique=False,
    )
    op.create_table(
        "document_relation",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("relation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("document_relation_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "relation_id"],
            ["relation.licence_id", "relation.id"],
            name=op.f("document_relation_relation_id_relation"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document_relation__licence")),
        sa.PrimaryKeyConstraint(
            "licence_id", "document_id", "relation_id", name=op.f("document_relation_key")
        ),
    )
    op.create_index(
        "document_relation_relation_index",
        "document_relation",
        ["licence_id", "relation_id", "document_id"],
        unique=False,
    )
    op.create_table(
        "document_version",
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("scan_state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "scan_state IN ('PENDING', 'CLEAN', 'INFECTED', 'NOT_SCANNED')",
            name=op.f("document_version_scan_state_check"),
        ),
        sa.CheckConstraint("byte_size > 0", name=op.f("document_version_byte_size_check")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("document_version_sha256_check")),
        sa.ForeignKeyConstraint(
            ["licence_id", "created_by"],
            ["account.licence_id", "account.id"],
            name=op.f("document_version_created_by_account"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id", "document_id"],
            ["document.licence_id", "document.id"],
            name=op.f("document_version_document_id_document"),
        ),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("document_version__licence")),
        sa.PrimaryKeyConstraint("licence_id", "id", name=op.f("document_version_key")),
        sa.UniqueConstraint(
            "licence_id",
            "document_id",
            "number",
            name=op.f("document_version_licence_id_document_id_number_unique"),
        ),
        sa.UniqueConstraint(
            "licence_id", "object_key", name=op.f("document_version_licence_id_object_key_unique")
        ),
    )

    # Relations and accounts refer to each other: this one can only come when both are there.
    op.create_foreign_key(
        "relation_internal_manager_id_account",
        "relation",
        "account",
        ["licence_id", "internal_manager_id"],
        ["licence_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint("relation_internal_manager_id_account", "relation")
    op.drop_table("document_version")
    op.drop_index("document_relation_relation_index", table_name="document_relation")
    op.drop_table("document_relation")
    op.drop_index("document_holding_holding_index", table_name="document_holding")
    op.drop_table("document_holding")
    op.drop_index(
        "document_grant_principal_index",
        table_name="document_grant",
        postgresql_include=["rights", "granted_at"],
    )
    op.drop_table("document_grant")
    op.drop_index("document_category_category_index", table_name="document_category")
    op.drop_table("document_category")
    op.drop_index("holding_name_index", table_name="holding")
    op.drop_index("holding_dossier_index", table_name="holding")
    op.drop_table("holding")
    op.drop_index("dossier_member_relation_index", table_name="dossier_member")
    op.drop_index(
        "dossier_member_partner_index",
        table_name="dossier_member",
        postgresql_where=sa.text("role = 'PARTNER'"),
    )
    op.drop_index(
        "dossier_member_main_person_index",
        table_name="dossier_member",
        postgresql_where=sa.text("role = 'MAIN_PERSON'"),
    )
    op.drop_table("dossier_member")
    op.drop_index("document_updated_index", table_name="document")
    op.drop_index("document_dossier_index", table_name="document")
    op.drop_index("document_description_index", table_name="document")
    op.drop_index("document_date_index", table_name="document")
    op.drop_index("document_created_index", table_name="document")
    op.drop_table("document")
    op.drop_table("upload")
    op.drop_index("totp_device_account_index", table_name="totp_device")
    op.drop_table("totp_device")
    op.drop_index("session_account_index", table_name="session")
    op.drop_table("session")
    op.drop_table("recovery_code")
    op.drop_index("letter_due_index", table_name="letter", postgresql_where=sa.text("state = 'QUEUED'"))
    op.drop_table("letter")
    op.drop_index("dossier_name_index", table_name="dossier")
    op.drop_table("dossier")
    op.drop_table("challenge")
    op.drop_index(
        "category_rule_grantee_index",
        table_name="category_rule",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_table("category_rule")
    op.drop_table("api_key")
    op.drop_index("account_group_member_account_index", table_name="account_group_member")
    op.drop_table("account_group_member")
    op.drop_table("account")
    op.drop_index("relation_name_index", table_name="relation")
    op.drop_table("relation")
    op.drop_table("account_group")
    op.drop_table("throttle")
    op.drop_table("principal")
    op.drop_index("event_document_index", table_name="event")
    op.drop_index("event_account_index", table_name="event")
    op.drop_table("event")
    op.drop_index("category_position_index", table_name="category")
    op.drop_table("category")
    op.drop_table("business_unit")
    op.drop_table("licence")
