"""The statements of pages of documents and of their totals: how each form of a list is found fast."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    asc,
    bindparam,
    case,
    desc,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from models import Document
from models.tables import LICENCE, AnySelect
from permissions.access import HELD, Plan, granted_on, is_there, readable, reads, some_readable
from resolvers.document_filters import moment_of
from resolvers.document_rows import with_versions
from resolvers.document_sets import ALL, DATES, LOOKED_UP, SCOPES, UPDATED, Scope, in_all, of_dates, sets_of
from resolvers.document_shapes import OrderField, Shape
from resolvers.paging import COUNTED_UP_TO
from resolvers.parents import OF_PARENT, page_for_each_parent, total_for_each_parent

ITSELF: Final = Document.__table__
# How many documents are walked along, before it is given up; where only some of them belong to the list, as
# many as lie near each other in this order: elsewhere each is another page of the table.
WALKED: Final = 2_000
WALKED_NARROWED: Final = {
    OrderField.UPDATED_AT: 6_000,
    OrderField.CREATED_AT: 6_000,
    OrderField.DOCUMENT_DATE: 1_000,
    OrderField.DESCRIPTION: 1_000,
}
# From how many documents on the list is sifted and no longer looked up (docs/decisions/0007).
SIFTED_FROM: Final = 1_500


@lru_cache(maxsize=1024)
def page_statement(shape: Shape) -> AnySelect:
    """Return the statement of one page, or of one page for each parent."""
    page = page_of(shape)
    rows = with_versions(page)
    if shape.scope is not None:
        return page_for_each_parent(rows, shape.cut)
    return rows.order_by(*shape.cut.order(page.c.sort_key, page.c.id))


@lru_cache(maxsize=256)
def count_statement(shape: Shape) -> AnySelect:
    """Return the statement of the total, or of one total for each parent, counted no further than needed."""
    if shape.scope is not None:
        return total_for_each_parent(some_found(shape, of_parent(shape.scope)))
    some = some_readable(COUNTED_UP_TO + 1) if shape.is_whole else some_found(shape, found_of(shape))
    total = func.count().label("total")
    return select(null().label("parent_id"), total).select_from(some.subquery())


def page_of(shape: Shape) -> Subquery:
    """Return the rows of one page but for what is said of their versions."""
    if shape.scope is not None:
        return looked_up(shape, of_parent(shape.scope)).subquery("page")
    if shape.is_walked:
        return walked(shape).subquery("page")
    found = found_of(shape)
    if found is not None:
        return from_found(shape, found)
    return (sifted(shape, None) if shape.is_of_dates else walked_on(shape)).subquery("page")


def of_parent(scope: Scope) -> FromClause:
    """Return the keys of the documents that belong to a parent."""
    return in_all([SCOPES[scope](OF_PARENT)]).subquery("found")


def walked_on(shape: Shape) -> AnySelect:
    """Return the page found by asking for each document in their order, to the last one."""
    source, rights, _ = readable(Plan.WALKING)
    rows, updated_at = shape.rows(ITSELF, rights.table)
    rows = rows.select_from(source).where(*shape.met(ITSELF, updated_at))
    return shape.page(rows, shape.key(ITSELF, updated_at), ITSELF.c.id)


def walked(shape: Shape) -> AnySelect:
    """Return the page found by asking for each document in their order, as long as that is worth it.

    Filters that bound an index stand inside, so that only documents that meet them are counted; of the others
    the row is asked, before any grant is looked for.
    """
    leading = shape.leading
    bounds = shape.met(ITSELF, ITSELF.c.updated_at, without=shape.filters - leading)
    key = shape.key(ITSELF, ITSELF.c.updated_at)
    along = shape.page(select(ITSELF).where(is_there(), *bounds), key, ITSELF.c.id)
    most = WALKED_NARROWED[shape.order] if shape.filters else WALKED
    return asked_for(shape, along.limit(bindparam("walked", most, Integer())), leading)


def found_of(shape: Shape) -> CTE | None:
    """Return what the page's documents are among, found once: what is held, what is in the sets, or both.

    None where they are among all.
    """
    sets = sets_of(shape.filters)
    # A client's date may be that of the sharing.
    chosen = [sets[name] for name in sorted(shape.begin) if shape.for_staff or name != UPDATED]
    if shape.plan is Plan.WALKING:
        return in_all(chosen).cte("found") if chosen else None
    conditions = [is_among(HELD.c.document_id, in_all(chosen).cte("in_sets"))] if chosen else []
    if not shape.for_staff:
        conditions += shared_in_time(shape)
    return select(HELD).where(*conditions).cte("found") if conditions else HELD


def shared_in_time(shape: Shape) -> list[ColumnElement[bool]]:
    """Say: as far as the grants tell, the date that a client sees is in the bounds."""
    conditions: list[ColumnElement[bool]] = []
    if "updated_before" in shape.filters:
        conditions.append(HELD.c.shared_at < moment_of("updated_before"))
    if "updated_after" in shape.filters and UPDATED in shape.begin:
        changed = in_all([of_dates(frozenset({"updated_after"}))]).cte("changed")
        since = moment_of("updated_after")
        conditions.append(or_(HELD.c.shared_at > since, is_among(HELD.c.document_id, changed)))
    return conditions


def from_found(shape: Shape, found: CTE) -> Subquery:
    """Return the page of what was found: of few documents each is looked up, of many only those on it."""
    few = looked_up(shape, found)
    if shape.is_by_sharing and shape.plan is Plan.WALKING:
        # What is dated by the sharing is sifted from the grants alone.
        return few.subquery("page")
    many = nearest(shape, found) if shape.is_by_sharing else sifted(shape, found)
    sifted_from = bindparam("sifted_from", 1 + LOOKED_UP if shape.filters else SIFTED_FROM, Integer())
    counted = select(found.c.document_id).limit(sifted_from).subquery("counted")
    size = select(func.count()).select_from(counted).scalar_subquery()
    # Of the two only the one whose condition holds is carried out.
    return union_all(few.where(size < sifted_from), many.where(size >= sifted_from)).subquery("page")


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


def sifted(shape: Shape, found: CTE | None) -> AnySelect:
    """Return the page found by reading an index in its order, and looking up only what is among the found.

    To read an entry takes a thirtieth of the time that it takes to look a document up.
    """
    key = shape.key(ITSELF, ITSELF.c.updated_at)
    of_licence = select(ITSELF.c.id).where(ITSELF.c.licence_id == LICENCE)
    if shape.for_staff:
        # Of what an index tells by itself no document's row is asked.
        told = DATES | shape.leading
        of_licence = of_licence.where(*shape.met(ITSELF, ITSELF.c.updated_at, without=shape.filters - told))
    # A bound that takes nothing away, but lets PostgreSQL expect to read a part.
    most: ColumnElement[int] = ALL
    if found is not None:
        of_licence = of_licence.where(is_among(ITSELF.c.id, found))
        most = select(func.count()).select_from(found).scalar_subquery()
    index = shape.page(of_licence, key, ITSELF.c.id).limit(most).subquery("index")
    document, access = itself_of(index.c.id), granted_on(index.c.id)
    rows, updated_at = shape.rows(document, access)
    source = index.join(document, true()).join(access, reads(access))
    rows = rows.select_from(source).where(*shape.met(document, updated_at))
    return shape.kept(rows, index.c.sort_key, index.c.id)


def nearest(shape: Shape, found: CTE) -> AnySelect:
    """Return the page of a list that is sorted by the later of two dates, of the content and of the sharing.

    As many documents as fill a page, those that were shared last, are all dated after some moment: of the
    others only those are looked up that can be dated after it, too. Where fewer are there, they are all that
    there are. In the other direction likewise.
    """
    shared_at = found.c.shared_at
    way = desc if shape.is_down else asc
    ordered = select(found).order_by(way(shared_at)).subquery("ordered")
    first = looked_up(shape, ordered).order_by(None).order_by(way(ordered.c.shared_at))
    dates = first.subquery("first").c.sort_key
    bound = select((func.min if shape.is_down else func.max)(dates).label("moment")).cte("bound")
    since = select(bound.c.moment).scalar_subquery()
    if not shape.is_down:
        # Neither date may be later.
        return looked_up(shape, select(found).where(shared_at <= since).subquery("near"))
    # What was changed since is among what was changed in any way since.
    of_licence = select(ITSELF.c.id).where(ITSELF.c.licence_id == LICENCE)
    changed = of_licence.where(ITSELF.c.updated_at >= since, is_among(ITSELF.c.id, found))
    near = select(found).where(or_(shared_at >= since, found.c.document_id.in_(changed)))
    return looked_up(shape, near.subquery("near"))


def some_found(shape: Shape, found: FromClause | None) -> AnySelect:
    """Return the keys of the documents among the found that belong to the list, no more than are counted."""
    if found is None:
        source, rights, _ = readable(Plan.WALKING)
        _, updated_at = shape.rows(ITSELF, rights.table)
        rows = select(ITSELF.c.id).select_from(source).where(*shape.met(ITSELF, updated_at))
        return rows.limit(COUNTED_UP_TO + 1)
    document, access, source = itself_and_access(found)
    _, updated_at = shape.rows(document, access)
    rows = select(document.c.id).select_from(source).where(*shape.met(document, updated_at))
    return rows.limit(COUNTED_UP_TO + 1)


def is_among(document_id: ColumnElement[Any], found: CTE) -> ColumnElement[bool]:
    """Say: the document was found. CASE keeps it a look into a set that is made once."""
    return case((document_id.in_(select(found.c.document_id)), 1)) == 1


def itself_of(document_id: ColumnElement[Any]) -> FromClause:
    """Return the document with a key; LIMIT keeps it a look-up, whatever PostgreSQL expects."""
    found = select(ITSELF).where(is_there(), ITSELF.c.id == document_id).limit(1)
    return found.correlate(document_id.table).lateral("document")
