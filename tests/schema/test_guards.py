"""The guards: each field is either on the list of what everybody may ask for here, or behind a permission."""

import pytest
from strawberry.types.base import StrawberryObjectDefinition, StrawberryOptional

from permissions.fields import (
    FieldPermission,
    IsAdministrator,
    IsAuditor,
    IsPerson,
    IsStaff,
    IsStaffOrOwn,
    MayChangeSecurity,
    MayRead,
    ReadsDocuments,
    ReadsRelations,
    SignedIn,
    StaffReadsDocuments,
    StaffReadsRelations,
    StaffReadsRelationsOrOwn,
    StaffWritesRelations,
    WritesDocuments,
)
from permissions.requires import Requires
from schema.live import Subscription
from schema.mutations import Mutation
from schema.queries import Query
from tests.schema.words import definitions, fields_of, guards_of, name_of

pytestmark = pytest.mark.at_length

# What has no permission of its own: whoever was given the object may ask it for these. A new field stands
# either here, after a decision, or in the table below.
CONNECTION = "edges nodes pageInfo totalCount"
EDGE = "cursor node"
ERROR = "code message path"
PUBLIC = {
    "AccessExplanation": "rights grants viaGroups obstacle",
    "Account": "id displayName role relation",
    "AccountConnection": CONNECTION,
    "AccountEdge": EDGE,
    "AccountPayload": "account userErrors",
    "ApiKey": "id name prefix scopes addresses createdAt expiresAt lastUsedAt revokedAt account",
    "ApplyCategoryRulePayload": "grantedCount userErrors",
    "AuditDetail": "name value",
    "AuditEvent": "number kind occurredAt account documentId relationId details",
    "AuditEventConnection": CONNECTION,
    "AuditEventEdge": EDGE,
    "BusinessUnit": "id name",
    "BusinessUnitPayload": "businessUnit userErrors",
    "Category": "id name position isArchived documents revision",
    "CategoryPayload": "category userErrors",
    "CategoryRule": "id category grantee rights createdAt createdBy removedAt",
    "Change": "kind nodeId nodeType node occurredAt",
    "ChangeConnection": "edges nodes pageInfo headCursor",
    "ChangeEdge": EDGE,
    "ChangePasswordPayload": "viewer userErrors",
    "ClientLogins": "used limit",
    "ConfirmPasskeyEnrolmentPayload": "passkey recoveryCodes viewer userErrors",
    "ConfirmTwoFactorEnrolmentPayload": "recoveryCodes viewer userErrors",
    "ConflictError": f"{ERROR} currentRevision",
    "ContactDetails": "street postalCode municipality phone secondPhone mobile fax deliveryMethod",
    "CreateApiKeyPayload": "apiKey secret userErrors",
    "CreateUploadPayload": "upload userErrors",
    "DeleteBusinessUnitPayload": "deletedBusinessUnitId userErrors",
    "DeleteDocumentPayload": "deletedDocumentId userErrors",
    "DeleteDossierPayload": "deletedDossierId userErrors",
    "DeleteHoldingPayload": "deletedHoldingId userErrors",
    "DeleteRelationPayload": "deletedRelationId userErrors",
    "DisableTwoFactorPayload": "viewer userErrors",
    "Document": "id description documentDate fileName mediaType byteSize sha256 scanState businessUnit "
    "dossier categories relations holdings viewerCan createdBy createdAt updatedBy updatedAt revision",
    "DocumentAct": "kind occurredAt account version",
    "DocumentActConnection": CONNECTION,
    "DocumentActEdge": EDGE,
    "DocumentAdded": "document",
    "DocumentChanged": "document",
    "DocumentConnection": CONNECTION,
    "DocumentEdge": EDGE,
    "DocumentGone": "documentId",
    "DocumentPayload": "document documentEdge userErrors",
    "DocumentVersion": "id number fileName mediaType byteSize sha256 scanState createdAt createdBy",
    "DocumentVersionConnection": CONNECTION,
    "DocumentVersionEdge": EDGE,
    "Dossier": "id name businessUnit members documents createdAt updatedAt revision",
    "DossierConnection": CONNECTION,
    "DossierEdge": EDGE,
    "DossierMember": "relation role",
    "DossierPayload": "dossier dossierEdge userErrors",
    "Grant": "id principal rights source rule isLinked grantedBy grantedAt",
    "Group": "id name isBuiltIn",
    "GroupPayload": "group userErrors",
    "Holding": "id kind name reference dossier createdAt updatedAt revision",
    "HoldingConnection": CONNECTION,
    "HoldingEdge": EDGE,
    "HoldingPayload": "holding userErrors",
    "HttpHeader": "name value",
    "ImportPayload": "created updated unchanged userErrors",
    "InputError": ERROR,
    "InUseError": f"{ERROR} usedBy",
    "Letter": "id kind recipient language state attempts queuedAt sentAt lastError",
    "LetterConnection": CONNECTION,
    "LetterEdge": EDGE,
    "Licence": "id name slug businessUnits",
    "LicencePayload": "licence userErrors",
    "LicenceSettings": "firstSecret staffNeedTwoFactor acceptsActiveFiles changesKeptDays mailSender "
    "mailReplyTo",
    "Mutation": "signIn completeTwoFactor completePasswordChange",
    "Node": "id",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "Passkey": "id name createdAt lastUsedAt",
    "PortalAccessPayload": "account relation userErrors",
    "PortalUsersOfDossier": "description",
    "Query": "viewer",
    "RateLimit": "cost limit remaining restoreRate",
    "RateLimitedError": f"{ERROR} retryAfterSeconds",
    "RegenerateRecoveryCodesPayload": "recoveryCodes userErrors",
    "Relation": "id kind displayName givenName familyName companyName title businessUnit dossiers documents "
    "createdAt updatedAt revision",
    "RelationConnection": CONNECTION,
    "RelationDetails": "birthDate birthPlace nationalRegisterNumber professionalCategory naceCode profession "
    "retirementAge retirementYear activityEndAge activityEndYear lifeExpectancyYear isDeceased isDisabled "
    "identityCardNumber identityCardValidUntil accountant",
    "RelationEdge": EDGE,
    "RelationPayload": "relation relationEdge userErrors",
    "RemovePasskeyPayload": "removedPasskeyId viewer userErrors",
    "RetryLetterPayload": "letter userErrors",
    "RevokeApiKeyPayload": "revokedApiKeyId userErrors",
    "RevokeSessionPayload": "revokedSessionId userErrors",
    "RoutingStep": "account reason willReceive skippedBecause",
    "RulePreview": "totalCount documents pageInfo",
    "Session": "id createdAt lastSeenAt expiresAt userAgent isCurrent",
    "SetCategoryRulePayload": "category rule userErrors",
    "SetDocumentRightsPayload": "document grants userErrors",
    "SignInPayload": "step token challenge passkeyOptions viewer userErrors",
    "SignOutPayload": "userErrors",
    "StartPasskeyEnrolmentPayload": "challenge options userErrors",
    "StartPasskeyProofPayload": "challenge options userErrors",
    "StartTwoFactorEnrolmentPayload": "enrolment userErrors",
    "Subscription": "",
    "Translations": "nl fr de en",
    "TwoFactorEnrolment": "id secret otpauthUri qrCode expiresAt",
    "TwoFactorStatus": "enabled enabledAt recoveryCodesLeft required",
    "UploadTicket": "id url headers maxByteSize expiresAt",
    "UpdateProfilePayload": "viewer userErrors",
    "UserError": ERROR,
    "Viewer": "account licence roles givenName familyName email language mustChangePassword twoFactor "
    "passkeys sessions",
}
GUARDED = {
    "Account": {
        IsStaffOrOwn: "username status initialPasswordExpiresAt lastSignedInAt twoFactorEnabled",
    },
    "Category": {IsStaff: "rules translations"},
    "Document": {
        MayRead: "contentUrl previewUrl versions history",
        MayChangeSecurity: "grants",
        StaffReadsDocuments: "externalReference",
    },
    "Dossier": {StaffReadsRelations: "manager externalReference"},
    "Group": {StaffReadsRelations: "members"},
    "Holding": {StaffReadsRelations: "externalReference"},
    "Licence": {IsStaff: "clientLogins", IsAdministrator: "settings"},
    "Mutation": {
        IsPerson: "signOut revokeSession updateProfile changePassword startTwoFactorEnrolment "
        "confirmTwoFactorEnrolment disableTwoFactor regenerateRecoveryCodes startPasskeyEnrolment "
        "confirmPasskeyEnrolment startPasskeyProof removePasskey updateContactDetails",
        IsStaff: "grantPortalAccess resetPassword blockAccount unblockAccount setCategoryRule "
        "applyCategoryRule createCategory updateCategory",
        IsAdministrator: "createAccount resetTwoFactor createApiKey revokeApiKey createGroup setGroupMembers "
        "retryLetter updateLicence createBusinessUnit updateBusinessUnit deleteBusinessUnit",
        StaffWritesRelations: "createRelation updateRelation deleteRelation createDossier updateDossier "
        "deleteDossier createHolding updateHolding deleteHolding importRelations importDossiers",
        WritesDocuments: "uploadDocument createUpload completeUpload addDocumentVersion updateDocument "
        "setDocumentRights deleteDocument restoreDocument importDocuments",
    },
    "Query": {
        SignedIn: "node nodes changes rateLimit",
        ReadsDocuments: "document documents archiveUrl categories",
        ReadsRelations: "relation dossier dossiers",
        StaffReadsRelations: "relations holdings accounts groups",
        IsStaff: "explainAccess explainUploadRouting previewCategoryRule",
        IsAdministrator: "apiKeys letters",
        IsAuditor: "auditEvents",
    },
    "Relation": {
        StaffReadsRelations: "details internalManager portalAccount externalReference",
        StaffReadsRelationsOrOwn: "email language contact",
    },
    "Subscription": {ReadsDocuments: "documentEvents"},
}
OUTPUTS = {name_of(it): it for it in definitions() if not it.is_input}
INPUTS = {name_of(it): it for it in definitions() if it.is_input}
FIELDS = [(type_name, name) for type_name, it in OUTPUTS.items() for name in fields_of(it)]


