"""The statements of pages of documents and of their totals: how each form of a list is found fast."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Subquery,
    asc,
    bindparam,
    case,
    desc,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from models import Document
from models.tables import LICENCE, AnySelect
from permissions.access import HELD, Plan, granted_on, is_there, readable, reads, some_readable
from resolvers.document_filters import CONDITIONS, SCOPES, Scope
from resolvers.document_rows import of_document, seen_as_updated, with_versions
from resolvers.paging import COUNTED_UP_TO, PAGE_SIZE, Cut
from resolvers.parents import OF_PARENT, page_for_each_parent, total_for_each_parent

ITSELF: Final = Document.__table__
# The expression of the index: a document without a date stands before all that have one. The driver reads
# and writes `-infinity` as the first of January of year 1, which is no day of its own to it.
NO_DATE: Final = literal_column("'-infinity'::date", Date())
# From how many documents on the list is sifted and no longer looked up (docs/decisions/0007).
SIFTED_FROM: Final = bindparam("sifted_from", 1500, Integer())
# How many documents are walked along, before it is given up.
WALKED: Final = bindparam("walked", 2000, Integer())
HELD_COUNT: Final = (
    select(func.count())
    .select_from(select(HELD.c.document_id).limit(SIFTED_FROM).subquery("counted"))
    .scalar_subquery()
)


class OrderField(Enum):
    """By what a list of documents can be sorted."""

    UPDATED_AT = "UPDATED_AT"
    CREATED_AT = "CREATED_AT"
    DOCUMENT_DATE = "DOCUMENT_DATE"
    DESCRIPTION = "DESCRIPTION"


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a statement's text depends on; its values are bound."""

    plan: Plan
    for_staff: bool
    scope: Scope | None
    filters: frozenset[str]
    order: OrderField
    cut: Cut
    is_far: bool = False
    """Walking is not given up, however far from the beginning the page's documents stand."""

    @property
    def is_whole(self) -> bool:
        """Return whether it is the list of all that the viewer may read."""
        return self.scope is None and not self.filters

    @property
    def is_by_sharing(self) -> bool:
        """Return whether its order depends on the viewer, so that there is no index to read in it."""
        return self.order is OrderField.UPDATED_AT and not self.for_staff

    @property
    def is_walked(self) -> bool:
        """Return whether only so many documents are asked for, in their order."""
        can_be = self.is_whole and not self.is_by_sharing and not self.is_far
        return can_be and self.plan is Plan.WALKING

    def key(self, document: FromClause, updated_at: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return what the list is sorted by."""
        return {
            OrderField.UPDATED_AT: updated_at,
            OrderField.CREATED_AT: document.c.created_at,
            OrderField.DOCUMENT_DATE: func.coalesce(document.c.document_date, NO_DATE, type_=Date()),
            OrderField.DESCRIPTION: document.c.description_folded,
        }[self.order]

    @property
    def is_down(self) -> bool:
        """Return whether the statement runs from the last document to the first."""
        return self.cut.descending != self.cut.backwards

    def kept(self, rows: AnySelect, key: ColumnElement[Any], id_: ColumnElement[Any]) -> AnySelect:
        """Return the rows of one page, of a list that begins where the page does."""
        return rows.add_columns(key).order_by(*self.cut.order(key, id_)).limit(PAGE_SIZE)

    def rows(self, document: FromClause, access: FromClause) -> tuple[AnySelect, ColumnElement[Any]]:
        """Return the columns of a document's row but for its version's, and the date he sees it under."""
        updated_at = seen_as_updated(document, access.c.shared_at, for_staff=self.for_staff)
        columns = of_document(document, access.c.rights, updated_at, for_staff=self.for_staff)
        return select(*columns), updated_at

    def page(self, rows: AnySelect, key: ColumnElement[Any], id_: ColumnElement[Any]) -> AnySelect:
        """Return the rows of one page."""
        return self.cut.apply(rows.add_columns(key.label("sort_key")), key, id_)


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
    if shape.is_whole:
        some = some_readable(COUNTED_UP_TO + 1)
    else:
        rows, _ = narrowed(shape)
        some = rows.with_only_columns(ITSELF.c.id, maintain_column_froms=True).limit(COUNTED_UP_TO + 1)
    if shape.scope is not None:
        return total_for_each_parent(some)
    total = func.count().label("total")
    return select(null().label("parent_id"), total).select_from(some.subquery())


def page_of(shape: Shape) -> Subquery:
    """Return the rows of one page but for what is said of their versions."""
    if shape.is_walked:
        return walked(shape).subquery("page")
    if shape.is_whole and shape.plan is Plan.FROM_GRANTS:
        return from_grants(shape)
    rows, updated_at = narrowed(shape)
    return shape.page(rows, shape.key(ITSELF, updated_at), ITSELF.c.id).subquery("page")


def narrowed(shape: Shape) -> tuple[AnySelect, ColumnElement[Any]]:
    """Return the documents of the list, neither sorted nor cut, and the date that he sees them under.

    How they are found best depends on the filters and the parent: PostgreSQL decides.
    """
    source, rights, _ = readable(shape.plan)
    rows, updated_at = shape.rows(ITSELF, rights.table)
    rows = rows.select_from(source)
    for name in sorted(shape.filters):
        rows = rows.where(CONDITIONS[name](updated_at))
    if shape.scope is not None:
        rows = rows.where(SCOPES[shape.scope](OF_PARENT))
    return rows, updated_at


def walked(shape: Shape) -> AnySelect:
    """Return the page found by asking for each document in their order, as long as that is worth it."""
    key = shape.key(ITSELF, ITSELF.c.updated_at)
    document = (
        shape.page(select(ITSELF).where(is_there()), key, ITSELF.c.id).limit(WALKED).subquery("document")
    )
    access = granted_on(document.c.id)
    rows, _ = shape.rows(document, access)
    return shape.kept(
        rows.select_from(document.join(access, reads(access))), document.c.sort_key, document.c.id
    )


def from_grants(shape: Shape) -> Subquery:
    """Return the page found from the grants: of few documents each is looked up, of many only those on it."""
    few, many = looked_up(shape, HELD), nearest(shape) if shape.is_by_sharing else sifted(shape)
    # Of the two only the one whose condition holds is carried out.
    few, many = few.where(HELD_COUNT < SIFTED_FROM), many.where(HELD_COUNT >= SIFTED_FROM)
    return union_all(few, many).subquery("page")


def looked_up(shape: Shape, held: FromClause) -> AnySelect:
    """Return the page of what is held, each document of which is looked up."""
    document = itself_of(held.c.document_id)
    rows, updated_at = shape.rows(document, held)
    rows = rows.select_from(held.join(document, true()))
    return shape.page(rows, shape.key(document, updated_at), document.c.id)


def sifted(shape: Shape) -> AnySelect:
    """Return the page found by reading an index in its order, and looking up only what is held.

    To read an entry takes a thirtieth of the time that it takes to look a document up.
    """
    key = shape.key(ITSELF, ITSELF.c.updated_at)
    of_licence = select(ITSELF.c.id).where(ITSELF.c.licence_id == LICENCE, is_held(ITSELF.c.id))
    # There are no more of them: a bound that takes nothing away, but lets PostgreSQL expect to read a part.
    most = select(func.count()).select_from(HELD).scalar_subquery()
    index = shape.page(of_licence, key, ITSELF.c.id).limit(most).subquery("index")
    document, access = itself_of(index.c.id), granted_on(index.c.id)
    rows, _ = shape.rows(document, access)
    source = index.join(document, true()).join(access, reads(access))
    return shape.kept(rows.select_from(source), index.c.sort_key, index.c.id)


def nearest(shape: Shape) -> AnySelect:
    """Return the page of a list that is sorted by the later of two dates, of the content and of the sharing.

    As many documents as fill a page, those that were shared last, are all dated after some moment: of the
    others only those are looked up that can be dated after it, too. Where fewer are there, they are all that
    there are. In the other direction likewise.
    """
    shared_at = HELD.c.shared_at
    way = desc if shape.is_down else asc
    ordered = select(HELD).order_by(way(shared_at)).subquery("ordered")
    first = looked_up(shape, ordered).order_by(None).order_by(way(ordered.c.shared_at))
    dates = first.subquery("first").c.sort_key
    bound = select((func.min if shape.is_down else func.max)(dates).label("moment")).cte("bound")
    since = select(bound.c.moment).scalar_subquery()
    if not shape.is_down:
        # Neither date may be later.
        return looked_up(shape, select(HELD).where(shared_at <= since).subquery("near"))
    # What was changed since is among what was changed in any way since.
    of_licence = select(ITSELF.c.id).where(ITSELF.c.licence_id == LICENCE)
    changed = of_licence.where(ITSELF.c.updated_at >= since, is_held(ITSELF.c.id))
    near = select(HELD).where(or_(shared_at >= since, HELD.c.document_id.in_(changed)))
    return looked_up(shape, near.subquery("near"))


def is_held(document_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say: the document is held. CASE keeps it a look into a set that is made once."""
    return case((document_id.in_(select(HELD.c.document_id)), 1)) == 1


def itself_of(document_id: ColumnElement[Any]) -> FromClause:
    """Return the document with a key; LIMIT keeps it a look-up, whatever PostgreSQL expects."""
    found = select(ITSELF).where(is_there(), ITSELF.c.id == document_id).limit(1)
    return found.correlate(document_id.table).lateral("document")
