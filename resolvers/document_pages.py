"""The statements of pages of documents and of their totals: how each form of a list is found fast."""

from functools import lru_cache
from typing import Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    bindparam,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from models.tables import LICENCE, AnySelect
from permissions.access import HELD, Plan, granted_on, is_there, readable, reads, some_readable
from resolvers.document_by_sharing import nearest
from resolvers.document_filters import moment_of
from resolvers.document_look_ups import (
    ITSELF,
    TRIED,
    asked_for,
    is_in,
    itself_and_access,
    itself_of,
    looked_up,
)
from resolvers.document_rows import with_versions
from resolvers.document_sets import ALL, DATES, LOOKED_UP, SCOPES, UPDATED, Scope, in_all, of_dates, sets_of
from resolvers.document_shapes import OrderField, Shape
from resolvers.paging import COUNTED_UP_TO
from resolvers.parents import OF_PARENT, page_for_each_parent, total_for_each_parent

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


@lru_cache(maxsize=256)
def is_left_statement(shape: Shape) -> AnySelect:
    """Return the statement of whether a page begins with more documents than are looked up, each of them."""
    found = found_of(shape)
    assert found is not None
    return select(size_of(shape, found) >= sifted_from(shape))


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
    # One after the other: a set is not read where nothing is left.
    conditions = [is_in(HELD.c.document_id, it) for it in chosen]
    if not shape.for_staff:
        conditions += shared_in_time(shape)
    return select(HELD).where(*conditions).cte("found") if conditions else HELD


def shared_in_time(shape: Shape) -> list[ColumnElement[bool]]:
    """Say: as far as the grants tell, the date that a client sees is in the bounds."""
    conditions: list[ColumnElement[bool]] = []
    begins_at = shape.cut.begins_at
    if shape.is_by_sharing and shape.is_down and begins_at:
        conditions.append(HELD.c.shared_at <= moment_of(begins_at))
    if shape.filters >= DATES:
        conditions.append(moment_of("updated_after") < moment_of("updated_before"))
    if "updated_before" in shape.filters:
        conditions.append(HELD.c.shared_at < moment_of("updated_before"))
    if "updated_after" in shape.filters and UPDATED in shape.begin:
        changed = of_dates(frozenset({"updated_after"}))
        since = moment_of("updated_after")
        conditions.append(or_(HELD.c.shared_at > since, is_in(HELD.c.document_id, changed)))
    return conditions


def from_found(shape: Shape, found: CTE) -> Subquery:
    """Return the page of what was found: of few documents each is looked up, of many only those on it."""
    few = looked_up(shape, found)
    if shape.is_by_sharing and shape.plan is Plan.WALKING:
        # What is dated by the sharing is sifted from the grants alone.
        return few.subquery("page")
    many = nearest(shape, found) if shape.is_by_sharing else sifted(shape, found)
    size, most = size_of(shape, found), sifted_from(shape)
    # Of the two only the one whose condition holds is carried out.
    return union_all(few.where(size < most), many.where(size >= most)).subquery("page")


def sifted_from(shape: Shape) -> ColumnElement[int]:
    """Return from how many documents on not each is looked up."""
    return bindparam("sifted_from", 1 + LOOKED_UP if shape.filters else SIFTED_FROM, Integer())


def size_of(shape: Shape, found: CTE) -> ColumnElement[int]:
    """Return how much was found, counted no further than that."""
    counted = select(found.c.document_id).limit(sifted_from(shape)).subquery("counted")
    return select(func.count()).select_from(counted).scalar_subquery()


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
        of_licence = of_licence.where(is_in(ITSELF.c.id, select(found.c.document_id)))
        most = select(func.count()).select_from(found).scalar_subquery()
    if shape.then:
        most = func.least(most, TRIED)
    index = shape.page(of_licence, key, ITSELF.c.id).limit(most).subquery("index")
    document, access = itself_of(index.c.id), granted_on(index.c.id)
    rows, updated_at = shape.rows(document, access)
    source = index.join(document, true()).join(access, reads(access))
    rows = rows.select_from(source).where(*shape.met(document, updated_at))
    return shape.kept(rows, index.c.sort_key, index.c.id)


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
