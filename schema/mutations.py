"""What can be done."""

import strawberry

from execution import performed
from permissions.fields import IsAdministrator, IsStaff, WritesDocuments
from schema.account_mutations import AccountMutations
from schema.category_rules import apply_category_rule, set_category_rule
from schema.deleting import delete_document, restore_document
from schema.documents import update_document, upload_document
from schema.file_mutations import FileMutations
from schema.groups import create_group, set_group_members
from schema.letter import RetryLetterPayload, retry_letter
from schema.payloads import (
    ApplyCategoryRulePayload,
    DeleteDocumentPayload,
    DocumentPayload,
    GroupPayload,
    SetCategoryRulePayload,
    SetDocumentRightsPayload,
)
from schema.prices import CHANGES
from schema.sharing import set_document_rights
from schema.uploads import CreateUploadPayload, add_document_version, complete_upload, create_upload


@strawberry.type(description="What can be done. One field is one transaction.")
class Mutation(AccountMutations, FileMutations):
    create_group: GroupPayload | None = performed(
        create_group,
        description="Adds a group, without members (groep).",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    set_group_members: GroupPayload | None = performed(
        set_group_members,
        description="Says who is in a group.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
    set_category_rule: SetCategoryRulePayload | None = performed(
        set_category_rule,
        description="Says whom documents that enter a category in a dossier are shared with, from now on.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    apply_category_rule: ApplyCategoryRulePayload | None = performed(
        apply_category_rule,
        description="Shares the documents that stand already as a rule does.",
        permission_classes=[IsStaff],
        directives=[CHANGES],
    )
    upload_document: DocumentPayload | None = performed(
        upload_document,
        description="Een document opladen, in one multipart request.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    create_upload: CreateUploadPayload | None = performed(
        create_upload,
        description="Announces a file that is too large for a multipart request, and says where to send it.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    complete_upload: DocumentPayload | None = performed(
        complete_upload,
        description="Makes a document of a file that was sent; the same one when it is called again.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    add_document_version: DocumentPayload | None = performed(
        add_document_version,
        description="Gives a document a new version; the old ones stay.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    update_document: DocumentPayload | None = performed(
        update_document,
        description="Changes what is said of a document (documenteigenschappen): description, date, dossier, "
        "categories, relations.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    set_document_rights: SetDocumentRightsPayload | None = performed(
        set_document_rights,
        description="Sets one row of the rights tab (Rechten).",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    delete_document: DeleteDocumentPayload | None = performed(
        delete_document,
        description="Deletes a document (schrappen): it is gone for everybody at once.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    restore_document: DocumentPayload | None = performed(
        restore_document,
        description="Brings a deleted document back, with its rights.",
        permission_classes=[WritesDocuments],
        directives=[CHANGES],
    )
    retry_letter: RetryLetterPayload | None = performed(
        retry_letter,
        description="Lets a letter that was set aside be tried once more.",
        permission_classes=[IsAdministrator],
        directives=[CHANGES],
    )
