"""The enums of the contract, each value with what it means."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from core.rights import NO_RIGHTS, Right
from core.viewer import ApiScope, Language, Role
from resolvers.document_lists import OrderField
from resolvers.operating import FirstSecret
from resolvers.signing_in import Step

Kind = TypeVar("Kind", bound=type[Enum])

RIGHTS: Final[tuple[list[Right], ...]] = tuple(
    [right for right in Right if mask & right] for mask in range(16)
)
"""The rights in each bit mask, in the order of the manual's columns."""


def rights_in(row: Any) -> list[Right]:
    """Return the rights in the row's bit mask."""
    mask: int = row.rights
    return RIGHTS[mask]


def rights_of(chosen: Iterable[Right]) -> Right:
    """Return rights as a bit mask."""
    mask = NO_RIGHTS
    for right in chosen:
        mask |= right
    return mask


def named(enum: Kind, name: str, description: str, **values: str) -> Kind:
    """Return the enum as a word of the schema; a value without a description is a KeyError."""
    word = strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = vars(word)["__strawberry_definition__"]
    for value in definition.values:
        value.description = values[value.name]
    return word


named(
    Right,
    "Right",
    "The four ticks of the rights matrix.",
    READ="Kan lezen.",
    UPDATE="Kan bijwerken.",
    DELETE="Kan schrappen.",
    CHANGE_SECURITY="Kan beveiliging aanpassen.",
)
named(
    Role,
    "Role",
    "What an account is to the firm.",
    STAFF="Works for the firm.",
    ADMINISTRATOR="Administers the licence (administrator van de licentie).",
    AUDITOR="Looks at what happened, and changes nothing.",
    CLIENT="A client with access to the portal (klant, portalgebruiker).",
    SERVICE="A partner's program.",
)
named(
    ApiScope,
    "ApiScope",
    "What an API key lets a partner's program do.",
    DOCUMENTS_READ="Reads documents that were shared with it, and the categories.",
    DOCUMENTS_WRITE="Sends in documents, and changes those that it may.",
    RELATIONS_READ="Reads the firm's relations, dossiers, accounts and groups.",
    RELATIONS_WRITE="Changes relations and dossiers.",
)
named(
    Language,
    "Language",
    "The languages that the product speaks (taal).",
    NL="Nederlands.",
    FR="Français.",
    DE="Deutsch.",
    EN="English.",
)
named(
    OrderField,
    "DocumentOrderField",
    "By what documents are sorted.",
    UPDATED_AT="The date that the viewer sees them under (datum).",
    CREATED_AT="When they came in.",
    DOCUMENT_DATE="The date on the document; those without one come before the first.",
    DESCRIPTION="The description (omschrijving), case and accents aside.",
)


class OrderDirection(Enum):
    """Which way a list runs."""

    ASC = "ASC"
    DESC = "DESC"


class AccountStatus(Enum):
    """How far an account has come."""

    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"


class RelationKind(Enum):
    """What a relation is."""

    PERSON = "PERSON"
    COMPANY = "COMPANY"


class DeliveryMethod(Enum):
    """How a relation wants to be sent documents."""

    PAPER = "PAPER"
    EMAIL = "EMAIL"
    PORTAL = "PORTAL"


class DossierRole(Enum):
    """What a relation is in a dossier."""

    MAIN_PERSON = "MAIN_PERSON"
    PARTNER = "PARTNER"
    CHILD = "CHILD"
    OTHER = "OTHER"


class HoldingKind(Enum):
    """What a holding is."""

    ASSET = "ASSET"
    LIABILITY = "LIABILITY"
    POLICY = "POLICY"


class GrantSource(Enum):
    """Where a row of the rights tab comes from."""

    CREATOR = "CREATOR"
    DEFAULT = "DEFAULT"
    MANUAL = "MANUAL"
    UPLOADER = "UPLOADER"
    CATEGORY_RULE = "CATEGORY_RULE"


class ScanState(Enum):
    """What the search for malware said of a file."""

    PENDING = "PENDING"
    CLEAN = "CLEAN"
    INFECTED = "INFECTED"
    NOT_SCANNED = "NOT_SCANNED"


class Disposition(Enum):
    """What a browser does with a file."""

    INLINE = "INLINE"
    ATTACHMENT = "ATTACHMENT"


