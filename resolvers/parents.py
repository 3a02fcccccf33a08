"""Statements of lists that belong to parents: one statement for all the parents of a level."""

from typing import Final

from sqlalchemy import ARRAY, Uuid, bindparam, column, func, literal_column, select, true

from models.tables import AnySelect
from resolvers.paging import Cut

PARENT_IDS: Final = bindparam("parents", type_=ARRAY(Uuid()))
PARENTS: Final = func.unnest(PARENT_IDS).table_valued(column("id", Uuid())).render_derived(name="parent")
# How the inner statement names its parent: as text, which needs no FROM of its own.
OF_PARENT: Final = literal_column("parent.id", Uuid())


def page_for_each_parent(page: AnySelect, cut: Cut) -> AnySelect:
    """Return the statement of one page, that has `sort_key` and `id`, for each of `:parents`."""
    inner = page.lateral("page")
    outer = select(PARENTS.c.id.label("parent_id"), *inner.c).select_from(PARENTS.join(inner, true()))
    return outer.order_by(*cut.order(inner.c.sort_key, inner.c.id))


def total_for_each_parent(some: AnySelect) -> AnySelect:
    """Return the statement that counts the rows of `some` for each of `:parents`."""
    counted = select(func.count().label("total")).select_from(some.subquery()).lateral("counted")
    both = PARENTS.join(counted, true())
    return select(PARENTS.c.id.label("parent_id"), counted.c.total).select_from(both)