def guarded(type_name: str) -> dict[str, list[type[FieldPermission]]]:
    said = GUARDED.get(type_name, {})
    return {name: [kind] for kind, names in said.items() for name in names.split()}


@pytest.mark.parametrize("type_name", sorted(OUTPUTS.keys() | PUBLIC.keys()))
def test_every_field_is_public_by_decision_or_guarded(type_name: str) -> None:
    fields = fields_of(OUTPUTS[type_name])
    assert sorted(it for it, field in fields.items() if not guards_of(field)) == sorted(
        PUBLIC[type_name].split()
    )
    assert {it: guards_of(field) for it, field in fields.items() if guards_of(field)} == guarded(type_name)


def test_every_guard_is_one_of_ours() -> None:
    guards = {
        it for type_ in OUTPUTS.values() for field in fields_of(type_).values() for it in guards_of(field)
    }
    assert all(issubclass(it, FieldPermission) for it in guards)


@pytest.mark.parametrize(("type_name", "name"), FIELDS)
def test_the_schema_says_what_a_guard_requires(type_name: str, name: str) -> None:
    field = fields_of(OUTPUTS[type_name])[name]
    required = [it.directive for it in guarded(type_name).get(name, []) if it.directive]
    assert [it for it in field.directives if isinstance(it, Requires)] == required


