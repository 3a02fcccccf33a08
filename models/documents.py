"""Documents: what they are, what they hang on, and who was given which rights on them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, Linked, Small, index, one_of, refers_to, unique


class Document(Keyed):
    """A document of the firm; its bytes are those of its current version."""

    __tablename__ = "document"

    description: Mapped[str]
    description_folded: Mapped[str]
    document_date: Mapped[date | None]
    business_unit_id: Mapped[UUID | None]
    dossier_id: Mapped[UUID | None]
    external_reference: Mapped[str | None]
    current_version: Mapped[int] = mapped_column(server_default=text("1"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    updated_at: Mapped[datetime]
    """The last change of any kind, rights included (S048)."""
    updated_by: Mapped[UUID | None]
    content_updated_at: Mapped[datetime]
    """The last change that every reader sees: sharing with one does not move the date of another (A23)."""
    content_updated_by: Mapped[UUID | None]
    content_revision: Mapped[int] = mapped_column(server_default=text("1"))
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None]
    __table_args__ = (
        refers_to("business_unit_id", "business_unit"),
        refers_to("dossier_id", "dossier"),
        refers_to("created_by", "account"),
        refers_to("updated_by", "account"),
        refers_to("content_updated_by", "account"),
        refers_to("deleted_by", "account"),
        # Lists of clients look for what changed since a moment among what changed in any way since.
        CheckConstraint("content_updated_at <= updated_at", name="content_updated_at"),
        unique("external_reference"),
        index("document_updated", "updated_at", "id"),
        index("document_created", "created_at", "id"),
        # The date itself is beside its expression, so that the index is read without the table.
        index(
            "document_date",
            text("coalesce(document_date, '-infinity'::date)"),
            "id",
            postgresql_include=["document_date"],
        ),
        index("document_description", "description_folded", "id"),
        index("document_dossier", "dossier_id", "updated_at", "id"),
    )


class DocumentVersion(Keyed):
    __tablename__ = "document_version"

    document_id: Mapped[UUID]
    number: Mapped[int]
    file_name: Mapped[str]
    media_type: Mapped[str]
    byte_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the bytes as they came in, 32 bytes."""
    object_key: Mapped[str]
    scan_state: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("created_by", "account"),
        one_of("scan_state", "PENDING", "CLEAN", "INFECTED", "NOT_SCANNED"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("byte_size > 0", name="byte_size"),
        unique("document_id", "number"),
        unique("object_key"),
    )


class DocumentCategory(Linked):
    __tablename__ = "document_category"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("category_id", "category"),
        index("document_category_category", "category_id", "document_id"),
    )


class DocumentRelation(Linked):
    __tablename__ = "document_relation"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    relation_id: Mapped[UUID] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("relation_id", "relation"),
        index("document_relation_relation", "relation_id", "document_id"),
    )


class DocumentHolding(Linked):
    __tablename__ = "document_holding"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    holding_id: Mapped[UUID] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("holding_id", "holding"),
        index("document_holding_holding", "holding_id", "document_id"),
    )


class DocumentGrant(Keyed):
    """What one principal may do with one document, from one source; what counts is the union of the rows."""

    __tablename__ = "document_grant"

    document_id: Mapped[UUID]
    principal_id: Mapped[UUID]
    rights: Mapped[Small]
    """READ 1, UPDATE 2, DELETE 4, CHANGE_SECURITY 8 (core.rights)."""
    source: Mapped[str]
    category_rule_id: Mapped[UUID | None]
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("principal_id", "principal"),
        refers_to("category_rule_id", "category_rule"),
        refers_to("granted_by", "account"),
        CheckConstraint("rights BETWEEN 1 AND 15", name="rights"),
        one_of("source", "CREATOR", "DEFAULT", "MANUAL", "UPLOADER", "CATEGORY_RULE"),
        # Serves the check: one document, the viewer's principals.
        unique(
            "document_id",
            "principal_id",
            "source",
            "category_rule_id",
            name="document_grant_one_per_source",
            postgresql_nulls_not_distinct=True,
            postgresql_include=["rights", "granted_at"],
        ),
        # Serves the list from the grants: all documents of the viewer's principals.
        index(
            "document_grant_principal",
            "principal_id",
            "document_id",
            postgresql_include=["rights", "granted_at"],
        ),
    )


class Upload(Keyed):
    """Bytes on their way in, before a document is made of them."""

    __tablename__ = "upload"

    account_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    file_name: Mapped[str]
    media_type: Mapped[str]
    byte_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    object_key: Mapped[str | None]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    __table_args__ = (refers_to("account_id", "account"), unique("digest"))
