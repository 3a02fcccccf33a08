"""The tables, each one keyed by the licence it belongs to."""

from models.accounts import (
    Account,
    AccountGroup,
    AccountGroupMember,
    ApiKey,
    Challenge,
    KnownNetwork,
    Passkey,
    Principal,
    RecoveryCode,
    Session,
    TotpDevice,
)
from models.audit import EventChain, EventSeal
from models.categories import Category, CategoryRule
from models.documents import (
    DescriptionWord,
    Document,
    DocumentCategory,
    DocumentGrant,
    DocumentHolding,
    DocumentRelation,
    DocumentVersion,
    Preview,
    Upload,
    WordSuffix,
)
from models.dossiers import Dossier, DossierMember, Holding
from models.feed import Feed, FeedEntry
from models.letters import Event, IdempotencyKey, Letter, Throttle
from models.licences import BusinessUnit, Licence
from models.relations import Relation
from models.tables import Entity, metadata
from models.words import AccountWord, DossierWord, HoldingWord, RelationWord

__all__ = [
    "Account",
    "AccountGroup",
    "AccountGroupMember",
    "AccountWord",
    "ApiKey",
    "BusinessUnit",
    "Category",
    "CategoryRule",
    "Challenge",
    "DescriptionWord",
    "Document",
    "DocumentCategory",
    "DocumentGrant",
    "DocumentHolding",
    "DocumentRelation",
    "DocumentVersion",
    "Dossier",
    "DossierMember",
    "DossierWord",
    "Entity",
    "Event",
    "EventChain",
    "EventSeal",
    "Feed",
    "FeedEntry",
    "Holding",
    "HoldingWord",
    "IdempotencyKey",
    "KnownNetwork",
    "Letter",
    "Licence",
    "Passkey",
    "Preview",
    "Principal",
    "RecoveryCode",
    "Relation",
    "RelationWord",
    "Session",
    "Throttle",
    "TotpDevice",
    "Upload",
    "WordSuffix",
    "metadata",
]