@pytest.mark.parametrize(("type_name", "name"), FIELDS)
def test_a_field_that_requires_something_can_be_null(type_name: str, name: str) -> None:
    field = fields_of(OUTPUTS[type_name])[name]
    said = any(isinstance(it, Requires) for it in field.directives)
    # Whoever may not subscribe is refused before anything is executed.
    assert not said or isinstance(field.type, StrawberryOptional) or type_name == "Subscription"


@pytest.mark.parametrize(("type_name", "name"), FIELDS)
def test_only_relations_and_accounts_can_be_ones_own(type_name: str, name: str) -> None:
    said = [it for it in fields_of(OUTPUTS[type_name])[name].directives if isinstance(it, Requires)]
    assert type_name in ("Relation", "Account") or not any(it.or_own for it in said)


def test_only_the_list_of_nodes_and_events_are_guarded_and_never_null() -> None:
    stiff = [
        (type_name, name)
        for type_name, name in FIELDS
        if guards_of(field := fields_of(OUTPUTS[type_name])[name])
        and not isinstance(field.type, StrawberryOptional)
    ]
    assert stiff == [("Query", "nodes"), ("Subscription", "documentEvents")]


@pytest.mark.parametrize("type_name", sorted(INPUTS))
def test_no_permission_stands_on_an_input(type_name: str) -> None:
    assert [it for it in fields_of(INPUTS[type_name]).values() if it.permission_classes] == []


@pytest.mark.parametrize("type_name", sorted(name for name, it in OUTPUTS.items() if it.interfaces))
def test_a_type_guards_what_its_interface_guards(type_name: str) -> None:
    own = fields_of(OUTPUTS[type_name])
    for interface in OUTPUTS[type_name].interfaces:
        for name, field in fields_of(interface).items():
            assert guards_of(own[name])[: len(guards_of(field))] == guards_of(field)
            assert own[name].description == field.description


def nodes() -> list[StrawberryObjectDefinition]:
    return [it for it in OUTPUTS.values() if "Node" in {name_of(one) for one in it.interfaces}]


@pytest.mark.parametrize("type_", nodes(), ids=name_of)
def test_every_node_writes_an_id_of_its_own_type(type_: StrawberryObjectDefinition) -> None:
    assert fields_of(type_)["id"].origin is type_.origin  # pyright: ignore[reportUnknownMemberType]  a callable of any kind


def test_the_roots_are_what_the_table_speaks_of() -> None:
    roots = {OUTPUTS[it].origin for it in ("Query", "Mutation", "Subscription")}
    assert roots == {Query, Mutation, Subscription}