class UserErrorCode(Enum):
    """What the caller can put right."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    INFECTED = "INFECTED"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    CONFLICT = "CONFLICT"
    EXPIRED = "EXPIRED"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    WRONG_CODE = "WRONG_CODE"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105  no password
    RATE_LIMITED = "RATE_LIMITED"
    NO_EMAIL = "NO_EMAIL"
    NO_SEAT_LEFT = "NO_SEAT_LEFT"
    NOT_LINKED_TO_CLIENT = "NOT_LINKED_TO_CLIENT"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    IN_USE = "IN_USE"


named(
    OrderDirection,
    "OrderDirection",
    "Which way a list runs.",
    ASC="From small to large, from old to new, from A to Z.",
    DESC="From large to small, from new to old, from Z to A.",
)
named(
    AccountStatus,
    "AccountStatus",
    "How far an account has come.",
    INVITED="The first password has not been replaced yet.",
    ACTIVE="Signs in with a password of its own.",
    BLOCKED="Can not sign in (geblokkeerd).",
)
named(
    FirstSecret,
    "FirstSecret",
    "What a new account is mailed to come in with.",
    PASSWORD="A first password that lasts five days (S034).",  # noqa: S106  no password
    LINK="A link that works once, behind which a password is chosen (A12).",
)
named(
    HoldingKind,
    "HoldingKind",
    "What a holding is.",
    ASSET="Something that is owned (activum).",
    LIABILITY="Something that is owed (passivum).",
    POLICY="An insurance (polis).",
)
named(RelationKind, "RelationKind", "What a relation is.", PERSON="A person.", COMPANY="A company.")
named(
    DeliveryMethod,
    "DeliveryMethod",
    "How a relation wants to be sent documents (document aflevering methode).",
    PAPER="On paper.",
    EMAIL="By e-mail.",
    PORTAL="Through the portal.",
)
named(
    DossierRole,
    "DossierRole",
    "What a relation is in a dossier.",
    MAIN_PERSON="The main person (hoofdpersoon); each dossier has one.",
    PARTNER="The partner; at most one.",
    CHILD="A child.",
    OTHER="Anybody else.",
)
named(
    GrantSource,
    "GrantSource",
    "Where a row of the rights tab comes from.",
    CREATOR="Who of the firm made the document: a member of staff, or a program.",
    DEFAULT="What every new document starts with.",
    MANUAL="Somebody set it in the rights tab.",
    UPLOADER="The client who sent the document.",
    CATEGORY_RULE="A rule of a category stamped it.",
)
named(
    ScanState,
    "ScanState",
    "What the search for malware said of a file.",
    PENDING="It has not been searched yet.",
    CLEAN="Nothing was found.",
    INFECTED="Something was found: nobody can open it.",
    NOT_SCANNED="This installation does not search.",
)
named(
    Disposition,
    "Disposition",
    "What a browser does with a file.",
    INLINE="Shows it (openen), where that is safe.",
    ATTACHMENT="Saves it (downloaden).",
)
named(
    Step,
    "SignInStep",
    "What a sign-in needs next.",
    SIGNED_IN="Nothing: the session is open.",
    TWO_FACTOR_REQUIRED="A code of the authenticator app, a recovery code, or a passkey.",
    PASSWORD_CHANGE_REQUIRED="A password of one's own.",  # noqa: S106  no password
)
named(
    UserErrorCode,
    "UserErrorCode",
    "What the caller can put right.",
    REQUIRED="Something is needed here.",
    INVALID="The value cannot be.",
    TOO_LONG="The text is too long.",
    TOO_LARGE="The file is too large.",
    UNSUPPORTED_TYPE="Files of this kind are not accepted.",
    INFECTED="Malware was found in the file.",
    NOT_FOUND="There is nothing that the viewer may see with this id.",
    FORBIDDEN="The viewer may see this, but not do that with it.",
    CONFLICT="It was changed in the meantime.",
    EXPIRED="It is too late for this.",
    WRONG_CREDENTIALS="User name and password do not open an account.",
    WRONG_CODE="The code is not right.",
    WEAK_PASSWORD="The password is too easy to guess.",  # noqa: S106  no password
    RATE_LIMITED="Too many tries.",
    NO_EMAIL="The relation has no e-mail address that mail can be sent to.",
    NO_SEAT_LEFT="All client logins of the licence are in use.",
    NOT_LINKED_TO_CLIENT="The document hangs neither on the client nor on his dossier.",
    ALREADY_EXISTS="It exists already.",
    IN_USE="Something else still uses it.",
)
