"""Documents: what they are, what they hang on, and who was given which rights on them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, LargeBinary, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, Linked, Small, index, one_of, refers_to, unique

SCAN_STATES = ("PENDING", "CLEAN", "INFECTED", "NOT_SCANNED")
UNSCANNED = text("scan_state IN ('PENDING', 'NOT_SCANNED')")
WITHOUT_CATEGORY = text("category_ids = '{}'")


class Document(Keyed):
    """A document of the firm; its bytes are those of its current version."""

    __tablename__ = "document"

    description: Mapped[str]
    description_folded: Mapped[str]
    document_date: Mapped[date | None]
    business_unit_id: Mapped[UUID | None]
    dossier_id: Mapped[UUID | None]
    category_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    """A copy of its rows of document_category, so that a list that is walked along is narrowed by it."""
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
        # What was changed when is beside each order, for lists that are narrowed by it.
        index("document_created", "created_at", "id", postgresql_include=["updated_at"]),
        # The date itself is beside its expression, so that the index is read without the table.
        index(
            "document_date",
            # Of none, the earliest; COALESCE is no leakproof function to row level security.
            text("greatest(document_date, '-infinity'::date)"),
            "id",
            postgresql_include=["document_date", "updated_at"],
        ),
        index("document_description", "description_folded", "id", postgresql_include=["updated_at"]),
        index("document_dossier", "dossier_id", "updated_at", "id"),
        index("document_created_by", "created_by", "updated_at", "id"),
        index("document_business_unit", "business_unit_id", "updated_at", "id"),
        index("document_uncategorised", "updated_at", "id", postgresql_where=WITHOUT_CATEGORY),
        # Serves the purge, which looks for the oldest.
        index("document_deleted", "deleted_at", "id", postgresql_where=text("deleted_at IS NOT NULL")),
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
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What opens the object, sealed for this version alone; null: nothing opens it any more."""
    scan_state: Mapped[str]
    scan_due_at: Mapped[Created]
    """When it is looked at next, where it has not been searched for malware."""
    checked_at: Mapped[Created]
    """When its object was last read and found to be what was stored."""
    damage: Mapped[str | None]
    """What was wrong with the object when it was last read."""
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("created_by", "account"),
        one_of("scan_state", *SCAN_STATES),
        one_of("damage", "MISSING", "DAMAGED"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("byte_size > 0", name="byte_size"),
        unique("document_id", "number"),
        unique("object_key"),
        index("document_version_unscanned", "scan_due_at", "id", postgresql_where=UNSCANNED),
        index("document_version_checked", "checked_at", "id"),
    )


class Preview(Linked):
    """A picture of a version's first page; without an object the version has none."""

    __tablename__ = "preview"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[Small] = mapped_column(primary_key=True)
    """In pixels."""
    object_key: Mapped[str | None]
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    byte_size: Mapped[int | None]
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    __table_args__ = (refers_to("document_id", "document"), unique("object_key"))


class DocumentCategory(Linked):
    __tablename__ = "document_category"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("document_id", "document"),
        refers_to("category_id", "category"),
        index("document_category_category", "category_id", "document_id"),
    )


class DescriptionWord(Linked):
    """A word of a document's description, folded: what a search for a rare text begins with."""

    __tablename__ = "description_word"

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("document_id", "document"),
        index("description_word_word", "word", "document_id"),
    )


class WordSuffix(Linked):
    """An end of a word that descriptions of the licence have: what is in a word begins one of its ends."""

    __tablename__ = "word_suffix"

    suffix: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)


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
    """A file that is announced, or has come in, before a document is made of it."""

    __tablename__ = "upload"

    account_id: Mapped[UUID]
    file_name: Mapped[str]
    media_type: Mapped[str]
    byte_size: Mapped[int] = mapped_column(BigInteger)
    """As it was announced; another size is not taken."""
    announced_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Other bytes are not taken; 32 bytes."""
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the bytes that are there: 32 bytes."""
    object_key: Mapped[str | None]
    """Null until the bytes are there, and when a document was made of them."""
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    scan_state: Mapped[str | None]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    document_id: Mapped[UUID | None]
    """What was made of it."""
    __table_args__ = (
        refers_to("account_id", "account"),
        one_of("scan_state", *SCAN_STATES),
        CheckConstraint("octet_length(announced_sha256) = 32", name="announced_sha256"),
        CheckConstraint("byte_size > 0", name="byte_size"),
        unique("object_key"),
        index("upload_expires", "expires_at", "id"),
        index("upload_account", "account_id", "id"),
    )
