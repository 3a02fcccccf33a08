"""Who can sign in and who can be given rights: principals, accounts, groups, sessions and second factors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Created, Keyed, Linked, index, one_of, refers_to, unique


class Principal(Keyed):
    """The common key of accounts and groups: whoever a grant may name."""

    __tablename__ = "principal"

    kind: Mapped[str]
    __table_args__ = (one_of("kind", "ACCOUNT", "GROUP"),)


class Account(Keyed):
    """A login. Whether a member of staff is an administrator is said by the group Administrators alone."""

    __tablename__ = "account"

    role: Mapped[str]
    username: Mapped[str]
    username_folded: Mapped[str]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    display_name: Mapped[str]
    display_name_folded: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str]
    relation_id: Mapped[UUID | None]
    password_hash: Mapped[str | None]
    initial_password_expires_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    last_signed_in_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    __table_args__ = (
        refers_to("id", "principal"),
        refers_to("relation_id", "relation"),
        one_of("role", "STAFF", "AUDITOR", "CLIENT", "SERVICE"),
        one_of("language", "NL", "FR", "DE", "EN"),
        unique("username_folded"),
        unique("relation_id"),
        index("account_name", "display_name_folded", "id"),
    )


class AccountGroup(Keyed):
    __tablename__ = "account_group"

    name: Mapped[str]
    built_in: Mapped[str | None]
    """`ADMINISTRATORS` or `USERS` for the two groups that every licence has (S005)."""
    __table_args__ = (
        refers_to("id", "principal"),
        one_of("built_in", "ADMINISTRATORS", "USERS"),
        unique("name"),
        unique("built_in"),
    )


class AccountGroupMember(Linked):
    __tablename__ = "account_group_member"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    __table_args__ = (
        refers_to("group_id", "account_group"),
        refers_to("account_id", "account"),
        index("account_group_member_account", "account_id"),
    )


class Session(Keyed):
    """A signed-in browser or program; only the digest of its token is kept (ASVS 7.2)."""

    __tablename__ = "session"

    account_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    user_agent: Mapped[str | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        refers_to("account_id", "account"),
        unique("digest"),
        index("session_account", "account_id"),
    )


class KnownNetwork(Linked):
    """A network that an account signed in from: others who guess do not lock it out there (ASVS 6.1.1)."""

    __tablename__ = "known_network"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(primary_key=True)
    signed_in_at: Mapped[datetime]
    __table_args__ = (refers_to("account_id", "account"),)


class Challenge(Keyed):
    """What is handed out between the steps of a sign-in, or mailed as the link of a new account."""

    __tablename__ = "challenge"

    account_id: Mapped[UUID]
    step: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    nonce: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What a passkey is asked to sign."""
    __table_args__ = (
        refers_to("account_id", "account"),
        one_of("step", "TWO_FACTOR", "PASSWORD_CHANGE", "FIRST_PASSWORD", "PASSKEY_ENROLMENT"),
        unique("digest"),
        index("challenge_account", "account_id"),
    )


class TotpDevice(Keyed):
    __tablename__ = "totp_device"

    account_id: Mapped[UUID]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_time_step: Mapped[int] = mapped_column(server_default=text("0"))
    __table_args__ = (
        refers_to("account_id", "account"),
        index("totp_device_account", "account_id"),
    )


class Passkey(Keyed):
    """A passkey as a second factor (WebAuthn)."""

    __tablename__ = "passkey"

    account_id: Mapped[UUID]
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (
        refers_to("account_id", "account"),
        unique("credential_id"),
        index("passkey_account", "account_id"),
    )


class RecoveryCode(Keyed):
    __tablename__ = "recovery_code"

    account_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]
    __table_args__ = (refers_to("account_id", "account"), unique("account_id", "digest"))


class ApiKey(Keyed):
    """A partner's machine: an account of its own (role SERVICE) with a secret in place of a password."""

    __tablename__ = "api_key"

    account_id: Mapped[UUID]
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    networks: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """From where it may be used; null: from anywhere."""
    created_at: Mapped[Created]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        refers_to("account_id", "account"),
        refers_to("created_by", "account"),
        unique("digest"),
    )
