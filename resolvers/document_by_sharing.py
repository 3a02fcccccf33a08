"""Pages in the order that a client sees: by the later of two dates, of the content and of the sharing."""

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, DateTime, case, func, literal_column, null, or_, select

from models.tables import LICENCE, AnySelect
from resolvers.document_filters import moment_of
from resolvers.document_look_ups import ITSELF, TRIED, is_in, looked_up
from resolvers.document_shapes import Shape
from resolvers.paging import PAGE_SIZE

NO_BOUND: Final = {
    is_down: literal_column(f"'{moment}'::timestamptz", DateTime(timezone=True))
    for is_down, moment in ((True, "-infinity"), (False, "infinity"))
}


def nearest(shape: Shape, found: CTE) -> AnySelect:
    """Return the page of a list that is sorted by the later of two dates, of the content and of the sharing.

    As many documents as fill a page, those that were shared last, are all dated after some moment: of the
    others only those are looked up that can be dated after it, too.
    """
    if not shape.is_down:
        return nearest_upwards(shape, found)
    shared_at = found.c.shared_at
    since = edge_of(shape, select(found).order_by(shared_at.desc()), func.min)
    changed = is_in(found.c.document_id, changed_since(since, found))
    return looked_up(shape, select(found).where(or_(shared_at >= since, changed)).subquery("near"))


def nearest_upwards(shape: Shape, found: CTE) -> AnySelect:
    """Return such a page from the other end: neither date may be later than those of a page's worth."""
    shared_at, begins_at = found.c.shared_at, shape.cut.begins_at
    if begins_at is None:
        until = edge_of(shape, select(found).order_by(shared_at), func.max)
        return looked_up(shape, select(found).where(shared_at <= until).subquery("near"))
    # What was shared before the cursor stands behind it where it was changed after it.
    edge = moment_of(begins_at)
    until = edge_of(shape, select(found).where(shared_at >= edge).order_by(shared_at), func.max)
    since = or_(shared_at >= edge, is_in(found.c.document_id, changed_since(edge, found)))
    return looked_up(shape, select(found).where(shared_at <= until, since).subquery("near"))


def edge_of(shape: Shape, ordered: AnySelect, farthest: Any) -> ColumnElement[Any]:
    """Return the date of the last of a page's worth of documents, looked up in an order until they fill it.

    Where they do not, there is no bound; or none is within it, when they are no more than tried.
    """
    some = (ordered.limit(TRIED) if shape.then else ordered).subquery("ordered")
    way = some.c.shared_at.desc() if shape.is_down else some.c.shared_at.asc()
    first = looked_up(shape, some).order_by(None).order_by(way).subquery("first")
    without: ColumnElement[Any] = NO_BOUND[shape.is_down]
    date = case(
        (func.count() == PAGE_SIZE, farthest(first.c.sort_key)), else_=null() if shape.then else without
    )
    return select(select(date.label("moment")).select_from(first).cte("bound").c.moment).scalar_subquery()


def changed_since(moment: ColumnElement[Any], found: CTE) -> AnySelect:
    """Return what was changed since; what was changed in its content is among what was changed in any way."""
    of_licence = select(ITSELF.c.id).where(ITSELF.c.licence_id == LICENCE, ITSELF.c.updated_at >= moment)
    return of_licence.where(is_in(ITSELF.c.id, select(found.c.document_id)))
