"""The row that a document is to its viewer: never without the rights that let him see it."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, bindparam, func, select

from models import Document, DocumentVersion
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.access import Column, Plan, readable
from resolvers.levels import looked_up
from resolvers.reading import Reading


def seen_as_updated(shared_at: Column, *, for_staff: bool) -> ColumnElement[Any]:
    """Return the date of a document (S068): for staff its last change of any kind (S048).

    For a client it is the last change that concerns him: of the document itself, or the sharing with him.
    That others were given rights does not move it (A23).
    """
    if for_staff:
        return Document.updated_at.expression
    return func.greatest(Document.content_updated_at, shared_at, type_=Document.updated_at.type)


def select_documents(
    plan: Plan, *, for_staff: bool, deleted: bool = False
) -> tuple[AnySelect, ColumnElement[Any]]:
    """Return the documents that the viewer may read, and the date he sees them under."""
    source, rights, shared_at = readable(plan, deleted=deleted)
    updated_at = seen_as_updated(shared_at, for_staff=for_staff)
    current = and_(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.document_id == Document.id,
        DocumentVersion.number == Document.current_version,
    )
    statement = select(
        Document.id,
        Document.description,
        Document.document_date,
        Document.business_unit_id,
        Document.dossier_id,
        Document.external_reference,
        Document.current_version,
        (Document.revision if for_staff else Document.content_revision).label("revision"),
        Document.created_at,
        Document.created_by,
        (Document.updated_by if for_staff else Document.content_updated_by).label("updated_by"),
        updated_at.label("updated_at"),
        rights.label("rights"),
        DocumentVersion.file_name,
        DocumentVersion.media_type,
        DocumentVersion.byte_size,
        DocumentVersion.sha256,
        DocumentVersion.scan_state,
        DocumentVersion.object_key,
    ).select_from(source.join(DocumentVersion, current))
    return statement, updated_at


@cache
def these(*, for_staff: bool, deleted: bool = False) -> AnySelect:
    """Return the check: the list, restricted to some ids."""
    statement, _ = select_documents(Plan.WALKING, for_staff=for_staff, deleted=deleted)
    return statement.where(Document.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


@cache
def this_one_locked(*, for_staff: bool, deleted: bool = False) -> AnySelect:
    """Return the check that a change begins with: nobody else changes the document meanwhile."""
    return these(for_staff=for_staff, deleted=deleted).with_for_update(of=Document)


async def by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return each document that the viewer may read, None in the place of every other id."""
    statement = these(for_staff=not request.viewer.is_client)
    return await looked_up(request, statement, ids)
