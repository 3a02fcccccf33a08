"""What each place that takes an id is for, and what else its field is given when an id is tried there."""

from dataclasses import dataclass
from typing import Any, Final

from auth.opaque_ids import LETTERS
from tests.journeys.secured import CODE, proof
from tests.world import PASSWORD

OWN: Final = "vier groene olifanten dansen"


@dataclass(frozen=True, slots=True)
class A:
    """A thing that whoever asks has, by its name in `two_firms`."""

    name: str


# A list of one may be said without its brackets; a place in it is then found as in any other input.
MEMBER: Final = {"relationId": A("Relation"), "role": "MAIN_PERSON"}
# With these a field does what it is for; one that is not here needs nothing beside the id that is tried.
ARGUMENTS: Final[dict[str, dict[str, Any]]] = {
    "Mutation.addDocumentVersion": {
        "input": {"documentId": A("Document"), "uploadId": A("Upload")},
    },
    "Mutation.applyCategoryRule": {"input": {"ruleId": A("CategoryRule"), "expectedCount": 1}},
    "Mutation.blockAccount": {"input": {"accountId": A("Account")}},
    "Mutation.changePassword": {
        "input": {"oldPassword": PASSWORD, "newPassword": OWN, "newPasswordConfirmation": OWN}
    },
    "Mutation.completeUpload": {"input": {"uploadId": A("Upload"), "description": "Sent before"}},
    "Mutation.confirmTwoFactorEnrolment": {"input": {"enrolmentId": A("TotpDevice"), "code": CODE}},
    "Mutation.createAccount": {
        "input": {"username": "new@staff.example", "givenName": "New", "familyName": "Advisor"}
    },
    "Mutation.createApiKey": {"input": {"name": "Program", "scopes": ["DOCUMENTS_READ"]}},
    "Mutation.createBusinessUnit": {"input": {"name": "Coast"}},
    "Mutation.createCategory": {"input": {"name": {"nl": "Leases"}}},
    "Mutation.createDossier": {"input": {"name": "New", "members": MEMBER}},
    "Mutation.createGroup": {"input": {"name": "Advisors of the coast"}},
    "Mutation.createHolding": {"input": {"kind": "ASSET", "name": "House by the sea"}},
    "Mutation.createRelation": {"input": {"familyName": "New"}},
    "Mutation.createUpload": {
        "input": {"fileName": "deed.pdf", "mediaType": "application/pdf", "byteSize": 7}
    },
    "Mutation.deleteBusinessUnit": {"input": {"businessUnitId": A("BusinessUnit, unused")}},
    "Mutation.deleteDocument": {"input": {"documentId": A("Document")}},
    "Mutation.deleteDossier": {"input": {"dossierId": A("Dossier, empty")}},
    "Mutation.deleteHolding": {"input": {"holdingId": A("Holding, unused")}},
    "Mutation.deleteRelation": {"input": {"relationId": A("Relation, unused")}},
    "Mutation.disableTwoFactor": {"input": proof("disableTwoFactor")},
    "Mutation.grantPortalAccess": {"input": {"relationId": A("Relation, without access")}},
    # One row is a list of one.
    "Mutation.importDocuments": {
        "input": {"rows": {"externalReference": A("Document"), "description": "Brought in"}}
    },
    "Mutation.importDossiers": {
        "input": {
            "rows": {
                "externalReference": "crm-1",
                "name": "New",
                "members": {"relation": A("Relation"), "role": "MAIN_PERSON"},
            }
        }
    },
    "Mutation.importRelations": {"input": {"rows": {"externalReference": "crm-1", "familyName": "New"}}},
    "Mutation.regenerateRecoveryCodes": {"input": proof("regenerateRecoveryCodes")},
    "Mutation.removePasskey": {"input": proof("removePasskey") | {"passkeyId": A("Passkey")}},
    "Mutation.resetPassword": {"input": {"accountId": A("Account")}},
    "Mutation.resetTwoFactor": {"input": {"accountId": A("Account")}},
    "Mutation.restoreDocument": {"input": {"documentId": A("Document, deleted")}},
    "Mutation.retryLetter": {"input": {"letterId": A("Letter")}},
    "Mutation.revokeApiKey": {"input": {"apiKeyId": A("ApiKey")}},
    "Mutation.revokeSession": {"input": {"sessionId": A("Session")}},
    "Mutation.setCategoryRule": {
        "input": {
            "categoryId": A("Category"),
            "grantee": {"portalUsersOfDossier": True},
            "rights": ["READ"],
        }
    },
    "Mutation.setDocumentRights": {
        "input": {"documentId": A("Document"), "principalId": A("Group"), "rights": ["READ", "UPDATE"]}
    },
    "Mutation.setGroupMembers": {
        "input": {"groupId": A("Group"), "accountIds": [A("Account, of staff")]},
    },
    "Mutation.startPasskeyEnrolment": {"input": proof("startPasskeyEnrolment")},
    "Mutation.startPasskeyProof": {"input": {"password": PASSWORD}},
    "Mutation.startTwoFactorEnrolment": {"input": proof("startTwoFactorEnrolment")},
    "Mutation.unblockAccount": {"input": {"accountId": A("Account")}},
    "Mutation.updateBusinessUnit": {"input": {"businessUnitId": A("BusinessUnit"), "name": "Inland"}},
    "Mutation.updateCategory": {"input": {"categoryId": A("Category"), "position": 7}},
    "Mutation.updateContactDetails": {"input": {"contact": {"street": "Lindelaan 1"}}},
    "Mutation.updateDocument": {"input": {"documentId": A("Document"), "description": "In other words"}},
    "Mutation.updateDossier": {
        "input": {"dossierId": A("Dossier"), "name": "Another name", "members": MEMBER}
    },
    "Mutation.updateHolding": {"input": {"holdingId": A("Holding"), "reference": "12"}},
    "Mutation.updateLicence": {"input": {"name": "Another firm"}},
    "Mutation.updateProfile": {"input": {"language": "FR"}},
    "Mutation.updateRelation": {"input": {"relationId": A("Relation, without access"), "title": "Dr."}},
    "Mutation.uploadDocument": {"input": {"description": "A new paper", "file": None}},
    "Query.explainAccess": {"documentId": A("Document"), "principalId": A("Account")},
    "Query.explainUploadRouting": {"relationId": A("Relation")},
}
# A filter means the same wherever it stands.
FILTERED: Final = ("Query", "Category", "Dossier", "Relation")
FILTER: Final = {
    "categoryIds": ("Category",),
    "dossierId": ("Dossier",),
    "relationId": ("Relation",),
    "businessUnitId": ("BusinessUnit",),
    "createdById": ("Account, of staff",),
}
# With each of these the field does what it is for.
MEANT: Final[dict[str, tuple[str, ...]]] = {
    "Mutation.addDocumentVersion(input.documentId)": ("Document",),
    "Mutation.addDocumentVersion(input.uploadId)": ("Upload",),
    "Mutation.applyCategoryRule(input.ruleId)": ("CategoryRule",),
    "Mutation.blockAccount(input.accountId)": ("Account",),
    "Mutation.completeUpload(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.completeUpload(input.categoryIds)": ("Category",),
    "Mutation.completeUpload(input.dossierId)": ("Dossier",),
    "Mutation.completeUpload(input.holdingIds)": ("Holding",),
    "Mutation.completeUpload(input.relationIds)": ("Relation",),
    "Mutation.completeUpload(input.uploadId)": ("Upload",),
    "Mutation.confirmTwoFactorEnrolment(input.enrolmentId)": ("TotpDevice",),
    "Mutation.createAccount(input.groupIds)": ("Group",),
    "Mutation.createDossier(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.createDossier(input.managerId)": ("Account, of staff",),
    "Mutation.createDossier(input.members.relationId)": ("Relation",),
    "Mutation.createHolding(input.dossierId)": ("Dossier",),
    "Mutation.createRelation(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.createRelation(input.details.accountantId)": ("Relation",),
    "Mutation.createRelation(input.internalManagerId)": ("Account, of staff",),
    "Mutation.deleteBusinessUnit(input.businessUnitId)": ("BusinessUnit, unused",),
    "Mutation.deleteDocument(input.documentId)": ("Document",),
    "Mutation.deleteDossier(input.dossierId)": ("Dossier, empty",),
    "Mutation.deleteHolding(input.holdingId)": ("Holding, unused",),
    "Mutation.deleteRelation(input.relationId)": ("Relation, unused",),
    "Mutation.grantPortalAccess(input.relationId)": ("Relation, without access",),
    "Mutation.importDocuments(input.rows.uploadId)": ("Upload",),
    "Mutation.removePasskey(input.passkeyId)": ("Passkey",),
    "Mutation.resetPassword(input.accountId)": ("Account",),
    "Mutation.resetTwoFactor(input.accountId)": ("Account",),
    "Mutation.restoreDocument(input.documentId)": ("Document, deleted",),
    "Mutation.retryLetter(input.letterId)": ("Letter",),
    "Mutation.revokeApiKey(input.apiKeyId)": ("ApiKey",),
    "Mutation.revokeSession(input.sessionId)": ("Session",),
    "Mutation.setCategoryRule(input.categoryId)": ("Category",),
    "Mutation.setCategoryRule(input.grantee.accountId)": ("Account, of staff",),
    "Mutation.setCategoryRule(input.grantee.groupId)": ("Group",),
    "Mutation.setDocumentRights(input.documentId)": ("Document",),
    "Mutation.setDocumentRights(input.principalId)": ("Group", "Account"),
    "Mutation.setGroupMembers(input.accountIds)": ("Account, of staff",),
    "Mutation.setGroupMembers(input.groupId)": ("Group",),
    "Mutation.unblockAccount(input.accountId)": ("Account",),
    "Mutation.updateBusinessUnit(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.updateCategory(input.categoryId)": ("Category",),
    "Mutation.updateDocument(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.updateDocument(input.categoryIds)": ("Category",),
    "Mutation.updateDocument(input.documentId)": ("Document",),
    "Mutation.updateDocument(input.dossierId)": ("Dossier",),
    "Mutation.updateDocument(input.holdingIds)": ("Holding",),
    "Mutation.updateDocument(input.relationIds)": ("Relation",),
    "Mutation.updateDossier(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.updateDossier(input.dossierId)": ("Dossier",),
    "Mutation.updateDossier(input.managerId)": ("Account, of staff",),
    "Mutation.updateDossier(input.members.relationId)": ("Relation",),
    "Mutation.updateHolding(input.dossierId)": ("Dossier",),
    "Mutation.updateHolding(input.holdingId)": ("Holding",),
    "Mutation.updateRelation(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.updateRelation(input.details.accountantId)": ("Relation",),
    "Mutation.updateRelation(input.internalManagerId)": ("Account, of staff",),
    "Mutation.updateRelation(input.relationId)": ("Relation",),
    "Mutation.uploadDocument(input.businessUnitId)": ("BusinessUnit",),
    "Mutation.uploadDocument(input.categoryIds)": ("Category",),
    "Mutation.uploadDocument(input.dossierId)": ("Dossier",),
    "Mutation.uploadDocument(input.holdingIds)": ("Holding",),
    "Mutation.uploadDocument(input.relationIds)": ("Relation",),
    "Query.archiveUrl(documentIds)": ("Document",),
    "Query.auditEvents(filter.accountId)": ("Account",),
    "Query.auditEvents(filter.documentId)": ("Document",),
    "Query.auditEvents(filter.relationId)": ("Relation",),
    "Query.document(id)": ("Document",),
    "Query.dossier(id)": ("Dossier",),
    "Query.explainAccess(documentId)": ("Document",),
    "Query.explainAccess(principalId)": ("Account", "Group"),
    "Query.explainUploadRouting(dossierId)": ("Dossier",),
    "Query.explainUploadRouting(relationId)": ("Relation",),
    "Query.holdings(dossierId)": ("Dossier",),
    "Query.node(id)": tuple(LETTERS),
    "Query.nodes(ids)": tuple(LETTERS),
    "Query.previewCategoryRule(ruleId)": ("CategoryRule",),
    "Query.relation(id)": ("Relation",),
    "Subscription.documentEvents(dossierId)": ("Dossier",),
    **{f"{it}.documents(filter.{name})": meant for it in FILTERED for name, meant in FILTER.items()},
}
