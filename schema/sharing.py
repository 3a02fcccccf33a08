"""setDocumentRights."""

import strawberry
from strawberry.scalars import ID

from core.rights import Right
from resolvers import sharing
from schema import ids
from schema.context import Info
from schema.payloads import SetDocumentRightsPayload
from schema.user_errors import verb
from schema.words import rights_of


@strawberry.input(
    description="Sets one row of the rights tab; an empty list removes the row, whatever its sources."
)
class SetDocumentRightsInput:
    document_id: ID = strawberry.field(description="Which document.")
    principal_id: ID = strawberry.field(description="Whose row: an account or a group.")
    rights: list[Right] = strawberry.field(description="The ticks of the row.")
    if_revision: int | None = strawberry.field(
        default=None, description="Only if the document is still at this revision."
    )


@verb(SetDocumentRightsPayload)
async def set_document_rights(
    info: Info,
    input: SetDocumentRightsInput,
) -> SetDocumentRightsPayload:
    document_id = ids.read(info.context, "Document", input.document_id, "input", "documentId")
    principal_id = ids.read_principal(info.context, input.principal_id, "input", "principalId")
    rights = rights_of(input.rights)
    async with info.context.change() as change:
        await sharing.set_document_rights(change, document_id, principal_id, rights, input.if_revision)
    return SetDocumentRightsPayload(document_id=document_id)
