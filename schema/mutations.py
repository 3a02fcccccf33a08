"""What can be done."""

import strawberry

from execution import performed
from permissions.fields import IsStaff, SignedIn
from schema.documents import update_document, upload_document
from schema.payloads import (
    DocumentPayload,
    PortalAccessPayload,
    SetDocumentRightsPayload,
    SignInPayload,
    SignOutPayload,
)
from schema.portal_access import grant_portal_access
from schema.prices import CHANGES
from schema.sharing import set_document_rights
from schema.signing_in import sign_in, sign_out


@strawberry.type(description="What can be done. One field is one transaction.")
class Mutation:
    sign_in: SignInPayload | None = performed(
        sign_in, description="Signs in (aanmelden).", directives=[CHANGES]
    )
    sign_out: SignOutPayload | None = performed(
        sign_out,
        description="Ends the session that asks, for good.",
        permission_classes=[SignedIn],
        directives=[CHANGES],
    )
    grant_portal_access: PortalAccessPayload | None = performed(
        grant_portal_access,
        description="Verleen deze relatie toegang tot het klantenportaal.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    upload_document: DocumentPayload | None = performed(
        upload_document,
        description="Een document opladen, in one multipart request.",
        permission_classes=[SignedIn],
        directives=[CHANGES],
    )
    update_document: DocumentPayload | None = performed(
        update_document,
        description="Changes what is said of a document: description, date, dossier, categories, relations.",
        permission_classes=[SignedIn],
        directives=[CHANGES],
    )
    set_document_rights: SetDocumentRightsPayload | None = performed(
        set_document_rights,
        description="Sets one row of the rights tab (Rechten).",
        permission_classes=[SignedIn],
        directives=[CHANGES],
    )
