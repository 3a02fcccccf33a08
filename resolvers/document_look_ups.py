"""Pages of documents that are looked up one by one, for a list of any order."""

from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, FromClause, Integer, bindparam, case, select, true

from models import Document
from models.tables import AnySelect
from permissions.access import granted_on, is_there, reads
from resolvers.document_sets import ALL, DATES
from resolvers.document_shapes import Shape

ITSELF: Final = Document.__table__
# How many documents are looked up, before what meets the other filters is read as well.
TRIED: Final = bindparam("tried", 400, Integer())


def itself_and_access(found: FromClause) -> tuple[FromClause, FromClause, FromClause]:
    """Return the document and the access of each row of what was found, and all of it as one relation."""
    document = itself_of(found.c.document_id)
    if "rights" in found.c:
        return document, found, found.join(document, true())
    access = granted_on(document.c.id)
    return document, access, found.join(document, true()).join(access, reads(access))


def looked_up(shape: Shape, found: FromClause) -> AnySelect:
    """Return the page of what was found, each document of which is looked up."""
    if "rights" not in found.c and not shape.is_by_sharing:
        return looked_up_in_order(shape, found)
    document, access, source = itself_and_access(found)
    rows, updated_at = shape.rows(document, access)
    rows = rows.select_from(source).where(*shape.met(document, updated_at))
    return shape.page(rows, shape.key(document, updated_at), document.c.id)


def looked_up_in_order(shape: Shape, found: FromClause) -> AnySelect:
    """Return such a page, for which grants are looked for in the order of the list, until it is full."""
    itself = itself_of(found.c.document_id)
    later = frozenset[str]() if shape.for_staff else DATES
    some = select(itself).select_from(found.join(itself, true()))
    some = some.where(*shape.met(itself, itself.c.updated_at, without=later))
    key = shape.key(itself, itself.c.updated_at)
    return asked_for(shape, shape.page(some, key, itself.c.id).limit(None), shape.filters - later)


def asked_for(shape: Shape, along: AnySelect, met: frozenset[str]) -> AnySelect:
    """Return the page of documents that are asked for one after the other, and meet some filters already."""
    document = along.subquery("document")
    access = granted_on(document.c.id)
    rows, updated_at = shape.rows(document, access)
    rows = rows.select_from(document.join(access, reads(access)))
    rows = rows.where(*shape.met(document, updated_at, without=met))
    return shape.kept(rows, document.c.sort_key, document.c.id)


def is_in(document_id: ColumnElement[Any], some: AnySelect | CompoundSelect[Any]) -> ColumnElement[bool]:
    """Say: the document is among some. CASE keeps it a look into a set, which is made once, when needed."""
    bounded = some.limit(ALL).subquery("some")
    return case((document_id.in_(select(*bounded.c)), 1)) == 1


def itself_of(document_id: ColumnElement[Any]) -> FromClause:
    """Return the document with a key; LIMIT keeps it a look-up, whatever PostgreSQL expects."""
    found = select(ITSELF).where(is_there(), ITSELF.c.id == document_id).limit(1)
    return found.correlate(document_id.table).lateral("document")
