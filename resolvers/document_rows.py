"""The row that a document is to its viewer: never without the rights that let him see it."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, FromClause, Uuid, and_, bindparam, func, select, true

from models import Document, DocumentVersion
from models.tables import LICENCE, AnyRow, AnySelect
from permissions.access import Column, Plan, elements, readable
from resolvers.levels import looked_up
from resolvers.reading import Reading

ASKED: Final = elements(bindparam("ids", type_=ARRAY(Uuid())), "asked")
OF_VERSION: Final = (
    DocumentVersion.file_name,
    DocumentVersion.media_type,
    DocumentVersion.byte_size,
    DocumentVersion.sha256,
    DocumentVersion.scan_state,
)


def seen_as_updated(document: FromClause, shared_at: Column, *, for_staff: bool) -> ColumnElement[Any]:
    """Return the date of a document (S068): for staff its last change of any kind (S048).

    For a client it is the last change that concerns him: of the document itself, or the sharing with him.
    That others were given rights does not move it (A23).
    """
    if for_staff:
        return document.c.updated_at
    return func.greatest(document.c.content_updated_at, shared_at, type_=Document.updated_at.type)


def of_document(
    document: FromClause, rights: Column, updated_at: ColumnElement[Any], *, for_staff: bool
) -> list[ColumnElement[Any]]:
    """Return the columns of a row but for those of the version."""
    it = document.c
    return [
        it.id,
        it.description,
        it.document_date,
        it.business_unit_id,
        it.dossier_id,
        it.external_reference,
        it.current_version,
        (it.revision if for_staff else it.content_revision).label("revision"),
        it.created_at,
        it.created_by,
        (it.updated_by if for_staff else it.content_updated_by).label("updated_by"),
        updated_at.label("updated_at"),
        rights.label("rights"),
    ]


def is_current(document: FromClause) -> ColumnElement[bool]:
    """Say: the version is the document's current one."""
    return and_(
        DocumentVersion.licence_id == LICENCE,
        DocumentVersion.document_id == document.c.id,
        DocumentVersion.number == document.c.current_version,
    )


def select_documents(
    plan: Plan, *, for_staff: bool, deleted: bool = False
) -> tuple[AnySelect, ColumnElement[Any]]:
    """Return the documents that the viewer may read, and the date he sees them under."""
    source, rights, shared_at = readable(plan, deleted=deleted)
    itself = Document.__table__
    updated_at = seen_as_updated(itself, shared_at, for_staff=for_staff)
    columns = of_document(itself, rights, updated_at, for_staff=for_staff)
    statement = select(*columns, *OF_VERSION).select_from(source.join(DocumentVersion, is_current(itself)))
    return statement, updated_at


def with_versions(page: FromClause) -> AnySelect:
    """Return the rows of a page that has been cut, with what their versions say.

    LIMIT keeps each version a look-up, however many rows PostgreSQL expects.
    """
    current = select(*OF_VERSION).where(is_current(page)).limit(1).correlate(page).lateral("version")
    return select(*page.c, *current.c).select_from(page.join(current, true()))


@cache
def these(*, for_staff: bool, deleted: bool = False) -> AnySelect:
    """Return the check: the list, restricted to some ids."""
    statement, _ = select_documents(Plan.WALKING, for_staff=for_staff, deleted=deleted)
    return statement.join(ASKED, ASKED.c.id == Document.id)


@cache
def this_one_locked(*, for_staff: bool, deleted: bool = False) -> AnySelect:
    """Return the check that a change begins with: nobody else changes the document meanwhile."""
    return these(for_staff=for_staff, deleted=deleted).with_for_update(of=Document)


async def by_ids(request: Reading, ids: Sequence[UUID]) -> list[AnyRow | None]:
    """Return each document that the viewer may read, None in the place of every other id."""
    statement = these(for_staff=not request.viewer.is_client)
    return await looked_up(request, statement, ids)
